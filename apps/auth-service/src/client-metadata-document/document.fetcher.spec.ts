import { type ServerResponse } from 'node:http';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { DocumentSite } from '../testing/document.site.js';
import { eventually } from '../testing/eventually.js';
import { loopbackOutbound } from '../testing/outbound.fixture.js';
import { ClientDocumentError } from './client-document.error.js';
import { DocumentFetcher, MAX_DOCUMENT_BYTES, MAX_FETCHES_OF_HOST } from './document.fetcher.js';

describe('DocumentFetcher', () => {
  let site: DocumentSite;
  let other: DocumentSite;
  beforeAll(async () => {
    [site, other] = [await DocumentSite.start(), await DocumentSite.start()];
  });
  afterAll(() => Promise.all([site.stop(), other.stop()]));
  const fetcher = new DocumentFetcher(loopbackOutbound());

  it.each(['application/json', 'application/json; charset=utf-8', 'application/cimd+json'])(
    'takes a document of the type %s',
    async (type) => {
      const id = site.publish(
        '/typed',
        {},
        { 'content-type': type, 'cache-control': 'max-age=99' },
      );
      const { body, freshSeconds } = await fetcher.fetch(id);
      expect([JSON.parse(body.toString()), freshSeconds]).toEqual([{ client_id: id }, 99]);
    },
  );

  it.each<[string, number, Record<string, string>, string]>([
    ['another type', 200, { 'content-type': 'text/html' }, '{}'],
    ['a type that is JSON in part', 200, { 'content-type': 'application/jsonp' }, '{}'],
    ['no type', 200, {}, '{}'],
    ['not found', 404, { 'content-type': 'application/json' }, '{}'],
    ['another success', 203, { 'content-type': 'application/json' }, '{}'],
    ['a redirect', 302, { location: '/good' }, ''],
    ['too long', 200, { 'content-type': 'application/json' }, ' '.repeat(MAX_DOCUMENT_BYTES + 1)],
    ['compressed', 200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, '{}'],
  ])('refuses an answer that is %s', async (_what, status, headers, body) => {
    site.publish('/good', {});
    site.answer('/bad', (_request, response) => {
      response.writeHead(status, headers).end(body);
    });
    const before = site.asked.get('/good');
    await expect(fetcher.fetch(site.url('/bad'))).rejects.toThrow(ClientDocumentError);
    expect(site.asked.get('/good')).toBe(before);
  });

  it('refuses a URL that leads to where nobody may be asked', () =>
    expect(fetcher.fetch('https://169.254.169.254/client')).rejects.toThrow(ClientDocumentError));

  it('asks a slow host for few documents at once, and others all the same', async () => {
    const held: ServerResponse[] = [];
    site.answer('/slow', (_request, response) => void held.push(response));
    const slow = Array.from({ length: MAX_FETCHES_OF_HOST }, () =>
      fetcher.fetch(site.url('/slow')).catch((error: unknown) => error),
    );
    await eventually(
      async () => held.length,
      (count) => count === MAX_FETCHES_OF_HOST,
    );
    await expect(fetcher.fetch(site.url('/good'))).rejects.toThrow(TemporarilyUnavailableError);
    const id = other.publish('/client', {});
    await expect(fetcher.fetch(id)).resolves.toBeDefined();
    for (const response of held) response.writeHead(503).end();
    await Promise.all(slow);
    await expect(fetcher.fetch(site.publish('/good', {}))).resolves.toBeDefined();
  });
});

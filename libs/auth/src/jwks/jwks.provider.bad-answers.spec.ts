/** The JWKS provider with an issuer that errs, stalls or lies: nothing but a JWK Set takes known keys away. */
import { KeysUnavailableError } from '../access-token/refusal.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { type Answer } from '../testing/issuer-server.js';
import { providerFixture, type ProviderFixture } from '../spec-support/provider.fixture.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { type JwksOptions } from './jwks.options.js';

const A = generateSigningKey('ES256', 'a').publicJwk;
const B = generateSigningKey('ES256', 'b').publicJwk;

let fixture: ProviderFixture;

async function start(options: JwksOptions = {}): Promise<ProviderFixture> {
  fixture = await providerFixture(options);
  fixture.server.publish([A], { 'cache-control': 'max-age=100' });
  return fixture;
}

afterEach(() => fixture.server.close());

const current = (kid: string): VerificationKey | undefined =>
  fixture.provider.current(kid, fixture.clock.nowMs);

const CHUNK = Buffer.alloc(65_536, ' ');

/** A body that never ends, sent as fast as it is read. */
const endless: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const write = (): void => {
    while (!response.destroyed && response.write(CHUNK));
  };
  response.on('drain', write);
  write();
};

const LIES: readonly [string, Answer, RegExp][] = [
  ['500', (_, response) => response.writeHead(500).end(), /answered 500/],
  ['404', (_, response) => response.writeHead(404).end(), /answered 404/],
  ['204', (_, response) => response.writeHead(204).end(), /answered 204/],
  [
    'a redirect to a good set',
    (_, r) => r.writeHead(302, { location: '/other' }).end(),
    /redirect/,
  ],
  ['a permanent redirect', (_, r) => r.writeHead(308, { location: '/other' }).end(), /redirect/],
  ['a closed connection', (_, response) => response.destroy(), /./],
  ['no body', (_, response) => response.end(), /not_a_json_object/],
  ['HTML', (_, response) => response.end('<html>maintenance</html>'), /not_a_json_object/],
  ['half a document', (_, response) => response.end('{"keys":['), /not_a_json_object/],
  ['an array', (_, response) => response.end('[]'), /not_a_json_object/],
  ['no keys', (_, response) => response.end('{}'), /no "keys" array/],
  ['keys that are no array', (_, response) => response.end('{"keys":{}}'), /no "keys" array/],
  ['keys named twice', (_, response) => response.end('{"keys":[],"keys":[]}'), /duplicate_member/],
  ['invalid UTF-8', (_, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])), /not_utf8/],
  ['10 MB', (_, response) => response.end(`{"keys":[],"x":"${'x'.repeat(1e7)}"}`), /262144 bytes/],
  ['a body without end', endless, /262144 bytes/],
  ['a compressed 10 MB', gzipped, /262144 bytes/],
  ['101 keys', (_, r) => r.end(JSON.stringify({ keys: Array(101).fill(A) })), /101 keys/],
];

describe.each(LIES)('an issuer that answers %s', (_, answer, failure) => {
  it('has no keys at the start, and is not asked again before the pause is over', async () => {
    const { server, provider, observer, clock } = await start();
    server.serve('/other', { keys: [A] });
    server.on('/jwks', answer);
    await expect(provider.resolve('a')).rejects.toThrow(KeysUnavailableError);
    await expect(provider.resolve('a')).rejects.toThrow(KeysUnavailableError);
    expect(server.count()).toBe(1);
    expect(server.count('/other')).toBe(0);
    expect(observer.failures).toEqual([expect.stringMatching(failure)]);
    expect(provider.state(clock.nowMs)).toEqual({
      status: 'unavailable',
      keys: 0,
      lastFailure: observer.failures[0],
    });
  });

  it('does not take the known keys away', async () => {
    const { server, clock, provider } = await start();
    await provider.warmUp();
    server.on('/jwks', answer);
    clock.advanceSeconds(100);
    await expect(provider.resolve('a')).resolves.toMatchObject({ kid: 'a' });
    expect(current('a')).toBeDefined();
    expect(provider.state(clock.nowMs)).toMatchObject({ status: 'stale', keys: 1 });
  });
});

async function gzipBomb(): Promise<Buffer> {
  const { gzipSync } = await import('node:zlib');
  return gzipSync(`{"keys":[],"x":"${'x'.repeat(1e7)}"}`);
}

function gzipped(...[, response]: Parameters<Answer>): void {
  void gzipBomb().then((body) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  });
}

describe('an issuer that stalls', () => {
  it.each([
    ['before its status', (): void => undefined],
    ['within its body', ((_, response) => response.write('{"keys":[')) as Answer],
  ])('%s costs the time limit and no more', async (_, answer) => {
    const { server, provider } = await start({ timeoutMs: 100 });
    server.on('/jwks', answer as Answer);
    await expect(provider.resolve('a')).rejects.toThrow(/no answer in time/);
  });
});

describe('bad keys among good ones', () => {
  it('are left out, and said to the observer with the reason', async () => {
    const { server, provider, observer } = await start();
    const other = generateSigningKey('ES256', 'twice').publicJwk;
    server.publish([
      A,
      { ...B, d: 'AA' },
      { ...B, kid: 'twice' },
      other,
      1,
      null,
      { kty: 'oct', k: 'AA' },
    ]);
    await expect(provider.resolve('a')).resolves.toMatchObject({ kid: 'a' });
    await expect(provider.resolve('twice')).resolves.toBeUndefined();
    await expect(provider.resolve('b')).resolves.toBeUndefined();
    expect(observer.fetched[0]).toEqual({
      keys: 1,
      ignored: [
        { kid: 'b', reason: 'has private members' },
        { reason: 'not an object' },
        { reason: 'not an object' },
        { kid: undefined, reason: 'a symmetric key in a JWK Set' },
        { kid: 'twice', reason: 'two different keys have this kid' },
      ],
    });
  });
});

describe.each<[string, readonly object[]]>([
  ['an empty set', []],
  ['a set with nothing but a symmetric key', [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }]],
  ['a set whose only key has no kid', [{ ...A, kid: undefined }]],
])('an issuer that publishes %s', (_, keys) => {
  it('takes the known keys away, is undecided about every token, and is asked again after a pause', async () => {
    const { server, clock, provider, observer } = await start();
    await provider.warmUp();
    expect(current('a')).toBeDefined();
    server.publish([...keys], { 'cache-control': 'max-age=100' });
    clock.advanceSeconds(100);
    await expect(provider.resolve('a')).rejects.toThrow(KeysUnavailableError);
    expect(current('a')).toBeUndefined();
    expect(observer.failures).toEqual([expect.stringMatching(/no usable key/)]);
    server.publish([A], { 'cache-control': 'max-age=100' });
    await expect(provider.resolve('a')).rejects.toThrow(KeysUnavailableError);
    clock.advanceSeconds(3);
    expect(await provider.resolve('a')).toBeDefined();
  });
});

/** Every way into the administration API: closed to who has no token, and to who has one for something else. */
import { describeAccess } from '@keyward/auth';
import { ADMINISTRATION_PATH, type TokenResponse } from '@keyward/oauth';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { administratedBootstrap, OTHER_ADMIN_SCOPE } from '../testing/administration.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

interface Described {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, DescribedOperation>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly security: unknown;
  readonly parameters?: { in: string; name: string; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, { description: string }>;
}

/** Names alone: what they check is checked where they are used. */
const FORMATS = { uuid: true, uri: true, 'date-time': true, email: true } as const;

describe('the administration API', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
  });
  afterAll(() => server.stop());

  const DOCUMENT = `${ADMINISTRATION_PATH}/openapi.json`;
  const all = () =>
    describeAccess(server.app).filter(({ path }) => path.startsWith(`${ADMINISTRATION_PATH}/`));
  const routes = () => all().filter(({ path }) => path !== DOCUMENT);
  const call = (operation: string, path: string, headers: Record<string, string> = {}) =>
    fetch(server.url(path.replaceAll(/:\w+/g, 'any')), { method: operation, headers });

  it('asks for one scope at each of its routes', () => {
    expect(routes().length).toBeGreaterThan(9);
    for (const { handler, access } of routes()) {
      expect([handler, access]).toEqual([handler, expect.stringMatching(/^scope admin:\w+$/)]);
    }
  });

  it('tells everybody with a token for any of it what there is, and nobody else', async () => {
    const bare = await call('GET', DOCUMENT);
    expect(bare.status).toBe(401);
    const outsider = await server.token('shop', { scope: 'orders:read' });
    const headers = { authorization: `Bearer ${outsider.access_token}` };
    expect((await call('GET', DOCUMENT, headers)).status).toBe(401);
    const insider = await server.token('shop', { scope: OTHER_ADMIN_SCOPE });
    const answer = await call('GET', DOCUMENT, { authorization: `Bearer ${insider.access_token}` });
    expect(answer.status).toBe(200);
    const document = (await answer.json()) as Described;
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([operation, { security }]) => [operation, path, security]),
    );
    const expected = all().map(({ operation, path, policy }) => [
      operation.toLowerCase(),
      path.replaceAll(/:(\w+)/g, '{$1}'),
      [{ oauth2: policy.scopes }],
    ]);
    expect(described).toHaveLength(expected.length);
    expect(described).toEqual(expect.arrayContaining(expected));
  });

  it('is described by a valid OpenAPI document', async () => {
    const { access_token: token } = await server.token('shop', { scope: OTHER_ADMIN_SCOPE });
    const headers = { authorization: `Bearer ${token}` };
    const document = (await (await call('GET', DOCUMENT, headers)).json()) as Described;
    expect(document.openapi).toBe('3.1.0');
    const ajv = new Ajv2020({ strict: false, formats: FORMATS });
    ajv.addSchema(document, 'document');
    // Each schema is one by the dialect, and each reference leads somewhere.
    const references = JSON.stringify(document).matchAll(/"\$ref":"(#[^"]+)"/g);
    for (const [, reference] of references) {
      expect(typeof ajv.getSchema(`document${reference}`)).toBe('function');
    }
    const ids = Object.values(document.paths).flatMap((one) =>
      Object.values(one).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const { parameters = [], requestBody, responses } of Object.values(operations)) {
        const named = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
        expect(path.match(/\{\w+\}/g) ?? []).toEqual(named);
        const bodies = Object.values(requestBody?.content ?? {});
        for (const { schema } of [...parameters, ...bodies]) {
          expect(ajv.validateSchema(schema)).toBe(true);
        }
        for (const { description } of Object.values(responses)) expect(description).not.toBe('');
      }
    }
  });

  it('lets nobody in without a token, with a token of another resource, or of another scope', async () => {
    const tokenOf = async (scope: string) => {
      const form = { grant_type: 'client_credentials', scope };
      const response = await server.post('/oauth2/token', form, basic('shop'));
      return `Bearer ${((await response.json()) as TokenResponse).access_token}`;
    };
    const elsewhere = { authorization: await tokenOf('orders:read') };
    const lacking = { authorization: await tokenOf(OTHER_ADMIN_SCOPE) };
    for (const { operation, path, access } of routes()) {
      const bare = await call(operation, path);
      expect([path, bare.status]).toEqual([path, 401]);
      expect(bare.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect([path, (await call(operation, path, elsewhere)).status]).toEqual([path, 401]);
      const refused = await call(operation, path, lacking);
      expect([path, refused.status]).toEqual([path, 403]);
      const scope = access.replace('scope ', '');
      expect(refused.headers.get('www-authenticate')).toContain(`scope="${scope}"`);
    }
  });
});

/** Every way into the administration API: closed to who has no token, and to who has one for something else. */
import { describeAccess } from '@keyward/auth';
import { ADMINISTRATION_PATH, type TokenResponse } from '@keyward/oauth';
import { administratedBootstrap, OTHER_ADMIN_SCOPE } from '../testing/administration.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

describe('the administration API', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
  });
  afterAll(() => server.stop());

  const routes = () =>
    describeAccess(server.app).filter(({ path }) => path.startsWith(`${ADMINISTRATION_PATH}/`));
  const call = (operation: string, path: string, headers: Record<string, string> = {}) =>
    fetch(server.url(path.replaceAll(/:\w+/g, 'any')), { method: operation, headers });

  it('asks for one scope at each of its routes', () => {
    expect(routes().length).toBeGreaterThan(9);
    for (const { handler, access } of routes()) {
      expect([handler, access]).toEqual([handler, expect.stringMatching(/^scope admin:\w+$/)]);
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

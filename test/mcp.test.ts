/** The MCP authorization profile, walked by the SDK's own client against both applications (docs/guides/mcp.md). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractWWWAuthenticateParams } from '@modelcontextprotocol/sdk/client/auth.js';
import { ClientSite } from './support/client-site.js';
import { type AppProcess } from './support/app-process.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { HttpBrowser } from './support/http-browser.js';
import { McpClient } from './support/mcp-client.js';
import { CLIENT_SECRET } from './support/openid-provider.clients.js';
import { OpenIdProvider } from './support/openid-provider.js';
import { startOrdersService } from './support/orders-service.js';

const ORDER = { currency: 'EUR', items: [{ sku: 'anchor', quantity: 1, unit_price_minor: 100 }] };

const ADMIN_CLIENT = {
  id: 'admin',
  method: 'client_secret_basic',
  redirectUri: '',
  postLogoutRedirectUri: '',
} as const;

describe('an MCP client that nobody here knows', () => {
  let provider: OpenIdProvider;
  let orders: AppProcess;
  let directory: string;
  let site: ClientSite;
  let client: McpClient;
  let browser: HttpBrowser;
  beforeAll(async () => {
    const [authPort, ordersPort] = [await freeLoopbackPort(), await freeLoopbackPort()];
    const issuer = `http://127.0.0.1:${authPort}`;
    const audience = `http://127.0.0.1:${ordersPort}`;
    directory = await mkdtemp(join(tmpdir(), 'keyward-mcp-'));
    site = await ClientSite.start(directory);
    provider = await OpenIdProvider.start({
      orders: audience,
      resources: [
        { identifier: `${issuer}/admin`, name: 'Administration', scopes: ['admin:clients'] },
      ],
      clients: [
        {
          client_id: ADMIN_CLIENT.id,
          name: 'Administration',
          token_endpoint_auth_method: ADMIN_CLIENT.method,
          client_secret: { env: 'CLIENT_SECRET' },
          grant_types: ['client_credentials'],
          scope: 'admin:clients',
        },
      ],
      environment: {
        AUTH_PORT: String(authPort),
        AUTH_DYNAMIC_REGISTRATION: 'token',
        AUTH_CLIENT_METADATA_DOCUMENTS: site.host,
        AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: 'orders:read',
        NODE_EXTRA_CA_CERTS: site.authorityFile,
      },
    });
    orders = await startOrdersService({
      ORDERS_PORT: String(ordersPort),
      ORDERS_ISSUER: issuer,
      ORDERS_FILE: join(directory, 'orders.json'),
    });
    client = new McpClient(await initialAccessToken());
    browser = new HttpBrowser([issuer]);
  }, 120_000);
  afterAll(async () => {
    await orders.stop();
    await provider.stop();
    await site.stop();
    await rm(directory, { recursive: true });
  });

  async function initialAccessToken(): Promise<string> {
    const form = { grant_type: 'client_credentials', scope: 'admin:clients' };
    const answer = await provider.post(
      '/oauth2/token',
      { ...ADMIN_CLIENT, secret: CLIENT_SECRET },
      form,
    );
    const { access_token } = (await answer.json()) as { access_token: string };
    const issued = await fetch(`${provider.issuer}/admin/registration-tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        description: 'MCP clients of the harbour',
        scope: 'orders:read orders:write',
        refresh_profile: 'mcp',
      }),
    });
    return ((await issued.json()) as { initial_access_token: string }).initial_access_token;
  }

  const resource = () => `${orders.url}/orders`;
  const call = (method = 'GET') =>
    fetch(resource(), {
      method,
      headers: {
        'content-type': 'application/json',
        ...(client.held && { authorization: `Bearer ${client.held.access_token}` }),
      },
      ...(method === 'POST' && {
        body: JSON.stringify(ORDER),
      }),
    });

  /** The person does what the pages ask; the SDK redeems what comes of it. */
  async function signIn(): Promise<string> {
    const start = await browser.open(client.authorizationUrl ?? '');
    const shown: string[] = [start.html];
    let page = start;
    while (page.status !== 0 && page.form !== null && !('decision' in page.form.buttons)) {
      const { username, password } = provider.alice;
      page = await browser.submit(page, { username, password });
      shown.push(page.html);
    }
    const { url } = await provider.complete(browser, page);
    expect(url.searchParams.get('iss')).toBe(provider.issuer);
    const code = url.searchParams.get('code') ?? '';
    expect(await client.authorize(resource(), { authorizationCode: code })).toBe('AUTHORIZED');
    return shown.join('\n');
  }

  const claims = () =>
    JSON.parse(
      Buffer.from(client.held?.access_token.split('.')[1] ?? '', 'base64url').toString(),
    ) as Record<string, unknown>;

  it('finds the authorization server by the refusal of the resource, and registers there', async () => {
    const refusal = await call();
    expect(refusal.status).toBe(401);
    const { resourceMetadataUrl } = extractWWWAuthenticateParams(refusal);
    expect(resourceMetadataUrl?.origin).toBe(orders.url);
    expect(await client.authorize(resource(), { resourceMetadataUrl })).toBe('REDIRECT');
    expect(client.requests).toEqual([
      `GET ${resourceMetadataUrl?.pathname ?? ''}`,
      'GET /.well-known/oauth-authorization-server',
      'POST /oauth2/register',
    ]);
    expect(client.information).toMatchObject({
      client_name: 'Harbour agent',
      scope: 'orders:read orders:write',
      token_endpoint_auth_method: 'none',
    });
  });

  it('signs a person in by PKCE for this one resource, and calls it', async () => {
    expect(await client.authorize(resource(), { scope: 'orders:read' })).toBe('REDIRECT');
    const { searchParams } = client.authorizationUrl ?? new URL('about:blank');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('resource')).toBe(orders.url);
    const pages = await signIn();
    expect(pages).toContain('Nobody here has checked it.');
    expect(pages).toContain('any program could have asked');
    expect(claims()).toMatchObject({ aud: orders.url, scope: 'orders:read' });
    expect((await call()).status).toBe(200);
  });

  it('refreshes without the person, with a token that is new', async () => {
    const before = client.held;
    expect(await client.authorize(resource())).toBe('AUTHORIZED');
    expect(client.held?.access_token).not.toBe(before?.access_token);
    expect(client.held?.refresh_token).not.toBe(before?.refresh_token);
    expect((await call()).status).toBe(200);
  });

  it('is told which scope it lacks, and asks the person for it', async () => {
    const refusal = await call('POST');
    expect(refusal.status).toBe(403);
    const { error, scope } = extractWWWAuthenticateParams(refusal);
    expect([error, scope]).toEqual(['insufficient_scope', 'orders:write']);
    client.held = undefined;
    const wanted = `orders:read ${scope ?? ''}`;
    expect(await client.authorize(resource(), { scope: wanted })).toBe('REDIRECT');
    await signIn();
    expect(claims()).toMatchObject({ scope: wanted });
    expect((await call('POST')).status).toBe(201);
  });

  it('gets in no further than the operator said, and not at all without the token', async () => {
    client.held = undefined;
    await client.authorize(resource(), { scope: 'orders:read payments:read' });
    const page = await browser.open(client.authorizationUrl ?? '');
    expect(page.url.searchParams.get('error')).toBe('invalid_scope');
    const stranger = new McpClient('kwi_nothing');
    await expect(stranger.authorize(resource())).rejects.toThrow();
    expect(stranger.information).toBeUndefined();
  });

  it('registers nowhere where it publishes what it is, and gets as far', async () => {
    const id = site.publish('/agent.json', {
      ...client.clientMetadata,
      client_name: 'Published agent',
    });
    client = new McpClient('kwi_nothing', id);
    expect(await client.authorize(resource(), { scope: 'orders:read' })).toBe('REDIRECT');
    expect(client.information?.client_id).toBe(id);
    expect(client.requests).not.toContain('POST /oauth2/register');
    const pages = await signIn();
    expect(pages).toContain('Published agent');
    expect(pages).toContain(`the word of <bdi class="name">${site.host}</bdi>`);
    expect(claims()).toMatchObject({ aud: orders.url, scope: 'orders:read', client_id: id });
    expect((await call()).status).toBe(200);
    const before = client.held?.access_token;
    expect(await client.authorize(resource())).toBe('AUTHORIZED');
    expect(client.held?.access_token).not.toBe(before);
    expect((await call()).status).toBe(200);
    expect(site.requests).toEqual(['GET /agent.json']);
  });
});

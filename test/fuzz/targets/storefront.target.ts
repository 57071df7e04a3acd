/** The backend of the storefront: its endpoints, its proxy, its pages, before a real auth-service. */
import { type AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { CLIENT_SECRET } from '../../support/openid-provider.clients.js';
import { freeLoopbackPort } from '../../support/free-loopback-port.js';
import { AuthServiceWorld } from '../auth-service.world.js';
import { builtApplication } from '../built.module.js';
import { type Vocabulary } from '../http.grammar.js';
import { held } from '../http.input.js';
import { type FuzzedServer, httpTarget } from '../http.target.js';
import { expressRoutes } from '../routes.js';

const SCOPE = 'openid profile orders:read';

/** The backend stands before the framework's routes: these are its own. */
const BACKEND = [
  { method: 'GET', url: '/bff/login' },
  { method: 'GET', url: '/bff/callback' },
  { method: 'GET', url: '/bff/user' },
  { method: 'POST', url: '/bff/logout' },
  { method: 'POST', url: '/bff/backchannel-logout' },
  { method: 'GET', url: '/bff/*' },
  ...['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({ method, url: '/api/orders/*' })),
  { method: 'GET', url: '/*' },
];

const VOCABULARY: Vocabulary = {
  values: {
    '': ['x', 'orders', 'assets/x.js', 'index.html', 'spa.html'],
    return_to: ['/', '/orders?a=b', '//evil.example', '/\\evil.example'],
    code: ['x'],
    state: ['x', held('state')],
    iss: [held('issuer')],
    error: ['access_denied'],
    error_description: ['no'],
    prompt: ['none', 'login'],
    acr_values: ['x'],
    logout_token: ['a.b.c', 'eyJhbGciOiJub25lIn0.e30.'],
    limit: ['1'],
  },
  requests: [
    [
      /callback/,
      [
        ['code', 'x'],
        ['state', held('state')],
        ['iss', held('issuer')],
      ],
    ],
    [/backchannel/, [['logout_token', 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImxvZ291dCtqd3QifQ.e30.AAAA']]],
    [/login/, [['return_to', '/orders']]],
  ],
  documents: [[/api/, { currency: 'EUR', items: [] }]],
  headers: [
    [
      /./,
      [
        ['cookie', held('cookie')],
        ['x-csrf', '1'],
        ['sec-fetch-site', 'same-origin'],
      ],
    ],
    [
      /./,
      [
        ['cookie', held('cookie')],
        ['x-csrf', '1'],
        ['origin', held('shop')],
      ],
    ],
    [/./, [['cookie', held('cookie')]]],
    [/./, [['cookie', held('begun')]]],
  ],
};

export const storefrontTarget = httpTarget({ name: 'storefront', share: 8 }, serve);

async function serve(): Promise<FuzzedServer> {
  const service = createServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify({ path: request.url })));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const orders = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const shopPort = await freeLoopbackPort();
  const shop = `http://127.0.0.1:${shopPort}`;
  const world = await AuthServiceWorld.start({
    resources: [
      { identifier: orders, name: 'Shop orders', scopes: ['orders:read', 'orders:write'] },
    ],
    clients: [
      {
        ...{
          client_id: 'storefront',
          name: 'Shop',
          token_endpoint_auth_method: 'client_secret_basic',
        },
        ...{ client_secret: { env: 'CLIENT_SECRET' }, scope: SCOPE, first_party: true },
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${shop}/bff/callback`],
        post_logout_redirect_uris: [`${shop}/signed-out`],
        backchannel_logout_uri: `${shop}/bff/backchannel-logout`,
      },
    ],
  });
  const app = await builtApplication(
    'storefront',
    {
      ...{
        STOREFRONT_URL: shop,
        STOREFRONT_ISSUER: world.issuer,
        STOREFRONT_PORT: String(shopPort),
      },
      ...{ STOREFRONT_CLIENT_SECRET: CLIENT_SECRET, STOREFRONT_SCOPE: SCOPE },
      ...{ STOREFRONT_ORDERS_URL: orders, STOREFRONT_ORDERS_AUDIENCE: orders },
    },
    false,
  );
  await app.listen(shopPort, '127.0.0.1');
  let values = {};
  return {
    port: shopPort,
    routes: [...BACKEND, ...expressRoutes(app)],
    vocabulary: VOCABULARY,
    // To the pages of this shop it redirects by a path, to the issuer by its address.
    rules: { redirects: [`${world.issuer}/`, `${shop}/`] },
    values: () => values,
    renew: async () => {
      const { cookie, begun, state } = await world.visit(shop);
      values = { issuer: world.issuer, shop, cookie, begun, state };
    },
    async close() {
      await app.close();
      await world.close();
      service.closeAllConnections();
      service.close();
    },
  };
}

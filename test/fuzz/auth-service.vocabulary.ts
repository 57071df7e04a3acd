/** What requests to auth-service are made of: names, values, and whole requests that are right. */
import { DEVICE_CODE_GRANT, JWT_BEARER_GRANT, TOKEN_EXCHANGE_GRANT } from './grant.types.js';
import { type Pair, type Vocabulary } from './http.grammar.js';
import { held, type Header } from './http.input.js';
import { ORDERS, PAYMENTS, PUBLIC, WEB } from '../support/openid-provider.clients.js';

const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const BAD_JWT = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.';

const AUTHORIZATION: readonly Pair[] = [
  ['client_id', WEB.id],
  ['redirect_uri', WEB.redirectUri],
  ['response_type', 'code'],
  ['scope', 'openid offline_access orders:read'],
  ['state', 's'],
  ['nonce', 'n'],
  ['code_challenge', held('challenge')],
  ['code_challenge_method', 'S256'],
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  grant_type: [
    ...['client_credentials', 'authorization_code', 'refresh_token', 'password', 'implicit'],
    ...[TOKEN_EXCHANGE_GRANT, JWT_BEARER_GRANT, DEVICE_CODE_GRANT],
  ],
  client_id: [WEB.id, PUBLIC.id, 'house', 'administrator', 'partner', 'nobody'],
  client_secret: [held('secret'), 'wrong'],
  client_assertion_type: [ASSERTION],
  client_assertion: [BAD_JWT, held('access')],
  scope: [
    'openid',
    'openid profile offline_access',
    'orders:read',
    'orders:write nothing',
    'admin:keys',
  ],
  resource: [ORDERS, PAYMENTS, `${held('issuer')}/admin`, 'urn:x:y'],
  audience: [ORDERS, 'web'],
  redirect_uri: [WEB.redirectUri, PUBLIC.redirectUri],
  response_type: ['code', 'token', 'code id_token', 'none'],
  response_mode: ['query', 'form_post', 'fragment', 'jwt', 'query.jwt'],
  state: ['s'],
  nonce: ['n'],
  prompt: ['none', 'login', 'consent', 'select_account', 'login consent', 'create'],
  display: ['page', 'popup'],
  max_age: ['0', '1', '3600', '-1'],
  ui_locales: ['de', 'en fr', 'de-DE-1996'],
  claims: [
    '{"id_token":{"acr":{"essential":true,"values":["x"]}}}',
    '{"userinfo":{"email":null}}',
    '[]',
  ],
  acr_values: ['urn:keyward:acr:mfa', 'urn:keyward:acr:pwd'],
  login_hint: ['alice', 'bob'],
  id_token_hint: [held('id'), BAD_JWT],
  code_challenge: [held('challenge')],
  code_challenge_method: ['S256', 'plain'],
  code_verifier: [held('verifier')],
  code: [held('code'), '123456'],
  refresh_token: [held('refresh')],
  token: [held('access'), held('refresh'), held('admin')],
  token_type_hint: ['access_token', 'refresh_token', 'x'],
  subject_token: [held('access'), held('id')],
  subject_token_type: [ACCESS_TOKEN, JWT],
  actor_token: [held('admin')],
  actor_token_type: [ACCESS_TOKEN],
  requested_token_type: [ACCESS_TOKEN],
  assertion: [BAD_JWT, held('id')],
  request: [BAD_JWT, held('id')],
  request_uri: ['urn:ietf:params:oauth:request_uri:x', 'https://evil.example/request'],
  dpop_jkt: ['0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'],
  authorization_details: [
    '[{"type":"payment","amount":1}]',
    '[{"type":"payment","locations":["https://orders.example.com"]}]',
    '{}',
    '[1]',
  ],
  device_code: ['x'],
  user_code: ['BCDF-GHJK'],
  post_logout_redirect_uri: [WEB.postLogoutRedirectUri],
  logout_hint: ['alice'],
  username: ['bob', 'nobody'],
  password: ['wrong'],
  form_token: [held('csrf'), held('accountCsrf')],
  decision: ['allow', 'deny'],
  choice: ['continue', 'other'],
  method: ['totp', 'passkey', 'recovery'],
  credential: [
    '{}',
    '{"id":"a","rawId":"a","type":"public-key","response":{},"clientExtensionResults":{}}',
  ],
  device_id: ['x'],
  email: ['a@example.com', 'a@b', '"a b"@example.com'],
  end_others: ['yes'],
  name: ['A name'],
  given_name: ['A'],
  family_name: ['B'],
  sid: [held('sid')],
  remember: ['yes'],
  problem: ['refused', 'braked'],
  iss: ['https://accounts.example.com'],
  error: ['access_denied', 'login_required'],
  algorithm: ['ES256', 'RS256', 'none'],
  reason: ['a reason'],
  after: [WEB.id, '0'],
  before: ['2026-01-01T00:00:00Z'],
  limit: ['1', '10', '0', '1001'],
  cursor: ['x', 'MQ'],
  type: ['sign_in', 'token'],
  from: ['2026-01-01T00:00:00Z', '+275760-09-13T00:00:00.001Z'],
  to: ['2026-01-01'],
  account_id: [held('accountId')],
  // Of paths.
  id: [held('interaction')],
  interactionId: [held('interaction')],
  // Not those by which the world is renewed: an administrator may disable them.
  clientId: ['house', 'posting', 'made-here'],
  accountId: [held('accountId')],
  grantId: [held('grantId')],
  kid: [held('kid')],
  file: ['style.css', 'passkey.js'],
};

const token = (grantType: string, ...pairs: Pair[]) =>
  [/oauth2\/token$/, [['grant_type', grantType], ...pairs]] as const;

const REQUESTS: Vocabulary['requests'] = [
  token('client_credentials', ['scope', 'orders:read'], ['resource', ORDERS]),
  token('client_credentials', ['client_id', 'posting'], ['client_secret', held('secret')]),
  token('refresh_token', ['refresh_token', held('refresh')], ['scope', 'orders:read']),
  token(
    'authorization_code',
    ['code', held('code')],
    ['redirect_uri', WEB.redirectUri],
    ['code_verifier', held('verifier')],
  ),
  token(
    TOKEN_EXCHANGE_GRANT,
    ['subject_token', held('access')],
    ['subject_token_type', ACCESS_TOKEN],
    ['resource', PAYMENTS],
  ),
  token(JWT_BEARER_GRANT, ['assertion', BAD_JWT], ['scope', 'payments:read']),
  token(DEVICE_CODE_GRANT, ['device_code', 'x'], ['client_id', PUBLIC.id]),
  token('client_credentials', ['client_assertion_type', ASSERTION], ['client_assertion', BAD_JWT]),
  [
    /introspect|revoke/,
    [
      ['token', held('access')],
      ['token_type_hint', 'access_token'],
    ],
  ],
  [/introspect|revoke/, [['token', held('refresh')]]],
  [/oauth2\/par$|oauth2\/authorize$/, AUTHORIZATION],
  [/oauth2\/par$|oauth2\/authorize$/, [...AUTHORIZATION, ['prompt', 'none']]],
  [/oauth2\/par$|oauth2\/authorize$/, [...AUTHORIZATION, ['claims', VALUES['claims']?.[0] ?? '']]],
  [
    /oauth2\/par$|oauth2\/authorize$/,
    [...AUTHORIZATION, ['authorization_details', VALUES['authorization_details']?.[0] ?? '']],
  ],
  [
    /oauth2\/authorize$/,
    [
      ['client_id', WEB.id],
      ['request_uri', 'urn:ietf:params:oauth:request_uri:x'],
    ],
  ],
  [
    /logout/,
    [
      ['id_token_hint', held('id')],
      ['state', 's'],
    ],
  ],
  [
    /sign-in$/,
    [
      ['form_token', held('csrf')],
      ['username', 'bob'],
      ['password', 'wrong'],
    ],
  ],
  [
    /consent$|account$|link$/,
    [
      ['form_token', held('csrf')],
      ['decision', 'deny'],
    ],
  ],
  [
    /factor$|enrolment/,
    [
      ['form_token', held('csrf')],
      ['code', '123456'],
    ],
  ],
  [
    /passkey$/,
    [
      ['form_token', held('csrf')],
      ['credential', VALUES['credential']?.[1] ?? ''],
    ],
  ],
  [
    /^\/account/,
    [
      ['form_token', held('accountCsrf')],
      ['name', 'A'],
      ['sid', held('sid')],
    ],
  ],
  [
    /^\/account/,
    [
      ['form_token', held('accountCsrf')],
      ['password', 'x'],
      ['email', 'a@example.com'],
    ],
  ],
  [
    /^\/password/,
    [
      ['form_token', held('csrf')],
      ['email', 'a@example.com'],
      ['password', 'x'],
    ],
  ],
  [
    /^\/admin/,
    [
      ['limit', '2'],
      ['account_id', held('accountId')],
      ['from', '2026-01-01T00:00:00Z'],
    ],
  ],
];

const CLIENT = {
  ...{
    client_id: 'made-here',
    name: 'Made here',
    application_type: 'web',
    scope: 'openid orders:read',
  },
  ...{ token_endpoint_auth_method: 'client_secret_basic', refresh_profile: 'confidential' },
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['https://made.example.com/callback'],
  post_logout_redirect_uris: ['https://made.example.com/'],
  ...{
    allowed_cors_origins: ['https://made.example.com'],
    logo_uri: 'https://made.example.com/a.png',
  },
  ...{ jwks: { keys: [] }, jwks_uri: 'https://made.example.com/jwks', first_party: false },
  ...{
    required_acr: 'urn:keyward:acr:mfa',
    own_resource: ORDERS,
    upstreams: [],
    client_name: 'Made here',
  },
  token_exchange: { resources: [PAYMENTS] },
  ...{
    overlap_seconds: 60,
    username: 'carol',
    password: 'a password that is long',
    email: 'c@example.com',
  },
};
const some = (...names: (keyof typeof CLIENT)[]) =>
  Object.fromEntries(names.map((name) => [name, CLIENT[name]]));
const MINIMAL = some('name', 'token_endpoint_auth_method', 'grant_types', 'redirect_uris', 'scope');

const DOCUMENTS: Vocabulary['documents'] = [
  [/^\/admin/, MINIMAL],
  [/^\/admin/, { ...MINIMAL, client_id: 'made-here' }],
  [/^\/admin/, CLIENT],
  [/^\/admin.*secret/, { overlap_seconds: 60 }],
  [/^\/admin.*(account|user)/, some('username', 'password', 'email')],
  [/regist/, some('client_name', 'redirect_uris', 'grant_types', 'jwks_uri', 'logo_uri', 'scope')],
];

const anyAddress: Header = ['x-forwarded-for', held('address')];
const basic = (id: string): Header => ['authorization', `Basic ${held(`basic:${id}`)}`];
const BROWSER: readonly Header[] = [
  ['cookie', held('cookie')],
  ['origin', held('issuer')],
  ['sec-fetch-site', 'same-origin'],
  anyAddress,
];

const HEADERS: Vocabulary['headers'] = [
  [/^\/oauth2\/(token|introspect|revoke|par)/, [basic(WEB.id), anyAddress]],
  [/^\/oauth2\/token/, [basic('administrator'), anyAddress]],
  [/^\/oauth2\/token/, [basic('exchanger'), anyAddress]],
  [/^\/oauth2\/token/, [basic(WEB.id), ['dpop', held('dpop')], anyAddress]],
  [
    /^\/oauth2\/introspect/,
    [basic('orders-rs'), ['accept', 'application/token-introspection+jwt'], anyAddress],
  ],
  [/^\/oauth2\/userinfo/, [['authorization', `Bearer ${held('access')}`], anyAddress]],
  [
    /^\/oauth2\/revocations/,
    [['authorization', `Bearer ${held('feed')}`], ['last-event-id', '1'], anyAddress],
  ],
  [/^\/(admin|scim)/, [['authorization', `Bearer ${held('admin')}`], anyAddress]],
  [/^\/(oauth2\/(authorize|logout)|account|password|email|device)/, BROWSER],
  [/^\/interaction/, [['cookie', held('waitingCookie')], ...BROWSER.slice(1)]],
  [/^\/interaction/, BROWSER],
];

export const AUTH_SERVICE_VOCABULARY: Vocabulary = {
  values: VALUES,
  requests: REQUESTS,
  documents: DOCUMENTS,
  headers: HEADERS,
};

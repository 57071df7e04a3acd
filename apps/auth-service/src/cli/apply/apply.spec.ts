import { memberDifference } from './member.difference.js';
import { readDeclarations } from './declaration.file.js';
import { reportJson, reportText } from './apply.report.js';

const SHOP = `clients:
  - client_id: shop
    name: Shop
    token_endpoint_auth_method: client_secret_basic
    grant_types: [client_credentials]
    scope: orders:read
`;

describe('readDeclarations', () => {
  it('fills in what the server would', () => {
    expect(readDeclarations(SHOP, 'clients.yaml').clients).toEqual([
      expect.objectContaining({
        client_id: 'shop',
        application_type: 'web',
        refresh_profile: 'confidential',
        redirect_uris: [],
        password_sign_in: true,
      }),
    ]);
  });

  it.each([
    ['nothing', 'clients: []', /clients.yaml names nothing/],
    [
      'a scope that is not to be had',
      'resources: [{ identifier: https://a.example, name: A, scopes: [openid] }]',
      /OpenID Connect's/,
    ],
    ['what it does not know', `${SHOP}people: []\n`, /people/],
    ['a member that is none', `${SHOP}    nam: x\n`, /clients\.0: .*nam/],
    ['a secret, and does not repeat it', `${SHOP}    client_secret: kws_x\n`, /client_secret/],
    ['a client twice', SHOP + SHOP.replace('clients:\n', ''), /client shop stands in it twice/],
    ['a client without id', SHOP.replace('client_id: shop\n    ', ''), /clients\.0\.client_id/],
    [
      'what breaks a rule',
      SHOP.replace('client_secret_basic', 'none'),
      /client shop: grant_types: a public/,
    ],
  ])('refuses %s', (_what, source, why) => {
    const read = () => readDeclarations(source, 'clients.yaml');
    expect(read).toThrow(why);
    expect(read).not.toThrow('kws_x');
  });
});

describe('memberDifference', () => {
  it('names what differs, whatever the order of members, and minds the order of a list', () => {
    const before = { a: 1, keys: { x: 1, y: 2 }, list: ['p', 'q'], gone: true };
    const after = { a: 1, keys: { y: 2, x: 1 }, list: ['q', 'p'], came: null };
    expect(memberDifference(before, after)).toEqual({
      came: { after: null },
      gone: { before: true },
      list: { before: ['p', 'q'], after: ['q', 'p'] },
    });
    expect(memberDifference(before, structuredClone(before))).toEqual({});
  });
});

describe('the report', () => {
  it('shows each member that differs, and where it stopped', () => {
    const changes = { scope: { before: 'a', after: 'orders:read' } };
    const call = { scope: 'admin:clients', path: '/clients', subject: 'client shop' };
    const facts = { id: 'shop', call, changes, getsSecret: false, isDeclared: false };
    const base = { kind: 'client', ...facts } as const;
    const clients = [
      { ...base, action: 'none', changes: {}, outcome: 'unchanged' },
      { ...base, action: 'update', outcome: 'failed' },
      { ...base, action: 'create', outcome: 'not_tried' },
    ] as const;
    expect(reportText(clients).split('\n')).toEqual([
      'client shop: not changed',
      '  - scope: "a"',
      '  + scope: "orders:read"',
      'client shop: not tried',
      '  - scope: "a"',
      '  + scope: "orders:read"',
      '1 not changed, 1 not tried, 1 as wanted',
    ]);
    expect(reportJson(clients)).toMatchObject({
      clients: [{ outcome: 'unchanged' }, { outcome: 'failed', changes }, { outcome: 'not_tried' }],
    });
  });
});

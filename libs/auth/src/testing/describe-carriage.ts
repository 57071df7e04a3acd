/** Attacks by the way in which a good token is carried (RFC 6750 sections 2 and 3.1). */
import { type AttackedRoute, type Carriage, type ExpectedChallenge } from './attacked-route.js';
import { type TestRunner } from './test-runner.js';

const FORM = 'application/x-www-form-urlencoded';
const BARE: ExpectedChallenge = { status: 401, error: undefined };
const MALFORMED: ExpectedChallenge = { status: 400, error: 'invalid_request' };

type CarriageAttack = readonly [
  what: string,
  expected: ExpectedChallenge,
  carry: (token: string, path: string) => Carriage,
];

const carried =
  (value: (token: string) => string | readonly string[]) =>
  (token: string): Carriage => ({ headers: { authorization: value(token) } });

const TABLE: readonly CarriageAttack[] = [
  ['no token', BARE, () => ({})],
  ['the scheme Basic', BARE, carried(() => 'Basic YWxpY2U6c2VjcmV0')],
  ['a token without a scheme', BARE, carried((token) => token)],
  [
    'a token in a cookie alone',
    BARE,
    (token) => ({ headers: { cookie: `access_token=${token}` } }),
  ],
  [
    'a token in the query alone',
    BARE,
    (token, path) => ({ path: withQuery(path, `access_token=${token}`) }),
  ],
  ['the scheme alone', MALFORMED, carried(() => 'Bearer')],
  ['two tokens in one header', MALFORMED, carried((token) => `Bearer ${token}, Bearer ${token}`)],
  ['a token in quotes', MALFORMED, carried((token) => `Bearer "${token}"`)],
  [
    'two Authorization headers',
    MALFORMED,
    carried((token) => [`Bearer ${token}`, 'Bearer another']),
  ],
  [
    'a second token in the query',
    MALFORMED,
    (token, path) => ({
      ...carried(() => `Bearer ${token}`)(token),
      path: withQuery(path, 'access_token=another'),
    }),
  ],
];

/** A body with a token goes with the methods that have one. */
const IN_FORM: CarriageAttack = [
  'a token in a form alone',
  BARE,
  (token) => ({ headers: { 'content-type': FORM }, body: `access_token=${token}` }),
];

/** Adds the tests of all of them to a suite. */
export function describeCarriage(
  { it }: TestRunner,
  route: AttackedRoute,
  token: () => string,
): void {
  const attacks = route.method === 'GET' ? TABLE : [...TABLE, IN_FORM];
  for (const [what, expected, carry] of attacks) {
    it(`refuses ${what}`, async () => {
      const good = token();
      await route.refuses(carry(good, route.path), expected, [good]);
    });
  }
}

function withQuery(path: string, parameter: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${parameter}`;
}

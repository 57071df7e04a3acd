/** The attack table as a suite that a team points at a route of its own application. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { AttackedRoute } from './attacked-route.js';
import { describeCarriage } from './describe-carriage.js';
import { type HandlerCalls } from './handler-calls.js';
import { ATTACKS, type Attack } from './hostile-tokens.js';
import { ATTACKER_KEYS_PATH } from './issuer-endpoints.js';
import { type ResourceServerTarget } from './resource-server.target.js';
import { type TestIssuer } from './test-issuer.js';
import { type TokenClaims } from './token-forge.js';
import { globalRunner, type TestRunner } from './test-runner.js';

/** What the suite has to know. */
export interface ResourceServerSuite {
  /** The issuer that the application trusts, or a function for one that starts later. */
  readonly issuer: TestIssuer | (() => TestIssuer);
  /** A protected route as `GET /orders`. Every accepted request really runs it. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  /** All the scopes that the route wants. Default none: any valid token will do. */
  readonly scopes?: readonly string[];
  /** JSON that the route takes. */
  readonly body?: object;
  /** Further claims of the good tokens, such as roles. */
  readonly claims?: TokenClaims;
  /** How the route answers a good token. Default 200, for POST 201. */
  readonly acceptedStatus?: number;
  /** Proves that no refused request reaches a handler. Default: only answers are looked at. */
  readonly handlerCalls?: HandlerCalls;
  /** Whether the application follows the issuer's revocations. Default false. */
  readonly revocations?: boolean;
  /** Attacks that your trust allows deliberately, such as `longLived`. Default none. */
  readonly except?: readonly Attack[];
  /** Default: the global functions. */
  readonly runner?: TestRunner;
}

const REVOKED_WITHIN_MS = 5000;

/**
 * Describes that a route takes good tokens, and refuses every other with the status and the challenge
 * of RFC 6750. Some 60 tests, a second or two in all.
 *
 * @param target the application, or a function for one that starts later. A URL needs an application
 *   that trusts this issuer and reaches it.
 */
export function describeResourceServer(
  target: ResourceServerTarget | (() => ResourceServerTarget),
  suite: ResourceServerSuite,
): void {
  const { issuer: given, scopes = [], except = [], runner = globalRunner() } = suite;
  const { describe, it } = runner;
  const issuer = (): TestIssuer => (typeof given === 'function' ? given() : given);
  const route = routeOf(target, suite);
  const good = (claims: TokenClaims = {}): TokenClaims => ({
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...suite.claims,
    ...claims,
  });

  describe(`${suite.route} as a resource server`, () => {
    it('accepts a good token', () => route.accepts(issuer().token(good())));

    it('accepts a token by a key that the issuer began to use just now', async () => {
      issuer().rotate();
      await route.accepts(issuer().token(good()));
    });

    for (const name of Object.keys(ATTACKS) as Attack[]) {
      if (except.includes(name)) continue;
      it(`refuses a token ${ATTACKS[name]}`, async () => {
        await route.refusesToken(issuer().hostile[name](good()));
      });
    }

    it('never asked for a key where a token said that it is', () => {
      assert.equal(issuer().requests(ATTACKER_KEYS_PATH), 0);
    });

    describeCarriage(runner, route, () => issuer().token(good()));

    for (const missing of scopes) {
      it(`refuses a token without the scope ${missing}, and says so`, async () => {
        const scope = [...scopes.filter((held) => held !== missing), `${missing}x`].join(' ');
        const headers = { authorization: `Bearer ${issuer().token(good({ scope }))}` };
        const challenge = await route.refuses(
          { headers },
          { status: 403, error: 'insufficient_scope' },
        );
        const named = /\bscope="([^"]*)"/.exec(challenge)?.[1]?.split(' ') ?? [];
        assert.ok(named.includes(missing), challenge);
      });
    }

    it('goes on while the issuer is out of reach, and lets nobody else in', async () => {
      issuer().outage();
      try {
        await route.accepts(issuer().token(good()));
        await route.refusesToken(issuer().hostile.flippedSignature(good()));
      } finally {
        issuer().outage(false);
      }
    });

    if (suite.revocations !== true) return;

    it('refuses a token that it took before, once it is revoked', async () => {
      const token = issuer().token(good());
      await route.accepts(token);
      await issuer().revoke(token);
      for (const end = Date.now() + REVOKED_WITHIN_MS; Date.now() < end; await sleep(20)) {
        if ((await route.withToken(token)).status === 401) break;
      }
      await route.refusesToken(token);
    });
  });
}

function routeOf(
  target: ResourceServerTarget | (() => ResourceServerTarget),
  { route, body, acceptedStatus, handlerCalls }: ResourceServerSuite,
): AttackedRoute {
  const [method = '', path = ''] = route.split(' ');
  return new AttackedRoute({
    target: () => (typeof target === 'function' ? target() : target),
    method,
    path,
    body,
    acceptedStatus: acceptedStatus ?? (method === 'POST' ? 201 : 200),
    handlerCalls,
  });
}

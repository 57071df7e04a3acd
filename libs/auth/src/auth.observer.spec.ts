/** Observers: one that fails changes no answer, and the default one shows no token. */
import { ConsoleLogger, Logger } from '@nestjs/common';
import { RequestAuthenticator } from './access/request-authenticator.js';
import {
  AuthObserver,
  GuardedAuthObserver,
  LoggingAuthObserver,
  type RefusedRequest,
} from './auth.observer.js';
import { BearerError } from './bearer/bearer.errors.js';
import {
  CLAIMS,
  forgeToken,
  NOW,
  trustIn,
  verifierOf,
} from './spec-support/access-token.fixture.js';
import { generateSigningKey } from './testing/signing-key.js';

const KEY = generateSigningKey('ES256');
const TRUSTS = [trustIn([KEY])];

class RecordingObserver extends AuthObserver {
  readonly refusals: RefusedRequest[] = [];

  requestRefused(refusal: RefusedRequest): void {
    this.refusals.push(refusal);
  }

  keysFetched(): void {
    throw new Error('not expected');
  }

  keysFetchFailed(): void {
    throw new Error('not expected');
  }
}

class FailingObserver extends AuthObserver {
  requestRefused(): never {
    throw new Error('observer down');
  }

  keysFetched(): never {
    throw new Error('observer down');
  }

  keysFetchFailed(): never {
    throw new Error('observer down');
  }
}

const authenticator = (observer: AuthObserver): RequestAuthenticator =>
  new RequestAuthenticator(verifierOf(TRUSTS), new GuardedAuthObserver(observer), {
    trusts: TRUSTS,
  });

async function answer(
  to: RequestAuthenticator,
  authorization: string | undefined,
): Promise<unknown> {
  try {
    return await to.authenticate({ headers: { authorization } }, () => 'OrdersController.list');
  } catch (error) {
    if (!(error instanceof BearerError)) throw error;
    return [error.getStatus(), error.headers, error.getResponse()];
  }
}

const REQUESTS: readonly [string, string | undefined, number, string][] = [
  ['no token', undefined, 401, 'extraction: no_token'],
  ['a malformed header', 'Bearer a b', 400, 'extraction: malformed_authorization'],
  ['garbage', 'Bearer garbage', 401, 'canonical: not_a_jws'],
  ['a late token', `Bearer ${late()}`, 401, 'claims: expired'],
  [
    'a forged token',
    `Bearer ${forgeToken(generateSigningKey('ES256'))}`,
    401,
    'signature: signature_mismatch',
  ],
  ['another issuer', `Bearer ${foreign()}`, 401, 'trust: issuer_not_trusted'],
];

function late(): string {
  return forgeToken(KEY, { payload: { ...CLAIMS, exp: NOW - 60 } });
}

function foreign(): string {
  return forgeToken(KEY, { payload: { ...CLAIMS, iss: 'https://evil.example' } });
}

describe('an observer', () => {
  it.each(REQUESTS)(
    'is told of %s once, with stage, rule, status and handler',
    async (_, header, status, rule) => {
      const observer = new RecordingObserver();
      await answer(authenticator(observer), header);
      expect(observer.refusals).toHaveLength(1);
      const [refusal] = observer.refusals;
      expect(refusal).toMatchObject({ status, handler: 'OrdersController.list' });
      expect(`${refusal?.stage ?? ''}: ${refusal?.reason ?? ''}`).toBe(rule);
    },
  );

  it('is told nothing of a request that passes', async () => {
    const observer = new RecordingObserver();
    const principal = await answer(authenticator(observer), `Bearer ${forgeToken(KEY)}`);
    expect(principal).toMatchObject({ subject: 'alice' });
    expect(observer.refusals).toEqual([]);
  });

  it.each([...REQUESTS, ['a good token', `Bearer ${forgeToken(KEY)}`, 200, ''] as const])(
    'that throws changes nothing in the answer to %s',
    async (_, header) => {
      const expected = await answer(authenticator(new RecordingObserver()), header);
      expect(await answer(authenticator(new FailingObserver()), header)).toEqual(expected);
    },
  );

  it('that throws is kept away from the fetching of keys', () => {
    const guarded = new GuardedAuthObserver(new FailingObserver());
    expect(() => guarded.keysFetched('https://as.example', 1, [])).not.toThrow();
    expect(() => guarded.keysFetchFailed('https://as.example', 'down')).not.toThrow();
  });
});

describe('LoggingAuthObserver', () => {
  const lines: [string, string][] = [];

  const writer =
    (level: string) =>
    (message: unknown): void => {
      lines.push([level, String(message)]);
    };

  beforeEach(() => {
    lines.length = 0;
    // Nest writes every line of every logger through this one.
    Logger.overrideLogger({
      log: writer('log'),
      error: writer('error'),
      warn: writer('warn'),
      debug: writer('debug'),
    });
  });

  afterEach(() => Logger.overrideLogger(new ConsoleLogger()));

  it.each(REQUESTS)(
    'writes one line for %s, without the token or a part of it',
    async (_, header, status, rule) => {
      await answer(authenticator(new LoggingAuthObserver()), header);
      expect(lines).toHaveLength(1);
      const [[level, line] = ['', '']] = lines;
      expect(level).toBe(header === undefined ? 'debug' : 'warn');
      expect(line).toContain(`refused with ${status} | ${rule}`);
      expect(line).toContain('OrdersController.list');
      expect(line).toMatch(/^[\x20-\x7e]*$/);
      const segments = (header ?? '').replace('Bearer ', '').split(/[. ]/);
      for (const segment of segments.filter(({ length }) => length > 6)) {
        expect(line).not.toContain(segment);
      }
    },
  );

  it('cannot be made to write a second line by what a token says', async () => {
    const header = { alg: 'ES256', kid: 'x\n[Nest] LOG forged\u2028\u001b[31m', typ: 'at+jwt' };
    const two = { ...trustIn([KEY, generateSigningKey('ES256', 'other')]) };
    const observer = new GuardedAuthObserver(new LoggingAuthObserver());
    const subject = new RequestAuthenticator(verifierOf([two]), observer, { trusts: [two] });
    await answer(subject, `Bearer ${forgeToken(KEY, { header })}`);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.[1]).toContain('key_unknown');
    expect(lines[0]?.[1]).not.toMatch(/[^\x20-\x7e]/);
  });

  it('says which keys are not used and why, with the kid made safe for a line', () => {
    new LoggingAuthObserver().keysFetched('https://as.example', 1, [
      { kid: 'a\nb\u202e', reason: 'has private members' },
      { reason: 'not an object' },
    ]);
    expect(lines.map(([level]) => level)).toEqual(['debug', 'warn', 'warn']);
    for (const [, line] of lines) expect(line).toMatch(/^[\x20-\x7e]*$/);
  });
});

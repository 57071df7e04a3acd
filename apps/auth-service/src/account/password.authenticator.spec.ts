import * as realArgon2 from '@node-rs/argon2';
import { jest } from '@jest/globals';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { MemorySignInBrake } from '../storage/memory/memory-sign-in.brake.js';
import { accountFixture } from '../testing/account.fixture.js';
import { RecordedAudit } from '../testing/recorded-audit.js';
import { AccountStore, type AccountWithPassword, canonicalUsername } from './account.store.js';
import { type SignInAttempt } from './password.authenticator.js';

// The real functions, counted: equal work is what keeps the outcomes equal in time.
const hash = jest.fn(realArgon2.hash);
const verify = jest.fn(realArgon2.verify);
jest.unstable_mockModule('@node-rs/argon2', () => ({ ...realArgon2, hash, verify }));
const { PasswordAuthenticator } = await import('./password.authenticator.js');
const { PasswordHasher } = await import('./password.hasher.js');

const PASSWORD = 'correct horse';
const WEAKER = { memoryCost: 8192, timeCost: 1, parallelism: 1 };
// What an attempt may cost: 19 MiB, two passes.
const PARAMETERS = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/;

/** Accounts that count their reads. */
class ListedAccounts extends AccountStore {
  readonly find = jest.fn<AccountStore['find']>();
  readonly rehash = jest.fn<AccountStore['rehash']>(async () => undefined);
  readonly findDeclaredPasswordHash = jest.fn<AccountStore['findDeclaredPasswordHash']>();
  readonly declare = jest.fn<AccountStore['declare']>();
  readonly findByUsername = jest.fn(
    async (username: string) => this.list.get(canonicalUsername(username)) ?? null,
  );

  constructor(private readonly list: ReadonlyMap<string, AccountWithPassword>) {
    super();
  }
}

describe('PasswordAuthenticator', () => {
  const list = new Map<string, AccountWithPassword>();
  let accounts: ListedAccounts;
  let brake: MemorySignInBrake;
  let audit: RecordedAudit;
  let authenticator: InstanceType<typeof PasswordAuthenticator>;

  const add = (username: string, passwordHash: string | null, disabledAt: Date | null = null) =>
    list.set(username, {
      account: {
        ...accountFixture({ username }),
        ...{ disabledAt, signInEpoch: 0, updatedAt: new Date() },
      },
      passwordHash,
    });
  const accountOf = (username: string) => list.get(username)?.account;
  const attempt = (change: Partial<SignInAttempt> = {}): SignInAttempt => ({
    username: 'ada',
    password: PASSWORD,
    address: '192.0.2.1',
    clientId: 'shop',
    correlationId: 'c-1',
    ...change,
  });

  beforeAll(async () => {
    const passwordHash = await new PasswordHasher().hash(PASSWORD);
    add('ada', passwordHash);
    add('disabled', passwordHash, new Date());
    add('passwordless', null);
    add('weaker', await realArgon2.hash(PASSWORD, WEAKER));
  });
  beforeEach(() => {
    jest.clearAllMocks();
    accounts = new ListedAccounts(list);
    brake = new MemorySignInBrake();
    audit = new RecordedAudit();
    authenticator = new PasswordAuthenticator(accounts, new PasswordHasher(), brake, audit);
  });

  const expectEqualWork = () => {
    expect(accounts.findByUsername).toHaveBeenCalledTimes(1);
    expect(verify).toHaveBeenCalledTimes(1);
    expect(verify.mock.calls[0]?.[0]).toMatch(PARAMETERS);
    expect(hash).not.toHaveBeenCalled();
  };

  it.each(['ada', ' ADA '])('returns the account that knows its password, as %j', async (name) => {
    expect(await authenticator.authenticate(attempt({ username: name }))).toEqual({
      outcome: 'authenticated',
      account: accountOf('ada'),
    });
    expectEqualWork();
    expect(audit.events).toEqual([
      {
        type: 'sign_in.password',
        outcome: 'success',
        accountId: accountOf('ada')?.accountId,
        clientId: 'shop',
      },
    ]);
    expect(audit.origins).toEqual([{ address: '192.0.2.1', correlationId: 'c-1' }]);
  });

  it.each([
    ['a wrong password', 'wrong_password', { password: 'wrong' }],
    ['an empty password', 'wrong_password', { password: '' }],
    ['a password of 60,000 characters', 'wrong_password', { password: 'a'.repeat(60_000) }],
    ['an unknown username', 'unknown_username', { username: 'nobody' }],
    [
      'an unknown username of 60,000 characters',
      'unknown_username',
      { username: 'a'.repeat(60_000) },
    ],
    ['a username with a NUL', 'unknown_username', { username: 'ada\0' }],
    ['an empty username', 'unknown_username', { username: '' }],
    ['a disabled account', 'account_disabled', { username: 'disabled' }],
    ['an account without a password', 'account_without_password', { username: 'passwordless' }],
  ])('refuses %s after the same work, in the same words', async (_, reason, change) => {
    expect(await authenticator.authenticate(attempt(change))).toEqual({ outcome: 'refused' });
    expectEqualWork();
    expect(audit.events).toHaveLength(1);
    expect(audit.events[0]).toMatchObject({ outcome: 'failure', reason });
  });

  it('records neither a password nor a username that is nobody’s', async () => {
    const secrets = ['a wrong password', 'a password in the wrong field'];
    await authenticator.authenticate(attempt({ password: secrets[0] ?? '' }));
    await authenticator.authenticate(attempt({ username: secrets[1] ?? '' }));
    expect(audit.events).toHaveLength(2);
    for (const secret of secrets) expect(JSON.stringify(audit.events)).not.toContain(secret);
  });

  it.each(['ada', 'nobody', 'disabled', 'passwordless'])(
    'brakes %s in the same way, without looking at the password',
    async (username) => {
      const outcomes = [];
      for (let index = 0; index < 6; index += 1) {
        outcomes.push(await authenticator.authenticate(attempt({ username, password: 'wrong' })));
      }
      expect(outcomes.slice(0, 5)).toEqual(Array(5).fill({ outcome: 'refused' }));
      expect(outcomes[5]).toEqual({ outcome: 'braked', retryAfterSeconds: 2 });
      // Not even the right one: the answer would tell it.
      expect(await authenticator.authenticate(attempt({ username }))).toMatchObject({
        outcome: 'braked',
      });
      expect(verify).toHaveBeenCalledTimes(5);
      expect(audit.events).toHaveLength(7);
      expect(audit.events[6]).toMatchObject({ outcome: 'failure', reason: 'braked' });
      expect(audit.events[6]?.accountId).toBe(accountOf(username)?.accountId);
    },
  );

  it('counts an account under every spelling of its name as one', async () => {
    for (const username of ['ada', 'ADA', ' ada', 'Ada ', 'aDa']) {
      await authenticator.authenticate(attempt({ username, password: 'wrong' }));
    }
    expect(await authenticator.authenticate(attempt({ address: '192.0.2.2' }))).toMatchObject({
      outcome: 'braked',
    });
  });

  it('forgets the mistakes of somebody who then knows it', async () => {
    for (let index = 0; index < 12; index += 1) {
      const password = index % 4 === 3 ? PASSWORD : 'wrong';
      expect(await authenticator.authenticate(attempt({ password }))).toMatchObject({
        outcome: index % 4 === 3 ? 'authenticated' : 'refused',
      });
    }
  });

  it('hashes the password anew at a sign-in where its parameters are out of date', async () => {
    await authenticator.authenticate(attempt({ username: 'weaker', password: 'wrong' }));
    expect(hash).not.toHaveBeenCalled();
    await authenticator.authenticate(attempt({ username: 'weaker' }));
    const { account, passwordHash } = list.get('weaker') as AccountWithPassword;
    const [accountId, from, to] = accounts.rehash.mock.calls[0] ?? [];
    expect([accountId, from]).toEqual([account.accountId, passwordHash]);
    expect(to).toMatch(PARAMETERS);
    expect(await realArgon2.verify(to ?? '', PASSWORD)).toBe(true);
  });

  it('lets somebody in although what follows cannot be done', async () => {
    jest.spyOn(brake, 'succeed').mockRejectedValue(new TemporarilyUnavailableError('down'));
    expect(await authenticator.authenticate(attempt())).toMatchObject({ outcome: 'authenticated' });
  });

  it.each(['accounts', 'brake'])('is undecided where the %s cannot be asked', async (port) => {
    const down = new TemporarilyUnavailableError('down');
    if (port === 'accounts') accounts.findByUsername.mockRejectedValue(down);
    else jest.spyOn(brake, 'attempt').mockRejectedValue(down);
    await expect(authenticator.authenticate(attempt())).rejects.toBe(down);
    expect(verify).not.toHaveBeenCalled();
    expect(brake.size).toBe(0);
  });

  it('counts no attempt that it was too busy to look at', async () => {
    verify.mockRejectedValue(new TemporarilyUnavailableError('busy'));
    for (let index = 0; index < 30; index += 1) {
      await expect(authenticator.authenticate(attempt())).rejects.toThrow('busy');
    }
    verify.mockImplementation(realArgon2.verify);
    expect(await authenticator.authenticate(attempt())).toMatchObject({ outcome: 'authenticated' });
  });
});

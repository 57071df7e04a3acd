import { randomBytes, randomUUID } from 'node:crypto';
import { MAX_FACTORS, ROOM_FOR_ONE } from '../../factor/factor.store.js';
import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresAssuranceStore } from './postgres-assurance.store.js';
import { PostgresFactorStore } from './postgres-factor.store.js';
import { PostgresRecoveryCodeStore } from './postgres-recovery-code.store.js';
import { type PostgresDatabase } from './postgres.database.js';
import { UNCHANGED } from '../../testing/session.fixture.js';

const STEP = 50_000_000;

describe('factors in PostgreSQL', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let store: PostgresFactorStore;
  let codes: PostgresRecoveryCodeStore;
  let accountId: string;
  beforeAll(async () => {
    ({ database, close } = await openTestDatabase());
    store = new PostgresFactorStore(database);
    codes = new PostgresRecoveryCodeStore(database);
  });
  afterAll(() => close());
  beforeEach(async () => {
    accountId = randomUUID();
    await database.manager.query('INSERT INTO account (account_id, username) VALUES ($1, $2)', [
      accountId,
      accountId,
    ]);
  });

  async function addTotp(name = 'Phone'): Promise<string> {
    const factorId = randomUUID();
    const secret = { factorId, secret: randomBytes(40), keyVersion: 1 };
    expect(
      await store.addTotp(
        { factorId, accountId, name, mostBefore: ROOM_FOR_ONE, basis: UNCHANGED },
        secret,
        STEP,
      ),
    ).toBe(true);
    return factorId;
  }

  async function addPasskey(
    change: { credentialId?: Buffer; signCount?: number } = {},
    mostBefore = ROOM_FOR_ONE,
  ) {
    const factorId = randomUUID();
    const passkey = {
      factorId,
      credentialId: randomBytes(32),
      publicKey: randomBytes(77),
      signCount: 0,
      transports: ['internal', 'hybrid'],
      backupEligible: true,
      ...change,
    };
    const added = await store.addPasskey(
      { factorId, accountId, name: 'Laptop', mostBefore, basis: UNCHANGED },
      passkey,
    );
    return { added, passkey: { ...passkey, accountId } };
  }

  it('keeps an authenticator application, and gives its secret back', async () => {
    const factorId = await addTotp();
    expect(await store.findOfAccount(accountId)).toEqual([
      {
        factorId,
        accountId,
        kind: 'totp',
        name: 'Phone',
        createdAt: expect.any(Date),
        lastUsedAt: expect.any(Date),
      },
    ]);
    expect(await store.findTotp(accountId)).toMatchObject([{ factorId, keyVersion: 1 }]);
    expect(await store.findTotp(randomUUID())).toEqual([]);
  });

  it('keeps a passkey, each credential once', async () => {
    const { passkey } = await addPasskey();
    expect(await store.findPasskey(passkey.credentialId)).toEqual(passkey);
    expect(await store.findPasskeys(accountId)).toEqual([passkey]);
    expect(await store.findPasskey(randomBytes(32))).toBeNull();
    expect((await addPasskey({ credentialId: passkey.credentialId })).added).toBe(false);
  });

  it('lets one of twenty use a step, and nobody an earlier one or that of the enrolment', async () => {
    const factorId = await addTotp();
    expect(await store.claimStep(factorId, STEP)).toBe(false);
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => store.claimStep(factorId, STEP + 2)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await store.claimStep(factorId, STEP + 1)).toBe(false);
    expect(await store.claimStep(factorId, STEP + 3)).toBe(true);
  });

  it('takes no counter of a passkey twice, unless it does not count', async () => {
    const counting = await addPasskey({ signCount: 5 });
    const uses = await Promise.all(
      Array.from({ length: 20 }, () => store.usePasskey(counting.passkey.factorId, 6)),
    );
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await store.usePasskey(counting.passkey.factorId, 0)).toBe(false);
    const other = await addPasskey();
    expect(await store.usePasskey(other.passkey.factorId, 0)).toBe(true);
    expect(await store.usePasskey(other.passkey.factorId, 0)).toBe(true);
  });

  it('has a limit that parallel additions do not get around', async () => {
    await Promise.all(Array.from({ length: MAX_FACTORS + 10 }, () => addPasskey()));
    expect(await store.findOfAccount(accountId)).toHaveLength(MAX_FACTORS);
  });

  it('lets one factor be the first one', async () => {
    const added = await Promise.all(Array.from({ length: 5 }, () => addPasskey({}, 0)));
    expect(added.filter((result) => result.added)).toHaveLength(1);
  });

  it('adds nothing to an account that is not there', async () => {
    accountId = randomUUID();
    expect((await addPasskey()).added).toBe(false);
  });

  it('renames and removes what is of the account, and of no other', async () => {
    const factorId = await addTotp();
    expect(await store.rename(randomUUID(), factorId, 'Mine')).toBe(false);
    expect(await store.remove(randomUUID(), factorId, false)).toBe(false);
    expect(await store.rename(accountId, factorId, 'Work phone')).toBe(true);
    expect(await store.findOfAccount(accountId)).toMatchObject([{ name: 'Work phone' }]);
    expect(await store.remove(accountId, factorId, false)).toBe(true);
    expect(await store.remove(accountId, factorId, false)).toBe(false);
  });

  it('leaves the last one of parallel removals where there has to be one', async () => {
    const factors = [await addTotp(), await addTotp('Other'), await addTotp('Third')];
    const removed = await Promise.all(factors.map((id) => store.remove(accountId, id, true)));
    expect(removed.filter(Boolean)).toHaveLength(2);
    expect(await store.findOfAccount(accountId)).toHaveLength(1);
  });

  it('lets one of twenty claim a recovery code, and forgets all with the last factor', async () => {
    const factorId = await addTotp();
    const [code = Buffer.alloc(0), ...others] = Array.from({ length: 10 }, () => randomBytes(32));
    await codes.replace(accountId, [code, ...others]);
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => codes.claim(accountId, code)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await codes.count(accountId)).toBe(9);
    expect(await codes.claim(randomUUID(), others[0] ?? code)).toBe(false);
    await store.remove(accountId, factorId, false);
    expect(await codes.count(accountId)).toBe(0);
  });

  it('keeps one set of recovery codes, whoever replaces it at the same time', async () => {
    const sets = Array.from({ length: 5 }, () => Array.from({ length: 10 }, () => randomBytes(32)));
    await Promise.all(sets.map((set) => codes.replace(accountId, set)));
    expect(await codes.count(accountId)).toBe(10);
  });

  it('tells the policy what is enrolled, and what the groups demand', async () => {
    const assurance = new PostgresAssuranceStore(database);
    expect(await assurance.find(randomUUID())).toEqual({ requiredAcrs: [], factorKinds: [] });
    await addTotp();
    await addTotp('Other');
    await database.manager.query(
      `INSERT INTO account_group (name, required_acr) VALUES ('admins', 'a'), ('staff', 'b')`,
    );
    await database.manager.query(`UPDATE account SET groups = $2 WHERE account_id = $1`, [
      accountId,
      ['admins', 'nobody'],
    ]);
    expect(await assurance.find(accountId)).toEqual({
      requiredAcrs: ['a'],
      factorKinds: ['totp'],
    });
  });
});

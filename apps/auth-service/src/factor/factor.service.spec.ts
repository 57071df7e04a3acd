import { randomBytes, randomUUID } from 'node:crypto';
import { MFA_ACR, PASSWORD_ACR } from '../authentication/acr.js';
import { PostgresAssuranceStore } from '../storage/postgres/postgres-assurance.store.js';
import { type PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { PostgresFactorStore } from '../storage/postgres/postgres-factor.store.js';
import { PostgresRecoveryCodeStore } from '../storage/postgres/postgres-recovery-code.store.js';
import { openTestDatabase } from '../testing/open-database.js';
import { RecordedAudit } from '../testing/recorded-audit.js';
import { sessionFixture, UNCHANGED } from '../testing/session.fixture.js';
import { type FactorNews } from './factor.mails.js';
import { FactorService, type FactorOwner, FRESH_SECONDS } from './factor.service.js';
import { ROOM_FOR_ONE } from './factor.store.js';
import { RecoveryCodes } from './recovery.codes.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

describe('FactorService', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let store: PostgresFactorStore;
  let audit: RecordedAudit;
  let service: FactorService;
  let told: FactorNews[];
  let owner: FactorOwner;
  beforeAll(async () => {
    ({ database, close } = await openTestDatabase());
    await database.manager.query(
      `INSERT INTO account_group (name, required_acr) VALUES ('staff', $1), ('guests', $2)`,
      [MFA_ACR, PASSWORD_ACR],
    );
  });
  afterAll(() => close());
  beforeEach(async () => {
    store = new PostgresFactorStore(database);
    audit = new RecordedAudit();
    told = [];
    const codes = new RecoveryCodes(new PostgresRecoveryCodeStore(database));
    service = new FactorService(store, codes, new PostgresAssuranceStore(database), audit, {
      tell: (_, change) => void told.push(change),
    });
    owner = await ownerIn('guests');
  });

  async function ownerIn(group: string): Promise<FactorOwner> {
    const accountId = randomUUID();
    await database.manager.query(
      'INSERT INTO account (account_id, username, groups) VALUES ($1::uuid, $1::text, $2)',
      [accountId, [group]],
    );
    return { ...sessionFixture({ accountId, acr: MFA_ACR }), origin: ORIGIN };
  }

  async function enrol(name = 'Phone', { accountId } = owner): Promise<string> {
    const factorId = randomUUID();
    const secret = { factorId, secret: randomBytes(40), keyVersion: 1 };
    const factor = { factorId, accountId, name, mostBefore: ROOM_FOR_ONE, basis: UNCHANGED };
    expect(await store.addTotp(factor, secret, 1)).toBe(true);
    return factorId;
  }

  const names = async ({ accountId } = owner) =>
    (await service.list(accountId)).factors.map(({ name }) => name);

  it('lists factors and how many recovery codes are left', async () => {
    await enrol();
    await service.replaceRecoveryCodes(owner);
    expect(await service.list(owner.accountId)).toEqual({
      factors: [expect.objectContaining({ name: 'Phone', kind: 'totp' })],
      recoveryCodesLeft: 10,
      isOneNeeded: false,
    });
  });

  it('renames a factor of its owner alone', async () => {
    const factorId = await enrol();
    const other = await ownerIn('guests');
    expect(await service.rename(other, factorId, 'Mine')).toBe('unknown');
    expect(await service.rename(owner, factorId, ` ${'x'.repeat(99)}`)).toBe('done');
    expect(await names()).toEqual(['x'.repeat(60)]);
    expect(await service.rename(owner, factorId, '  ')).toBe('done');
    expect(await names()).toEqual(['x'.repeat(60)]);
  });

  it('removes a factor, and the recovery codes with the last one', async () => {
    const factorId = await enrol();
    await service.replaceRecoveryCodes(owner);
    expect(await service.remove(owner, factorId)).toBe('done');
    expect(await service.list(owner.accountId)).toMatchObject({
      factors: [],
      recoveryCodesLeft: 0,
    });
    expect(audit.events.at(-1)).toMatchObject({
      type: 'factor.removed',
      outcome: 'success',
      accountId: owner.accountId,
      detail: { factor_id: factorId },
    });
    expect(await service.remove(owner, factorId)).toBe('unknown');
  });

  it('removes no factor of another account', async () => {
    const factorId = await enrol();
    expect(await service.remove(await ownerIn('guests'), factorId)).toBe('unknown');
    expect(await names()).toEqual(['Phone']);
  });

  it('leaves the last one where a group demands it, also of two that are removed at once', async () => {
    owner = await ownerIn('staff');
    const factorIds = [await enrol('One'), await enrol('Two')];
    expect((await service.list(owner.accountId)).isOneNeeded).toBe(true);
    const changes = await Promise.all(factorIds.map((id) => service.remove(owner, id)));
    expect(changes.sort()).toEqual(['done', 'needed']);
    expect(await names()).toHaveLength(1);
  });

  it.each<[string, () => Partial<FactorOwner>]>([
    [
      'signed in too long ago',
      () => ({ authenticatedAt: new Date(Date.now() - FRESH_SECONDS * 1000) }),
    ],
    ['signed in by a password alone', () => ({ acr: PASSWORD_ACR })],
  ])('changes nothing for who %s', async (_, change) => {
    const factorId = await enrol();
    const stale = { ...owner, ...change() };
    expect(await service.remove(stale, factorId)).toBe('stale');
    expect(await service.replaceRecoveryCodes(stale)).toBeNull();
    expect(await names()).toEqual(['Phone']);
    expect(audit.events).toEqual([
      expect.objectContaining({ type: 'factor.removed', outcome: 'failure', reason: 'stale' }),
    ]);
  });

  it('gives no recovery codes to who has nothing that they stand in for', async () => {
    expect(await service.replaceRecoveryCodes(owner)).toBeNull();
  });
});

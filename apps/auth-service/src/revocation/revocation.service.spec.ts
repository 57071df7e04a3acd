import { randomUUID } from 'node:crypto';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { SessionClock } from '../session/session.clock.js';
import { SessionRelay } from '../session/session.relay.js';
import { SessionRevocation } from '../session/session.revocation.js';
import { MemoryRevokedTokenStore } from '../storage/memory/memory-revoked-token.store.js';
import { MemorySessionCopyStore } from '../storage/memory/memory-session-copy.store.js';
import { PostgresGrantStore } from '../storage/postgres/postgres-grant.store.js';
import { PostgresRevocationRecord } from '../storage/postgres/postgres-revocation.record.js';
import { PostgresSessionOutbox } from '../storage/postgres/postgres-session.outbox.js';
import { PostgresSessionRevocationRecord } from '../storage/postgres/postgres-session-revocation.record.js';
import { type PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { openTestDatabase } from '../testing/open-database.js';
import { RecordedAudit } from '../testing/recorded-audit.js';
import { type PositionedRevocation, type Revocation, type TokenIdentity } from './revocation.js';
import { RevocationRelay } from './revocation.relay.js';
import { KeyRevocation } from './key.revocation.js';
import { RevocationService } from './revocation.service.js';
import { type RevokedTokenState, type RevokedTokenStore } from './revoked-token.store.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

/** A hot store that can be cut off, and that can stop in the middle of a write. */
class FailingRevokedTokenStore extends MemoryRevokedTokenStore {
  down = false;
  gate: Promise<void> = Promise.resolve();

  override async revoke(revocations: readonly Revocation[]): Promise<void> {
    await this.gate;
    if (this.down) throw new TemporarilyUnavailableError('down');
    await super.revoke(revocations);
  }

  override async find(token: TokenIdentity): Promise<RevokedTokenState> {
    if (this.down) throw new TemporarilyUnavailableError('down');
    return super.find(token);
  }
}

describe('RevocationService', () => {
  const exp = Math.floor(Date.now() / 1000) + 300;
  const cause = { reason: 'test', by: 'server' };
  let database: PostgresDatabase;
  let record: PostgresRevocationRecord;
  let store: FailingRevokedTokenStore;
  let relay: RevocationRelay;
  let grants: GrantService;
  let service: RevocationService;
  let close: () => Promise<void>;

  const build = (hot: RevokedTokenStore) => {
    const newRelay = new RevocationRelay(record, hot);
    const newGrants = new GrantService(new PostgresGrantStore(database), newRelay);
    const sessions = new SessionRevocation(
      new PostgresSessionRevocationRecord(database),
      new SessionRelay(
        new PostgresSessionOutbox(database),
        new MemorySessionCopyStore(),
        newGrants,
      ),
      newRelay,
      new RecordedAudit(),
      new SessionClock(),
    );
    return {
      relay: newRelay,
      grants: newGrants,
      service: new RevocationService(
        record,
        hot,
        newRelay,
        newGrants,
        sessions,
        new KeyRevocation(record, new RecordedAudit()),
      ),
    };
  };
  const revoke = (jti: string) => service.revokeToken({ jti, exp, audiences: ['urn:a'] }, 'test');
  const token = (jti: string, more: Partial<TokenIdentity> = {}): TokenIdentity => ({
    ...{ jti, clientId: 'shop', issuedAt: exp - 300, grantId: null, kid: 'k' },
    ...more,
  });
  const newGrant = (more: Partial<Grant> = {}): Grant => ({
    grantId: randomUUID(),
    accountId: randomUUID(),
    clientId: 'shop',
    sid: randomUUID(),
    scope: ['orders:read'],
    resources: ['urn:a'],
    authenticatedAt: new Date(),
    acr: '',
    amr: [],
    expiresAt: new Date(exp * 1000),
    ...more,
  });

  beforeEach(async () => {
    ({ database, close } = await openTestDatabase());
    record = new PostgresRevocationRecord(database);
    store = new FailingRevokedTokenStore();
    ({ relay, grants, service } = build(store));
  });
  afterEach(async () => {
    await service.onModuleDestroy();
    await relay.onModuleDestroy();
    await close();
  });

  it('knows what it revoked, and that the rest lives', async () => {
    await revoke('a');
    expect(await service.isRevoked(token('a'))).toBe(true);
    expect(await service.isRevoked(token('b'))).toBe(false);
    expect(await record.findUnrelayed(10)).toEqual([]);
  });

  it('revokes a grant, with every token of it and no other', async () => {
    const [one, other] = [newGrant(), newGrant()];
    await grants.create(one);
    await grants.create(other);
    await service.revokeGrant(one.grantId, cause);
    expect(await service.isRevoked(token('a', one))).toBe(true);
    expect(await service.isRevoked(token('a', other))).toBe(false);
  });

  it('revokes all that a person allowed', async () => {
    const accountId = randomUUID();
    const [one, other] = [newGrant({ accountId, scope: ['offline_access'] }), newGrant()];
    await grants.create(one);
    await grants.create(other);
    await service.revokeSubject(accountId, cause, ORIGIN);
    expect(await service.isRevoked(token('a', one))).toBe(true);
    expect(await service.isRevoked(token('a', other))).toBe(false);
  });

  it('revokes what a client has, and not what it gets afterwards', async () => {
    const one = newGrant();
    await grants.create(one);
    await service.revokeClient('shop', cause);
    const now = Math.floor(Date.now() / 1000);
    expect(await service.isRevoked(token('a', { issuedAt: now - 10 }))).toBe(true);
    expect(await service.isRevoked(token('a', { issuedAt: now + 2 }))).toBe(false);
    expect(await service.isRevoked(token('a', { clientId: 'other' }))).toBe(false);
    expect((await grants.find(one.grantId))?.cause).toEqual(cause);
  });

  it('revokes all that a key signed', async () => {
    await service.revokeKey('k9', cause, ORIGIN);
    expect(await service.isRevoked(token('a', { kid: 'k9' }))).toBe(true);
    expect(await service.isRevoked(token('a'))).toBe(false);
  });

  it('restores from the record what a predecessor revoked', async () => {
    await revoke('a');
    const successor = build(new MemoryRevokedTokenStore()).service;
    const answers = await Promise.all(
      ['a', 'a', 'b'].map((jti) => successor.isRevoked(token(jti))),
    );
    expect(answers).toEqual([true, true, false]);
  });

  it('is done once the record holds it, and calls nothing live until the store does too', async () => {
    expect(await service.isRevoked(token('a'))).toBe(false);
    store.down = true;
    await revoke('a');
    await expect(service.isRevoked(token('a'))).rejects.toThrow(TemporarilyUnavailableError);
    await expect(service.isRevoked(token('b'))).rejects.toThrow(TemporarilyUnavailableError);
    store.down = false;
    expect(await service.isRevoked(token('a'))).toBe(true);
    expect(await record.findUnrelayed(10)).toEqual([]);
  });

  it('is not called done where the record goes down before anyone else could see it', async () => {
    expect(await service.isRevoked(token('a'))).toBe(false);
    const { findUnrelayed } = record;
    record.findUnrelayed = () => Promise.reject(new TemporarilyUnavailableError('down'));
    await expect(revoke('a')).rejects.toThrow(TemporarilyUnavailableError);
    // What it knows itself counts here at once, and nothing else has to wait for the record.
    expect(await service.isRevoked(token('a'))).toBe(true);
    expect(await service.isRevoked(token('b'))).toBe(false);
    await expect(service.revokeClient('shop', cause)).rejects.toThrow(TemporarilyUnavailableError);
    await expect(service.isRevoked(token('b'))).rejects.toThrow(TemporarilyUnavailableError);
    record.findUnrelayed = findUnrelayed;
    expect(await service.isRevoked(token('b', { clientId: 'other' }))).toBe(false);
    await revoke('a');
  });

  it('does nothing where the record cannot be written', async () => {
    record.add = () => Promise.reject(new TemporarilyUnavailableError('down'));
    await expect(revoke('a')).rejects.toThrow(TemporarilyUnavailableError);
    expect(await service.isRevoked(token('a'))).toBe(false);
  });

  it('does not take a relay that began before a failure for one that heals it', async () => {
    expect(await service.isRevoked(token('a'))).toBe(false);
    // The relay has read its rows and hangs while it writes them; then another is recorded.
    let open: () => void = () => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const first = revoke('first');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const second = revoke('second');
    await new Promise((resolve) => setTimeout(resolve, 100));
    open();
    await Promise.all([first, second]);
    expect(await service.isRevoked(token('first'))).toBe(true);
    expect(await service.isRevoked(token('second'))).toBe(true);
  });

  it('tells every sink in the order of positions, until each has taken it', async () => {
    const taken: number[][] = [];
    let broken = true;
    relay.addSink({ take: async (all) => void taken.push(positionsOf(all)) });
    relay.addSink({
      take: async () => {
        if (broken) throw new Error('not now');
      },
    });
    await revoke('a');
    // The hot store has it: what another sink lacks must not keep introspection from answering.
    expect(await service.isRevoked(token('a'))).toBe(true);
    expect(await service.isRevoked(token('b'))).toBe(false);
    broken = false;
    await revoke('b');
    expect(taken.at(-1)).toEqual([1, 2]);
    expect(await record.findUnrelayed(10)).toEqual([]);
  });

  it('relays by itself what another replica could only record', async () => {
    expect(await service.isRevoked(token('a'))).toBe(false);
    relay.onApplicationBootstrap();
    const expiresAt = new Date((exp + 60) * 1000);
    await record.add(
      { kind: 'jti', value: 'a', iatBefore: null, audiences: null, expiresAt },
      'by another replica',
    );
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if ((await store.find(token('a'))) === 'revoked') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await service.isRevoked(token('a'))).toBe(true);
  });
});

function positionsOf(all: readonly PositionedRevocation[]): number[] {
  return all.map(({ position }) => position);
}

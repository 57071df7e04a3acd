import { TemporarilyUnavailableError } from '@keyward/oauth';
import { MemoryRevokedTokenStore } from '../storage/memory/memory-revoked-token.store.js';
import { PostgresRevocationRecord } from '../storage/postgres/postgres-revocation.record.js';
import { openTestDatabase } from '../testing/open-database.js';
import { type TokenRevocation } from './revocation.record.js';
import { RevocationService } from './revocation.service.js';
import { type RevokedTokenState } from './revoked-token.store.js';

/** A hot store that can be cut off, and that can stop in the middle of a write. */
class FailingRevokedTokenStore extends MemoryRevokedTokenStore {
  down = false;
  gate: Promise<void> = Promise.resolve();

  override async revoke(revocation: TokenRevocation): Promise<void> {
    await this.gate;
    if (this.down) throw new TemporarilyUnavailableError('down');
    await super.revoke(revocation);
  }

  override async find(jti: string): Promise<RevokedTokenState> {
    if (this.down) throw new TemporarilyUnavailableError('down');
    return super.find(jti);
  }
}

describe('RevocationService', () => {
  const exp = Math.floor(Date.now() / 1000) + 300;
  let record: PostgresRevocationRecord;
  let store: FailingRevokedTokenStore;
  let service: RevocationService;
  let close: () => Promise<void>;
  beforeEach(async () => {
    const opened = await openTestDatabase();
    close = opened.close;
    record = new PostgresRevocationRecord(opened.database);
    store = new FailingRevokedTokenStore();
    service = new RevocationService(record, store);
  });
  afterEach(async () => {
    await service.onModuleDestroy();
    await close();
  });

  it('knows what it revoked, and that the rest lives', async () => {
    await service.revokeToken('a', exp, 'test');
    expect(await service.isRevoked('a')).toBe(true);
    expect(await service.isRevoked('b')).toBe(false);
    expect(await record.findUnrelayed(10)).toEqual([]);
  });

  it('restores from the record what a predecessor revoked', async () => {
    await service.revokeToken('a', exp, 'test');
    const successor = new RevocationService(record, new MemoryRevokedTokenStore());
    const answers = await Promise.all(['a', 'a', 'b'].map((jti) => successor.isRevoked(jti)));
    expect(answers).toEqual([true, true, false]);
  });

  it('is done once the record holds it, and calls nothing live until the store does too', async () => {
    expect(await service.isRevoked('a')).toBe(false);
    store.down = true;
    await service.revokeToken('a', exp, 'test');
    await expect(service.isRevoked('a')).rejects.toThrow(TemporarilyUnavailableError);
    await expect(service.isRevoked('b')).rejects.toThrow(TemporarilyUnavailableError);
    store.down = false;
    expect(await service.isRevoked('a')).toBe(true);
    expect(await record.findUnrelayed(10)).toEqual([]);
  });

  it('does nothing where the record cannot be written', async () => {
    record.revokeToken = () => Promise.reject(new TemporarilyUnavailableError('down'));
    await expect(service.revokeToken('a', exp, 'test')).rejects.toThrow(
      TemporarilyUnavailableError,
    );
    expect(await service.isRevoked('a')).toBe(false);
  });

  it('does not take a relay that began before a failure for one that heals it', async () => {
    expect(await service.isRevoked('a')).toBe(false);
    store.down = true;
    await service.revokeToken('first', exp, 'test');
    store.down = false;
    // The relay has read its rows and hangs while it writes them; then another write fails.
    let open: () => void = () => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const early = service.isRevoked('first');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const failing = new FailingRevokedTokenStore();
    failing.down = true;
    const revoke = store.revoke;
    store.revoke = (revocation) =>
      revocation.jti === 'second' ? failing.revoke(revocation) : revoke.call(store, revocation);
    await service.revokeToken('second', exp, 'test');
    store.revoke = revoke;
    const late = service.isRevoked('second');
    open();
    expect(await early).toBe(true);
    expect(await late).toBe(true);
  });

  it('relays by itself what another replica could only record', async () => {
    expect(await service.isRevoked('a')).toBe(false);
    service.onApplicationBootstrap();
    await record.revokeToken('a', new Date((exp + 60) * 1000), 'by another replica');
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if ((await store.find('a')) === 'revoked') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await service.isRevoked('a')).toBe(true);
  });
});

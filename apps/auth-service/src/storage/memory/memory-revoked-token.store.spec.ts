import { describeRevokedTokenStore } from '../contracts/revoked-token.store.contract.js';
import { MemoryRevokedTokenStore } from './memory-revoked-token.store.js';

describe('MemoryRevokedTokenStore', () => {
  describeRevokedTokenStore(async () => {
    const store = new MemoryRevokedTokenStore();
    return { store, replica: store, lose: async () => new MemoryRevokedTokenStore() };
  });

  it('drops expired entries while it grows', async () => {
    const store = new MemoryRevokedTokenStore();
    const past = new Date(Date.now() - 1);
    const future = new Date(Date.now() + 60_000);
    for (let index = 0; index < 2500; index += 1) {
      await store.revoke({ jti: `past ${index}`, expiresAt: past });
      if (index % 5 === 0) await store.revoke({ jti: `future ${index}`, expiresAt: future });
    }
    expect(store.size).toBeLessThan(2000);
    expect(await store.find('future 0')).toBe('revoked');
  });
});

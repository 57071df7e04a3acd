import { type Revocation } from '../../revocation/revocation.js';
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
    const one = (jti: string, expiresAt: Date): Revocation[] => [
      { kind: 'jti', value: jti, iatBefore: null, audiences: null, expiresAt },
    ];
    for (let index = 0; index < 2500; index += 1) {
      await store.revoke(one(`past ${index}`, past));
      if (index % 5 === 0) await store.revoke(one(`future ${index}`, future));
    }
    expect(store.size).toBeLessThan(2000);
    expect(
      await store.find({ jti: 'future 0', clientId: 'c', issuedAt: 1, grantId: null, kid: null }),
    ).toBe('revoked');
  });
});

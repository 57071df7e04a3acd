import { newTokenId } from './token.id.js';

describe('newTokenId', () => {
  it('never makes one twice, also beyond one block of randomness', () => {
    const ids = Array.from({ length: 2000 }, () => newTokenId());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('makes 128 bits, as base64url', () => {
    for (let count = 0; count < 600; count += 1) {
      const id = newTokenId();
      expect(id).toMatch(/^[\w-]{22}$/);
      expect(Buffer.from(id, 'base64url')).toHaveLength(16);
    }
  });
});

import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { deriveContentKey } from './concat-kdf.js';

// RFC 7518 appendix C.
const BOB = {
  kty: 'EC',
  crv: 'P-256',
  x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
  y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
  d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
};
const ALICE = {
  kty: 'EC',
  crv: 'P-256',
  x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
  y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
};

describe('deriveContentKey', () => {
  it('derives what RFC 7518 appendix C derives', () => {
    const secret = diffieHellman({
      privateKey: createPrivateKey({ key: BOB, format: 'jwk' }),
      publicKey: createPublicKey({ key: ALICE, format: 'jwk' }),
    });
    const key = deriveContentKey(secret, {
      algorithm: 'A128GCM',
      apu: Buffer.from('Alice'),
      apv: Buffer.from('Bob'),
      keyBytes: 16,
    });
    expect(key.toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg');
  });
});

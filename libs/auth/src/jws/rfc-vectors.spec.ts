/** The signatures that the RFCs print, and what becomes of them when a bit is changed. */
import { importPublicJwk, importSecret } from './jwk-import.js';
import { type VerificationKey } from './verification-key.js';

const PAYLOAD =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';

interface Vector {
  readonly alg: 'HS256' | 'RS256' | 'ES256' | 'ES512' | 'EdDSA';
  readonly jwk: Readonly<Record<string, string>>;
  readonly input: string;
  readonly signature: string;
}

const VECTORS: readonly [string, Vector][] = [
  [
    'RFC 7515 appendix A.1',
    {
      alg: 'HS256',
      jwk: {
        k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
      },
      input: `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${PAYLOAD}`,
      signature: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    },
  ],
  [
    'RFC 7515 appendix A.2',
    {
      alg: 'RS256',
      jwk: {
        kty: 'RSA',
        n:
          'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4Ql' +
          'L-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs' +
          'LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoud' +
          'F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
        e: 'AQAB',
      },
      input: `eyJhbGciOiJSUzI1NiJ9.${PAYLOAD}`,
      signature:
        'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG' +
        'bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K' +
        '0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6' +
        'LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
    },
  ],
  [
    'RFC 7515 appendix A.3',
    {
      alg: 'ES256',
      jwk: {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
      input: `eyJhbGciOiJFUzI1NiJ9.${PAYLOAD}`,
      signature:
        'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
    },
  ],
  [
    'RFC 7515 appendix A.4',
    {
      alg: 'ES512',
      jwk: {
        kty: 'EC',
        crv: 'P-521',
        x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
        y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
      },
      input: 'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA',
      signature:
        'AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7Xdt' +
        'AG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn',
    },
  ],
  [
    'RFC 8037 appendix A.4',
    {
      alg: 'EdDSA',
      jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
      input: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
      signature:
        'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    },
  ],
];

function keyOf({ alg, jwk }: Vector): VerificationKey {
  const key =
    alg === 'HS256'
      ? importSecret(Buffer.from(jwk['k'] ?? '', 'base64url'), [alg])
      : importPublicJwk(jwk, [alg]);
  if (key === undefined) throw new Error('the key was not imported');
  return key;
}

describe.each(VECTORS)('%s', (_, vector) => {
  const input = Buffer.from(vector.input);
  const signature = Buffer.from(vector.signature, 'base64url');

  it('is verified', () => {
    expect(keyOf(vector).verify(vector.alg, input, signature)).toBe(true);
  });

  it('is refused once any one bit of the first, a middle or the last byte is changed', () => {
    const key = keyOf(vector);
    for (const at of [0, signature.length >> 1, signature.length - 1]) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(signature);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        expect([at, bit, key.verify(vector.alg, input, changed)]).toEqual([at, bit, false]);
      }
    }
  });

  it('is refused over other bytes', () => {
    const other = Buffer.concat([input, Buffer.from('A')]);
    expect(keyOf(vector).verify(vector.alg, other, signature)).toBe(false);
  });
});

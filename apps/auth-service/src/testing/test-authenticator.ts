/** A passkey in software, that signs whatever it is told to, for tests of what takes its signatures. */
import {
  createHash,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign as signWith,
} from 'node:crypto';
import { promisify } from 'node:util';
import { ISSUER } from './test-application.js';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

/** What is signed, and what is said with it. */
export interface Assertion {
  /** base64url */
  readonly challenge: string;
  readonly userHandle?: string;
  /** Default: 0, which does not count. */
  readonly counter?: number;
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  /** Changes the counter behind the signature. */
  readonly tamper?: boolean;
}

/** One key pair. */
export class TestAuthenticator {
  readonly credentialId = randomBytes(32);

  private constructor(
    private readonly privateKey: KeyObject,
    /** A COSE key (RFC 9053 section 7.1.1). */
    readonly publicKey: Buffer,
  ) {}

  static async create(): Promise<TestAuthenticator> {
    const pair = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
    const coseKey = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ]);
    return new TestAuthenticator(pair.privateKey, coseKey);
  }

  /** @returns what a browser posts (WebAuthn Level 3 section 5.1) */
  sign(assertion: Assertion): string {
    const { challenge, userHandle, counter = 0, origin = ISSUER } = assertion;
    const { rpId = new URL(ISSUER).hostname, type = 'webauthn.get' } = assertion;
    const { userPresent = true, userVerified = true, tamper = false } = assertion;
    const clientData = Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
    const flags = (userPresent ? USER_PRESENT : 0) | (userVerified ? USER_VERIFIED : 0);
    const data = Buffer.concat([sha256(rpId), Buffer.from([flags]), Buffer.alloc(4)]);
    data.writeUInt32BE(counter, 33);
    const signature = signWith(
      'sha256',
      Buffer.concat([data, sha256(clientData)]),
      this.privateKey,
    );
    if (tamper) data.writeUInt32BE(counter + 1, 33);
    const id = this.credentialId.toString('base64url');
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle,
      },
    });
  }
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** Proves the key of this process to who asks for it (RFC 9449). */
import { generateKeyPair, hash, randomUUID, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { DPOP_PROOF_TYP } from '@keyward/oauth';
import { verifyInput } from '../jws/signature.js';

const ALGORITHM = 'ES256';
const NONCE = /^[\x21-\x7e]{1,512}$/;

interface ProofKey {
  readonly privateKey: KeyObject;
  /** The encoded header of every proof. */
  readonly header: string;
}

/** The request that is proved. */
export interface Proven {
  readonly method: string;
  readonly url: string;
  /** Goes with the proof at a resource. */
  readonly accessToken?: string;
}

/** A key that lives as long as the process and is known to nobody else. */
export class DpopProver {
  #key: Promise<ProofKey> | undefined;
  /** What each server wants to find in the next proof. Only servers of the configuration are asked. */
  readonly #nonces = new Map<string, string>();

  constructor(private readonly clock: () => number) {}

  /** A new proof, good for one request. */
  async proof({ method, url, accessToken }: Proven): Promise<string> {
    const { privateKey, header } = await (this.#key ??= makeKey());
    const { origin, pathname } = new URL(url);
    const nonce = this.#nonces.get(origin);
    const payload = encode({
      jti: randomUUID(),
      htm: method,
      htu: `${origin}${pathname}`,
      iat: Math.floor(this.clock() / 1000),
      ...(nonce !== undefined && { nonce }),
      ...(accessToken !== undefined && { ath: hash('sha256', accessToken, 'base64url') }),
    });
    const input = `${header}.${payload}`;
    const signature = await signOffThread(privateKey, Buffer.from(input));
    return `${input}.${signature.toString('base64url')}`;
  }

  /**
   * Takes over the nonce that an answer brings.
   * @returns whether there was one that the last proof did not have
   * @see RFC 9449 sections 8.2 and 9
   */
  learn(url: string, headers: Headers): boolean {
    const nonce = headers.get('dpop-nonce');
    const { origin } = new URL(url);
    if (nonce === null || !NONCE.test(nonce) || this.#nonces.get(origin) === nonce) return false;
    this.#nonces.set(origin, nonce);
    return true;
  }
}

async function makeKey(): Promise<ProofKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  return { privateKey, header: encode({ typ: DPOP_PROOF_TYP, alg: ALGORITHM, jwk }) };
}

function signOffThread(key: KeyObject, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign('sha256', input, verifyInput(ALGORITHM, key), (error, signature) =>
      error === null ? resolve(signature) : reject(error),
    );
  });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

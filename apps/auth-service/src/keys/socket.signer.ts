/** A signer in another process, behind a local Unix socket: the private halves never come here. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { type OnApplicationShutdown } from '@nestjs/common';
import { type JWK } from 'jose';
import { z } from 'zod';
import { type SigningKeyConfig } from '../config/signing-key.config.js';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { publicJwkOf } from './key.fitness.js';
import { isSignature } from './signature.js';
import { type GeneratedKey, type OpenedKey, Signer, SignerUnavailableError } from './signer.js';
import { type SignerAnswer, SignerSocket } from './signer.socket.js';
import { type HeldPrivateKey, type StoredSigningKey } from './signing-key.js';

/** A module may look for the primes of RSA for a while. */
const GENERATION_MS = 20_000;

const CREATED = z.object({
  key: z.string().min(1).max(512),
  jwk: z.record(z.string(), z.unknown()),
});
const SIGNED = z.object({ signature: z.base64url().min(1) });

/**
 * Speaks the protocol of docs/operations.md. Every signature is checked before it is used: a signer
 * that came back with its keys mixed up costs a 503, not a token that nobody accepts.
 */
export class SocketSigner extends Signer implements OnApplicationShutdown {
  readonly name = 'socket';

  constructor(private readonly socket: SignerSocket) {
    super();
  }

  onApplicationShutdown(): void {
    this.socket.close();
  }

  async generate(algorithm: SigningAlgorithm): Promise<GeneratedKey> {
    await this.socket.checkPermissions();
    const answer = await this.socket.ask({
      method: 'POST',
      path: '/keys',
      body: { alg: algorithm },
      atLeastMs: GENERATION_MS,
    });
    const { key, jwk } = read(answer, 201, CREATED);
    return {
      signer: this.name,
      signerKey: key,
      encryptedPrivateKey: null,
      keyVersion: 0,
      publicJwk: fitJwk(jwk, algorithm),
    };
  }

  async open(stored: StoredSigningKey): Promise<OpenedKey> {
    await this.socket.checkPermissions();
    const { algorithm, signerKey } = stored;
    const publicKey = createPublicKey({ key: fitJwk(stored.publicJwk, algorithm), format: 'jwk' });
    const path = `/keys/${encodeURIComponent(signerKey ?? '')}/signatures`;
    const sign = async (data: Buffer): Promise<Buffer> => {
      const body = { alg: algorithm, data: data.toString('base64url') };
      const answer = await this.socket.ask({ method: 'POST', path, body });
      const { signature } = read(answer, 200, SIGNED);
      return checked(Buffer.from(signature, 'base64url'), data, algorithm, publicKey, stored.kid);
    };
    return { publicKey, sign };
  }

  async destroy({ signerKey }: Pick<HeldPrivateKey, 'signerKey'>): Promise<void> {
    if (signerKey === null) return;
    const path = `/keys/${encodeURIComponent(signerKey)}`;
    const { status } = await this.socket.ask({ method: 'DELETE', path });
    if (status !== 204 && status !== 404) throw refusal(status);
  }
}

async function checked(
  signature: Buffer,
  data: Buffer,
  algorithm: SigningAlgorithm,
  publicKey: KeyObject,
  kid: string,
): Promise<Buffer> {
  if (await isSignature(algorithm, data, publicKey, signature)) return signature;
  throw new SignerUnavailableError(`the signer does not sign with the key ${kid} that it holds`);
}

function fitJwk(jwk: object, algorithm: SigningAlgorithm): JWK {
  try {
    return publicJwkOf({ ...jwk }, algorithm);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SignerUnavailableError(`the signer's key is not to be used: ${why}`);
  }
}

function read<T>({ status, body }: SignerAnswer, wanted: number, schema: z.ZodType<T>): T {
  if (status !== wanted) throw refusal(status);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new SignerUnavailableError('the signer answered what it must not');
  return parsed.data;
}

function refusal(status: number): SignerUnavailableError {
  const why = status === 404 ? 'it does not hold the key' : 'see its log';
  return new SignerUnavailableError(`the signer answered ${status}: ${why}`);
}

/** The signer behind the configured socket; null where there is none. */
export function socketSignerOf({
  signerSocket,
  signerTimeoutMs,
}: Pick<SigningKeyConfig, 'signerSocket' | 'signerTimeoutMs'>): SocketSigner | null {
  if (signerSocket === undefined) return null;
  return new SocketSigner(new SignerSocket(signerSocket, signerTimeoutMs));
}

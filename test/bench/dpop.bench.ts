/** What a DPoP proof costs: at a resource beside the bare signature check, at the token endpoint beside none. */
import { type JsonWebKey, randomUUID, sign, verify } from 'node:crypto';
import { DpopProofVerifier, MemoryProofReplayStore } from '@keyward/auth';
import { generateKeyPair } from '../support/key-pair.js';
import { compare, interleave, type Measurement } from './measurement.js';

const URI = 'https://orders.example.com/orders';
const PROOFS = 500;
const ROUNDS = 41;
const WARM_UPS = 10;

/** The name that `--only` selects. */
export const DPOP_BENCH = 'verify.dpop';

/** A client's ES256 key, and proofs by it. */
export class ProofMaker {
  readonly #pair = generateKeyPair({ type: 'ec', namedCurve: 'P-256' });
  readonly #header: string;

  constructor() {
    const jwk: JsonWebKey = this.#pair.publicKey.export({ format: 'jwk' });
    this.#header = segment({ typ: 'dpop+jwt', alg: 'ES256', jwk });
  }

  make(htm: string, htu: string): string {
    const iat = Math.floor(Date.now() / 1000);
    const input = `${this.#header}.${segment({ jti: randomUUID(), htm, htu, iat })}`;
    const key = { key: this.#pair.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  }

  /** The signature check alone. */
  check(proof: string): boolean {
    const dot = proof.lastIndexOf('.');
    const key = { key: this.#pair.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const signature = Buffer.from(proof.slice(dot + 1), 'base64url');
    return verify('sha256', Buffer.from(proof.slice(0, dot)), key, signature);
  }
}

/** Everything that a proof is held against, with one in flight at a time. */
export async function benchProof(): Promise<readonly Measurement[]> {
  const maker = new ProofMaker();
  const request = { method: 'GET', uris: [URI] };
  const timed = async (work: (proof: string) => unknown): Promise<number> => {
    const proofs = Array.from({ length: PROOFS }, () => maker.make('GET', URI));
    const start = process.hrtime.bigint();
    for (const proof of proofs) await work(proof);
    return Number(process.hrtime.bigint() - start) / 1000 / PROOFS;
  };
  const verifier = new DpopProofVerifier({ replays: new MemoryProofReplayStore() });
  const figures = await interleave(
    [
      { name: 'proof', run: () => timed((proof) => verifier.verify(proof, request)) },
      { name: 'crypto.verify', run: () => timed((proof) => maker.check(proof)) },
    ],
    ROUNDS,
    WARM_UPS,
  );
  return compare(DPOP_BENCH, figures, 'proof', 'us');
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

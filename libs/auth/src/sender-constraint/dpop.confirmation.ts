/** `cnf.jkt`: whoever presents the token proves its key by DPoP (RFC 9449 section 7). */
import { type HttpRequest } from '../bearer/bearer-token.js';
import { extractDpopProof } from './dpop-header.js';
import { RefusedProofError } from './dpop-proof.refusal.js';
import { DpopProofVerifier } from './dpop-proof.verifier.js';
import { DpopNonces } from './dpop.nonces.js';
import { type DpopOptions } from './dpop.options.js';
import { normalizeHttpUri } from './http-uri.js';
import { MemoryProofReplayStore } from './memory-proof-replay.store.js';
import { type ConfirmationMethod } from './sender.check.js';

/** What the confirmation rests on. */
export interface DpopConfirmationOptions {
  readonly verifier: DpopProofVerifier;
  /** The URIs of what a request called, in normal form, by this server's own name; never by `Host`. */
  readonly urisOf: (request: HttpRequest) => readonly string[];
}

/** The nonces that go along with answers, beside their requests. */
const nonces = new WeakMap<HttpRequest, string>();

/** The nonce that the answer to a request is to bring along; undefined where there is none. */
export function nonceFor(request: HttpRequest): string | undefined {
  return nonces.get(request);
}

export class DpopConfirmation implements ConfirmationMethod {
  readonly member = 'jkt';
  readonly scheme = 'DPoP';

  constructor(private readonly options: DpopConfirmationOptions) {}

  async confirm(request: HttpRequest, token: string, jkt: string): Promise<void> {
    const { verifier, urisOf } = this.options;
    const nonce = verifier.currentNonce();
    if (nonce !== undefined) nonces.set(request, nonce);
    const proof = extractDpopProof(request);
    if (proof === undefined) throw new RefusedProofError('proof_missing');
    await verifier.verify(proof, {
      method: request.method ?? '',
      uris: urisOf(request),
      bound: { accessToken: token, jkt },
    });
  }
}

/**
 * The confirmation of a resource server.
 * @throws TypeError for a `publicUrl` that is no http(s) URL, or has a query or a fragment
 */
export function createDpopConfirmation(
  { publicUrl, replays, nonces: nonceOptions }: DpopOptions,
  clock: () => number,
): DpopConfirmation {
  const base = normalizeHttpUri(publicUrl);
  if (base === undefined || /[?#]/.test(publicUrl)) {
    throw new TypeError(`dpop: publicUrl is not an http(s) URL without query: ${publicUrl}`);
  }
  const verifier = new DpopProofVerifier({
    replays: replays ?? new MemoryProofReplayStore(undefined, clock),
    nonces: nonceOptions && new DpopNonces(nonceOptions),
    clock,
  });
  return new DpopConfirmation({ verifier, urisOf: urisBelow(base.replace(/\/$/, '')) });
}

/** Put together as text: a target that begins with `//`, or with another scheme, names no host here. */
function urisBelow(base: string): (request: HttpRequest) => readonly string[] {
  return ({ originalUrl, url }) => {
    const target = originalUrl ?? url ?? '';
    const uri = target.startsWith('/') ? normalizeHttpUri(`${base}${target}`) : undefined;
    return uri === undefined ? [] : [uri];
  };
}

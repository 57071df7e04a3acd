/** Authorization codes: 256 random bits, each worth one grant, once (RFC 6749 section 4.1.2). */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Grant } from '../grant/grant.js';
import { type ClaimOutcome, SingleUseStore } from '../single-use/single-use.store.js';

/** How long a code can be redeemed. */
export const CODE_SECONDS = 60;

/** How long beyond that a second presentation still ends the grant: as long as anything short-lived of it. */
export const CODE_MEMORY_SECONDS = 600;

const CODE_BYTES = 32;

/** What a code stands for. */
export interface AuthorizedGrant {
  readonly grant: Grant;
  readonly nonce: string | null;
}

/** What a code is bound to; whoever presents it must show the same. */
export interface CodeBinding {
  readonly clientId: string;
  /** As in the authorization request, to the letter (RFC 6749 section 4.1.3). */
  readonly redirectUri: string;
  /** S256 challenge, or what the presented verifier hashes to (RFC 7636 section 4.6). */
  readonly codeChallenge: string;
  /** Thumbprint of the client's DPoP key, where it named or proved one (RFC 9449 section 10). */
  readonly dpopJkt: string | null;
}

/** What became of a presented code. */
export type Redemption =
  | ({ readonly outcome: 'redeemed' } & AuthorizedGrant)
  | ({ readonly outcome: 'replayed' } & AuthorizedGrant)
  | { readonly outcome: 'mismatched' | 'absent' };

interface StoredGrant {
  readonly grant: Omit<Grant, 'authenticatedAt' | 'expiresAt'> & {
    readonly authenticatedAt: string;
    readonly expiresAt: string;
  };
  readonly nonce: string | null;
  readonly binding: string;
}

/** The store never sees a code, only its hash. */
@Injectable()
export class AuthorizationCodeStore {
  constructor(private readonly singleUse: SingleUseStore) {}

  /** @throws TemporarilyUnavailableError where it cannot be kept */
  async issue(authorized: AuthorizedGrant, boundTo: CodeBinding): Promise<string> {
    const code = randomBytes(CODE_BYTES).toString('base64url');
    const binding = formatBinding(boundTo);
    const entry = { value: JSON.stringify({ ...authorized, binding }), binding };
    await this.singleUse.put(keyOf(code), entry, CODE_SECONDS, CODE_MEMORY_SECONDS);
    return code;
  }

  /**
   * What a code of this binding stands for, without using it up.
   * @returns null for every code that {@link redeem} would not redeem
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async peek(code: string, presented: CodeBinding): Promise<AuthorizedGrant | null> {
    const value = await this.singleUse.peek(keyOf(code));
    if (value === null) return null;
    const { binding, ...authorized } = parse(value);
    return bindingsOf(presented).includes(binding) ? authorized : null;
  }

  /**
   * Uses a code up, in one step with comparing its binding. Of any number of callers one is told
   * `redeemed`; `mismatched` touches nothing.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async redeem(code: string, presented: CodeBinding): Promise<Redemption> {
    const claim = await this.claim(code, presented);
    switch (claim.outcome) {
      case 'claimed':
        return { outcome: 'redeemed', ...parse(claim.value) };
      case 'replayed':
        return { outcome: 'replayed', ...parse(claim.value) };
      case 'mismatched':
      case 'absent':
        return claim;
    }
  }

  /** A code that is bound to no key is claimed by a second try: the first one touched nothing. */
  private async claim(code: string, presented: CodeBinding): Promise<ClaimOutcome> {
    let claim: ClaimOutcome = { outcome: 'mismatched' };
    for (const binding of bindingsOf(presented)) {
      claim = await this.singleUse.claim(keyOf(code), binding);
      if (claim.outcome !== 'mismatched') break;
    }
    return claim;
  }

  /**
   * Gives back a code that was redeemed in vain, because something else is down, so that the
   * client's next try is as good as its first.
   * @throws TemporarilyUnavailableError where the store cannot be reached; the code is used up then
   */
  async release(code: string): Promise<void> {
    await this.singleUse.release(keyOf(code));
  }
}

function keyOf(code: string): string {
  return `code:${createHash('sha256').update(code).digest('base64url')}`;
}

// A list in JSON: no two bindings are written alike.
function formatBinding({ clientId, redirectUri, codeChallenge, dpopJkt }: CodeBinding): string {
  const binding = [clientId, redirectUri, codeChallenge];
  return JSON.stringify(dpopJkt === null ? binding : [...binding, dpopJkt]);
}

/** What the codes are bound to that may be redeemed so: whoever proves a key may have a code of none. */
function bindingsOf(presented: CodeBinding): readonly string[] {
  const { dpopJkt } = presented;
  const ofNoKey = formatBinding({ ...presented, dpopJkt: null });
  return dpopJkt === null ? [ofNoKey] : [formatBinding(presented), ofNoKey];
}

function parse(value: string): AuthorizedGrant & { readonly binding: string } {
  const { grant, nonce, binding } = JSON.parse(value) as StoredGrant;
  const authenticatedAt = new Date(grant.authenticatedAt);
  return {
    grant: { ...grant, authenticatedAt, expiresAt: new Date(grant.expiresAt) },
    nonce,
    binding,
  };
}

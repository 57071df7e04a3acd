/** Requests to providers under way: each for one browser and one provider, each answered once. */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { INTERACTION_SECONDS } from '../interaction/interaction.store.js';
import { SingleUseStore } from '../single-use/single-use.store.js';

/** What is kept of a request; nothing of it can be presented. */
export interface UpstreamRequest {
  readonly interactionId: string;
  /** The earliest time at which the person may have proven to the provider who they are. */
  readonly authenticatedSinceMs: number | null;
}

/** What ties an answer to its request; of the browser that made it, and kept nowhere. */
export interface UpstreamSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** What a claim found. */
export type StateOutcome =
  | { readonly outcome: 'claimed'; readonly request: UpstreamRequest }
  /** Answered before; of another browser or provider; never there or expired. */
  | { readonly outcome: 'replayed' | 'mismatched' | 'absent' };

const STATE_BYTES = 32;
const STATE = /^[\w-]{43}$/;

@Injectable()
export class UpstreamStates {
  constructor(
    private readonly singleUse: SingleUseStore,
    private readonly browsers: BrowserCookie,
  ) {}

  /** @throws TemporarilyUnavailableError where it cannot be kept */
  async begin(
    request: FastifyRequest,
    upstreamId: string,
    toKeep: UpstreamRequest,
  ): Promise<UpstreamSecrets> {
    const state = randomBytes(STATE_BYTES).toString('base64url');
    const secrets = this.secretsOf(request, upstreamId, state);
    const binding = this.bindingOf(request, upstreamId);
    if (secrets === null || binding === null) throw new TypeError('a browser without cookie');
    const entry = { value: JSON.stringify(toKeep), binding };
    await this.singleUse.put(keyOf(state), entry, INTERACTION_SECONDS, INTERACTION_SECONDS);
    return secrets;
  }

  /**
   * Of any number of answers one is told its request. What another browser presents, or what comes to
   * the callback of another provider, uses nothing up.
   *
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async claim(request: FastifyRequest, upstreamId: string, state: string): Promise<StateOutcome> {
    const binding = this.bindingOf(request, upstreamId);
    if (!STATE.test(state) || binding === null) return { outcome: 'absent' };
    const claim = await this.singleUse.claim(keyOf(state), binding);
    return claim.outcome === 'claimed'
      ? { outcome: 'claimed', request: JSON.parse(claim.value) as UpstreamRequest }
      : { outcome: claim.outcome };
  }

  /**
   * Nonce and code verifier are made of the browser's cookie: a copy of Redis, a log of URLs and another
   * browser have neither.
   */
  secretsOf(request: FastifyRequest, upstreamId: string, state: string): UpstreamSecrets | null {
    const about = `${upstreamId} ${state}`;
    const nonce = this.browsers.secretFor(request, `upstream nonce ${about}`);
    const codeVerifier = this.browsers.secretFor(request, `upstream code_verifier ${about}`);
    return nonce === null || codeVerifier === null ? null : { state, nonce, codeVerifier };
  }

  /** Gives a claim back to its claimer, who has done nothing with it. */
  release(state: string): Promise<void> {
    return this.singleUse.release(keyOf(state));
  }

  private bindingOf(request: FastifyRequest, upstreamId: string): string | null {
    const browser = this.browsers.find(request);
    return browser === null ? null : `${browser} ${upstreamId}`;
  }
}

function keyOf(state: string): string {
  return `upstream-state:${createHash('sha256').update(state).digest('base64url')}`;
}

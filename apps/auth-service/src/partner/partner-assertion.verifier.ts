/** Decides whether an assertion is a partner's, and takes each once (RFC 7523 section 3). */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  AccessTokenVerifier as JwtVerifier,
  createTrusts,
  KeysUnavailableError,
  LoggingAuthObserver,
  type Principal,
  RefusedTokenError,
  type TrustOptions,
} from '@keyward/auth';
import { InvalidGrantError, TemporarilyUnavailableError } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { MAX_ASSERTION_LENGTH } from '../client-authentication/client-assertion.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { OutboundClient } from '../outbound/outbound.client.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { type Partner } from './partner.js';

/** How far a partner's clock may be off. An assertion that has expired is refused all the same. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** `typ` is optional; where it is there, it names no other kind of JWT (RFC 8725 section 3.11). */
const TYPES = [null, 'JWT'];

// Printable ASCII, so that no log and no comparison is led astray, and short enough for a `sub` here.
const IDENTIFIER = /^[\x21-\x7e]{1,150}$/;

/** An assertion that holds now, of whom and until when. */
export interface PartnerAssertion {
  readonly subject: string;
  readonly assertionId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** One description for every reason: a client must not find out who is trusted, and how. */
export function refusedAssertion(reason: string): InvalidGrantError {
  return new InvalidGrantError('the assertion is not acceptable', `assertion: ${reason}`);
}

/** The verifier of one partner, for as long as it is declared as it is. */
interface PartnerVerifier {
  readonly declared: string;
  readonly verifier: JwtVerifier;
}

/** A partner is a trust of its own, as a client of `private_key_jwt` is. */
@Injectable()
export class PartnerAssertionVerifier {
  private readonly verifiers = new Map<string, PartnerVerifier>();
  private readonly observer = new LoggingAuthObserver();
  private readonly audiences: readonly string[];

  constructor(
    @Inject(serverConfig.KEY) { issuer }: ServerConfig,
    private readonly used: SingleUseStore,
    private readonly outbound: OutboundClient,
  ) {
    this.audiences = [issuer, `${issuer}${ENDPOINT_PATHS.token}`];
  }

  /**
   * What an assertion says that is this partner's, for this server alone, and holds now. It is not used
   * up by that.
   *
   * @throws InvalidGrantError for every other one
   * @throws TemporarilyUnavailableError where the partner's keys cannot be fetched
   */
  async verify(partner: Partner, assertion: string): Promise<PartnerAssertion> {
    let principal: Principal;
    try {
      principal = await this.verifierOf(partner).verifyOffThread(assertion);
    } catch (error) {
      if (error instanceof RefusedTokenError) throw refusedAssertion(error.message);
      if (error instanceof KeysUnavailableError) {
        throw new TemporarilyUnavailableError(
          'the keys of the issuer cannot be fetched',
          error.message,
          error.retryAfterSeconds,
          { cause: error },
        );
      }
      throw error;
    }
    const { subject, tokenId, expiresAt } = principal;
    // Its token would end before it begins.
    if (expiresAt <= Date.now() / 1000) throw refusedAssertion('it has expired');
    if (tokenId === undefined) throw refusedAssertion('it has no jti');
    return { subject, assertionId: tokenId, expiresAt };
  }

  /**
   * Uses an assertion up: of any number of calls, at any replica, one is told true.
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  use({ issuer }: Partner, { assertionId, expiresAt }: PartnerAssertion): Promise<boolean> {
    const name = createHash('sha256').update(JSON.stringify([issuer, assertionId]));
    const remaining = Math.max(0, expiresAt - Date.now() / 1000);
    return this.used.put(
      `partner-assertion:${name.digest('base64url')}`,
      { value: '', binding: '' },
      // Longer than the assertion, whichever replica's clock tells its end.
      Math.ceil(remaining) + CLOCK_TOLERANCE_SECONDS,
    );
  }

  /** Kept by issuer, of which there are as many as are declared; anew where one changed. */
  private verifierOf(partner: Partner): JwtVerifier {
    const { issuer, jwks, jwksUri, algorithms, maxAssertionSeconds } = partner;
    const declared = JSON.stringify([jwks, jwksUri, algorithms, maxAssertionSeconds]);
    const known = this.verifiers.get(issuer);
    if (known?.declared === declared) return known.verifier;
    const trusts = createTrusts([this.trustOf(partner)], this.observer, Date.now);
    const verifier = new JwtVerifier(trusts, {
      maxTokenBytes: MAX_ASSERTION_LENGTH,
      // Each is used once.
      maxCachedTokens: 0,
    });
    this.verifiers.set(issuer, { declared, verifier });
    return verifier;
  }

  private trustOf({
    issuer,
    jwks,
    jwksUri,
    algorithms,
    maxAssertionSeconds,
  }: Partner): TrustOptions {
    const rules = {
      issuer,
      audience: this.audiences,
      algorithms,
      typ: TYPES,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
      maxLifetimeSeconds: maxAssertionSeconds,
      requiredClaims: ['sub', 'jti'],
      validate: ({ sub, jti, aud }: Readonly<Record<string, unknown>>) => {
        // Any of several could present it here, without its client.
        if (typeof aud !== 'string') return 'aud is not one text';
        const isPlain = [sub, jti].every((id) => typeof id === 'string' && IDENTIFIER.test(id));
        return isPlain ? undefined : 'sub or jti is too long, or not printable ASCII';
      },
    };
    if (jwks !== null) return { ...rules, jwks };
    if (jwksUri !== null) {
      return { ...rules, jwksUri, jwksOptions: { fetch: this.outbound.fetch } };
    }
    throw new TypeError(`partner ${issuer} has neither jwks nor jwks_uri`);
  }
}

/**
 * Whom an assertion claims to be from, so that the keys can be found that decide it.
 * @returns null for whatever is not a JWT with an `iss`
 */
export function readClaimedIssuer(assertion: string): string | null {
  if (assertion.length > MAX_ASSERTION_LENGTH) return null;
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === 'string' ? iss : null;
  } catch {
    return null;
  }
}

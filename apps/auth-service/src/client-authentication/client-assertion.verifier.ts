/** Decides whether an assertion is a client's, by the keys that the client registered. */
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
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { compactVerify, generateKeyPair, type GenerateKeyPairResult } from 'jose';
import { ASSERTION_ALGORITHMS } from '../client/assertion.algorithms.js';
import { type Client } from '../client/client.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { OutboundClient } from '../outbound/outbound.client.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { MAX_ASSERTION_LENGTH } from './client-assertion.js';

/** How far ahead an assertion may expire: as long as its jti must be remembered. */
const MAX_ASSERTION_SECONDS = 600;

/** How far a client's clock may be off. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** `typ` is optional; where it is there, it names no other kind of JWT (RFC 8725 section 3.11). */
const TYPES = [null, 'JWT', 'client-authentication+jwt'];

/** The verifier of one client, for as long as its keys are registered as they are. */
interface ClientVerifier {
  readonly registeredKeys: string;
  readonly verifier: JwtVerifier;
}

/**
 * A client is a trust of its own: its assertions are held against its keys and its rules by the same
 * core that checks access tokens at a resource server. Keys of a `jwks_uri` are fetched by that
 * core's JWKS provider: https unless loopback, no redirect, bounded in size, time and number.
 */
@Injectable()
export class ClientAssertionVerifier {
  private readonly verifiers = new Map<string, ClientVerifier>();
  private nobody: Promise<GenerateKeyPairResult> | undefined;
  private readonly observer = new LoggingAuthObserver();
  /** RFC 7523 section 3 lets the token endpoint's URL stand for the server, RFC 9126 section 2 PAR's. */
  private readonly audiences: readonly string[];

  constructor(
    @Inject(serverConfig.KEY) { issuer }: ServerConfig,
    private readonly used: SingleUseStore,
    private readonly outbound: OutboundClient,
  ) {
    this.audiences = [
      issuer,
      `${issuer}${ENDPOINT_PATHS.token}`,
      `${issuer}${ENDPOINT_PATHS.pushedAuthorization}`,
    ];
  }

  /**
   * What is wrong with an assertion, in the operator's words, or null: then it is this client's, it
   * holds now, and it was not used before.
   *
   * @param client null, or a client without keys, where nobody can have signed it
   * @throws TemporarilyUnavailableError where the client's keys cannot be fetched, or where it cannot
   *   be known whether the assertion was used
   * @see RFC 7523 section 3, OpenID Connect Core 1.0 section 9
   */
  async findProblem(client: Client | null, assertion: string): Promise<string | null> {
    if (client?.authenticationMethod !== 'private_key_jwt')
      return this.refuseAfterEqualWork(assertion);
    let principal: Principal;
    try {
      principal = await this.verifierOf(client).verifyOffThread(assertion);
    } catch (error) {
      if (error instanceof RefusedTokenError) return error.message;
      if (error instanceof KeysUnavailableError) {
        throw new TemporarilyUnavailableError(
          'the keys of the client cannot be fetched',
          error.message,
          error.retryAfterSeconds,
          { cause: error },
        );
      }
      throw error;
    }
    return (await this.use(client, principal)) ? null : 'the assertion was used before';
  }

  // A forged assertion costs one signature check where the client has keys: so it does where not.
  private async refuseAfterEqualWork(assertion: string): Promise<string> {
    this.nobody ??= generateKeyPair('ES256');
    const { publicKey } = await this.nobody;
    await compactVerify(assertion, publicKey).catch(() => undefined);
    return 'nobody can have signed it';
  }

  private async use(client: Client, { tokenId, expiresAt }: Principal): Promise<boolean> {
    const remaining = expiresAt - Date.now() / 1000 + CLOCK_TOLERANCE_SECONDS;
    const name = createHash('sha256').update(JSON.stringify([client.clientId, tokenId]));
    return this.used.put(
      `assertion:${name.digest('base64url')}`,
      { value: '', binding: '' },
      // Longer than the assertion: its last millisecond counts too.
      Math.ceil(remaining) + 1,
    );
  }

  /** Kept by client, of which there are as many as are registered; anew where its keys changed. */
  private verifierOf(client: Client): JwtVerifier {
    const registeredKeys = JSON.stringify([client.jwks, client.jwksUri]);
    const known = this.verifiers.get(client.clientId);
    if (known?.registeredKeys === registeredKeys) return known.verifier;
    const trusts = createTrusts([this.trustOf(client)], this.observer, Date.now);
    const verifier = new JwtVerifier(trusts, {
      maxTokenBytes: MAX_ASSERTION_LENGTH,
      // Each is used once.
      maxCachedTokens: 0,
    });
    this.verifiers.set(client.clientId, { registeredKeys, verifier });
    return verifier;
  }

  private trustOf({ clientId, jwks, jwksUri }: Client): TrustOptions {
    const rules = {
      issuer: clientId,
      audience: this.audiences,
      algorithms: ASSERTION_ALGORITHMS,
      typ: TYPES,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
      maxLifetimeSeconds: MAX_ASSERTION_SECONDS,
      requiredClaims: ['sub', 'jti'],
      validate: ({ sub, aud }: Readonly<Record<string, unknown>>) => {
        if (sub !== clientId) return 'sub is not the client';
        // For another server too, it could be replayed by that one here.
        const others = [aud].flat().some((one) => !this.audiences.includes(one as string));
        return others ? 'aud names another server too' : undefined;
      },
    };
    if (jwks !== null) return { ...rules, jwks };
    if (jwksUri !== null) {
      return { ...rules, jwksUri, jwksOptions: { fetch: this.outbound.fetch } };
    }
    throw new TypeError(`client ${clientId} has neither jwks nor jwks_uri`);
  }
}

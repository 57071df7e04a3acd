/** One trusted issuer: its rules ready to apply, and its keys. */
import { ACCESS_TOKEN_TYP } from '@keyward/oauth';
import { RefusedTokenError, shown } from '../access-token/refusal.js';
import { type IntrospectionClient } from '../introspection/introspection.client.js';
import { type DecryptionOptions } from '../jwe/decryption.options.js';
import { TrustDecryption } from '../jwe/token.decryption.js';
import { type KeySource } from '../jwks/key-source.js';
import { type JsonObject } from '../jws/strict-json.js';
import { type TrustRevocation } from '../revocation/trust-revocation.js';
import { type ClaimPath } from './claim-mapping.js';
import { type TrustRules } from './trust.options.js';

const DEFAULT_TYP = [ACCESS_TOKEN_TYP, `application/${ACCESS_TOKEN_TYP}`];
const DEFAULT_REQUIRED = ['sub', 'iat', 'jti', 'client_id'];
const DEFAULT_REQUIRED_OF_ANSWER = ['sub', 'client_id'];
const MAXIMUM_TOLERANCE_SECONDS = 300;
const MAXIMUM_KID_LENGTH = 256;

/** What the header of a token says, once it is found acceptable. */
export interface AcceptedHeader {
  readonly alg: string;
  readonly kid: string | undefined;
}

/** An issuer and everything that its tokens are held against. Made once, at start. */
export class Trust {
  readonly issuer: string;
  readonly audiences: ReadonlySet<string>;
  readonly audienceClaim: string;
  readonly toleranceSeconds: number;
  readonly maxLifetimeSeconds: number;
  readonly requiredClaims: readonly string[];
  readonly scopePaths: readonly ClaimPath[];
  readonly rolePaths: readonly ClaimPath[];
  readonly clientIdPaths: readonly ClaimPath[];
  /** Whether a JWT of this issuer is an access token. */
  readonly acceptsJwt: boolean;
  /** Whether what is no JWT may be one. */
  readonly acceptsOpaque: boolean;
  /** What its opaque tokens begin with. */
  readonly tokenPrefix: string;
  /** Claims that an answer about an opaque token must have. */
  readonly requiredAnswerClaims: readonly string[];
  /** Undefined where the issuer's tokens are not encrypted. */
  readonly decryption: TrustDecryption | undefined;
  readonly validate: ((claims: JsonObject) => string | undefined) | undefined;
  readonly #algorithms: ReadonlySet<string>;
  readonly #typ: ReadonlySet<string | null>;

  /** @throws TypeError for rules that could not protect anything: no audience, no algorithm */
  constructor(
    rules: TrustRules,
    algorithms: readonly string[],
    readonly keys: KeySource,
    /** Undefined where the trust follows no feed. */
    readonly revocation?: TrustRevocation,
    /** Undefined where the issuer cannot be asked about a token. */
    readonly introspection?: IntrospectionClient,
  ) {
    this.issuer = nonEmpty(rules.issuer, 'issuer');
    this.audiences = new Set([rules.audience].flat());
    if (this.audiences.size === 0) throw new TypeError(`trust ${this.issuer}: no audience`);
    for (const audience of this.audiences) nonEmpty(audience, 'audience');
    if (algorithms.length === 0) throw new TypeError(`trust ${this.issuer}: no algorithm`);
    this.#algorithms = new Set(algorithms);
    this.#typ = new Set((rules.typ ?? DEFAULT_TYP).map((typ) => typ?.toLowerCase() ?? null));
    this.audienceClaim = rules.audienceClaim ?? 'aud';
    this.toleranceSeconds = seconds(rules.clockToleranceSeconds ?? 5, 'clockToleranceSeconds');
    if (this.toleranceSeconds > MAXIMUM_TOLERANCE_SECONDS) {
      throw new TypeError(`trust ${this.issuer}: clockToleranceSeconds is above 300`);
    }
    this.maxLifetimeSeconds = seconds(rules.maxLifetimeSeconds ?? 3600, 'maxLifetimeSeconds');
    this.requiredClaims = rules.requiredClaims ?? DEFAULT_REQUIRED;
    this.scopePaths = rules.claims?.scopes ?? ['scope'];
    this.rolePaths = rules.claims?.roles ?? [];
    this.clientIdPaths = rules.claims?.clientId ?? ['client_id'];
    this.validate = rules.validate;
    this.decryption = rules.decryption && decryptionOf(this.issuer, rules.decryption);
    const { tokens = 'jwt' } = rules;
    if (!['jwt', 'opaque', 'both'].includes(tokens)) {
      throw new TypeError(`trust ${this.issuer}: tokens is jwt, opaque or both`);
    }
    this.acceptsJwt = tokens !== 'opaque';
    this.acceptsOpaque = tokens !== 'jwt';
    if (this.acceptsOpaque && introspection === undefined) {
      throw new TypeError(`trust ${this.issuer}: opaque tokens need \`introspection\``);
    }
    this.tokenPrefix = rules.introspection?.tokenPrefix ?? '';
    this.requiredAnswerClaims = rules.introspection?.requiredClaims ?? DEFAULT_REQUIRED_OF_ANSWER;
  }

  /**
   * Holds a token's header against the trust. `alg` is compared with the list, never followed; a
   * key that the header itself brings or points to (`jwk`, `jku`, `x5c`, `x5u`) is never looked at.
   *
   * @throws RefusedTokenError naming the rule
   * @see RFC 8725 sections 3.1, 3.10 and 3.11
   */
  acceptHeader(header: JsonObject): AcceptedHeader {
    const { alg, typ, kid } = header;
    if (typeof alg !== 'string') throw this.#refuse('algorithm_type', shown(alg));
    if (!this.#algorithms.has(alg)) throw this.#refuse('algorithm_not_allowed', shown(alg));
    const known =
      typeof typ === 'string' ? typ.toLowerCase() : typ === undefined ? null : undefined;
    if (known === undefined || !this.#typ.has(known)) {
      throw this.#refuse('typ_not_allowed', typ === undefined ? 'absent' : shown(typ));
    }
    if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAXIMUM_KID_LENGTH)) {
      throw this.#refuse('key_id_type', shown(kid));
    }
    return { alg, kid };
  }

  #refuse(
    reason: 'algorithm_type' | 'algorithm_not_allowed' | 'typ_not_allowed' | 'key_id_type',
    detail: string,
  ): RefusedTokenError {
    return new RefusedTokenError('canonical', reason, detail, this.issuer);
  }
}

function decryptionOf(issuer: string, options: DecryptionOptions): TrustDecryption {
  try {
    return new TrustDecryption(options);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new TypeError(`trust ${issuer}: ${cause.message}`, { cause });
  }
}

function nonEmpty(value: string, name: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`a trust needs an ${name}`);
  return value;
}

function seconds(value: number, name: string): number {
  if (!Number.isFinite(value) || value < 0)
    throw new TypeError(`${name} is not a number of seconds`);
  return value;
}

/** An authorization server as far as resource servers see it, inside the process of a test. */
import { type TrustOptions, type TrustRules } from '../trust/trust.options.js';
import { FollowedFeeds } from './followed-feeds.js';
import { forgeHostileTokens, type HostileTokens } from './hostile-tokens.js';
import { IssuedRevocations, type IssuedRevocation } from './issued-revocations.js';
import { serveIssuer } from './issuer-endpoints.js';
import { IssuerServer } from './issuer-server.js';
import { generateSigningKey, type SigningKey } from './signing-key.js';
import { TestClock } from './test-clock.js';
import { signToken, signWith, type TokenClaims, type TokenParts } from './token-forge.js';

/** What a test decides of its issuer. */
export interface TestIssuerOptions {
  /** Whom its tokens are for. Default `https://resource.test`. */
  readonly audience?: string;
  /** What it signs by. Default `ES256`. */
  readonly algorithm?: SigningKey['alg'];
}

const LIFETIME_SECONDS = 300;
const REVOKED_FOR_SECONDS = 86_400;

/**
 * An issuer with metadata (RFC 8414), a JWK Set, a token endpoint for client credentials and a
 * revocation feed, on a loopback port of its own: resource servers reach it as they reach a real one.
 * It gives a token to whoever asks, so it belongs into tests alone.
 */
export class TestIssuer {
  /** The time by which tokens are made. Hand `clock.now` to AuthModule to share it. */
  readonly clock = new TestClock();
  /** Every token of the attack table by its name; each call makes a new one. */
  readonly hostile: HostileTokens;
  readonly #revocations = new IssuedRevocations();
  readonly #feeds = new FollowedFeeds();
  #keys: readonly SigningKey[];
  #unreachable = false;
  #serial = 0;

  private constructor(
    private readonly server: IssuerServer,
    /** Whom its tokens are for. */
    readonly audience: string,
    private readonly algorithm: SigningKey['alg'],
  ) {
    this.#keys = [generateSigningKey(algorithm, 'key-1')];
    const attacker = generateSigningKey(algorithm, 'attacker');
    this.hostile = forgeHostileTokens(this, attacker);
    const state = {
      publishedKeys: () => this.#keys,
      isUnreachable: () => this.#unreachable,
      revocations: this.#revocations,
      token: () => this.token(),
    };
    serveIssuer(server, state, attacker, LIFETIME_SECONDS);
  }

  /** Listens on a free loopback port. */
  static async start(options: TestIssuerOptions = {}): Promise<TestIssuer> {
    const { audience = 'https://resource.test', algorithm = 'ES256' } = options;
    return new TestIssuer(await IssuerServer.start(), audience, algorithm);
  }

  /** The issuer identifier, which is also where it is: `http://127.0.0.1:<port>`. */
  get url(): string {
    return this.server.url;
  }

  /** The key that signs now. */
  get key(): SigningKey {
    return this.#keys[0] as SigningKey;
  }

  /**
   * What AuthModule has to know to accept these tokens: `AuthModule.forRoot({ trusts: [issuer.trust()] })`.
   * Revocations are followed. Call it once for each application.
   */
  trust(rules: Partial<TrustRules> = {}): TrustOptions {
    const { url: issuer, audience } = this;
    const revocation = { feed: this.#feeds.create(issuer, this.clock.now) };
    return { issuer, audience, algorithms: [this.algorithm], revocation, ...rules };
  }

  /** A good access token (RFC 9068) for `alice`, five minutes long, unless the claims say otherwise. */
  token(claims: TokenClaims = {}): string {
    return this.forge({ payload: this.claims(claims) });
  }

  /** The header of a good token; a member that is undefined is left out. */
  header(members: object = {}): object {
    return { alg: this.key.alg, typ: 'at+jwt', kid: this.key.kid, ...members };
  }

  /** The claims of a good token; one that is undefined is left out. */
  claims(claims: TokenClaims = {}): TokenClaims {
    const { url: iss, audience: aud } = this;
    const iat = this.clock.seconds();
    const jti = `token-${(this.#serial += 1)}`;
    const exp = iat + LIFETIME_SECONDS;
    return { iss, sub: 'alice', aud, iat, exp, jti, client_id: 'test-client', ...claims };
  }

  /** A token of parts of your own; what is not given is that of a good one. */
  forge(parts: TokenParts = {}): string {
    const { header = this.header(), payload = this.claims(), signer = signWith(this.key) } = parts;
    return signToken(header, payload, signer);
  }

  /**
   * Signs by a new key from now on.
   *
   * @param keepPrevious whether the keys before are still published. Default true; false as after a theft.
   */
  rotate({ keepPrevious = true }: { keepPrevious?: boolean } = {}): void {
    const next = generateSigningKey(this.algorithm, `key-${(this.#serial += 1)}`);
    this.#keys = keepPrevious ? [next, ...this.#keys] : [next];
  }

  /** Out of reach from now on, or in reach again: every request ends in a broken connection. */
  outage(on = true): void {
    this.#unreachable = on;
    if (on) this.#revocations.cut();
  }

  /**
   * Revokes a token of this issuer, or whatever else a feed names.
   *
   * @returns once every connected feed of {@link trust} has heard of it; an application that follows
   *   the issuer by its own configuration hears of it within moments
   */
  async revoke(what: string | Omit<IssuedRevocation, 'exp'>): Promise<void> {
    const revocation =
      typeof what === 'string' ? ({ kind: 'jti', value: jtiOf(what) } as const) : what;
    this.#revocations.revoke({ ...revocation, exp: this.clock.seconds() + REVOKED_FOR_SECONDS });
    await this.#feeds.heard(this.#revocations.position);
  }

  /** How often `path` of this issuer was asked for. */
  requests(path: string): number {
    return this.server.count(path);
  }

  async stop(): Promise<void> {
    this.#revocations.stop();
    await this.server.close();
  }
}

function jtiOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(payload) as { readonly jti: string }).jti;
}

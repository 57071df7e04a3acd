/** Makes the trusts of an application from its options, each with keys of its own. */
import { isAsymmetricAlgorithm, isHmacAlgorithm } from '@keyward/oauth';
import { IntrospectionClient } from '../introspection/introspection.client.js';
import { importSecret } from '../jws/jwk-import.js';
import { type JsonObject } from '../jws/strict-json.js';
import { FixedKeySource } from '../jwks/fixed-key-source.js';
import { importJwkSet } from '../jwks/jwk-set.js';
import { JwksLocator } from '../jwks/jwks-locator.js';
import { resolveJwksOptions } from '../jwks/jwks.options.js';
import { JwksProvider, type JwksObserver } from '../jwks/jwks.provider.js';
import { type KeySource } from '../jwks/key-source.js';
import { TrustRevocation } from '../revocation/trust-revocation.js';
import { Trust } from './trust.js';
import { type TrustOptions } from './trust.options.js';

/** The trusts by issuer. */
export type Trusts = ReadonlyMap<string, Trust>;

/**
 * Compiles every trust.
 * @throws TypeError for an option that is wrong, saying which and what to do; nothing is guessed
 */
export function createTrusts(
  options: readonly TrustOptions[],
  observer: JwksObserver,
  clock: () => number,
): Trusts {
  if (options.length === 0) {
    throw new TypeError('AuthModule needs at least one trust: { issuer, audience }');
  }
  const trusts = new Map<string, Trust>();
  for (const trust of options) {
    if (trusts.has(trust.issuer)) throw new TypeError(`two trusts for issuer ${trust.issuer}`);
    trusts.set(trust.issuer, createTrust(trust, observer, clock));
  }
  return trusts;
}

function createTrust(options: TrustOptions, observer: JwksObserver, clock: () => number): Trust {
  const keys = keySource(options, observer, clock);
  const { issuer, algorithms = ['ES256'] } = options;
  const introspection = introspectionOf(options, algorithms, keys, clock);
  const revocation =
    options.revocation &&
    new TrustRevocation(
      issuer,
      {
        ...options.revocation,
        introspection: options.revocation.introspection ?? introspection,
      },
      keys,
    );
  return new Trust(options, algorithms, keys, revocation, introspection);
}

function introspectionOf(
  { issuer, introspection, clockToleranceSeconds: toleranceSeconds = 5 }: TrustOptions,
  algorithms: readonly string[],
  keys: KeySource,
  clock: () => number,
): IntrospectionClient | undefined {
  if (introspection === undefined) return undefined;
  try {
    const trust = { issuer, algorithms, keys, toleranceSeconds };
    return new IntrospectionClient(trust, introspection, clock);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`trust ${issuer}: ${error.message}`, { cause: error });
  }
}

function keySource(trust: TrustOptions, observer: JwksObserver, clock: () => number): KeySource {
  const sources = [trust.secret, trust.jwks, trust.jwksUri, trust.keySource].filter(
    (source) => source !== undefined,
  );
  if (sources.length > 1) {
    throw new TypeError(`trust ${trust.issuer}: give one of jwksUri, jwks, keySource and secret`);
  }
  // Types forbid the mixture already; a configuration that was never type-checked must not get by.
  const algorithms: readonly string[] = trust.algorithms ?? ['ES256'];
  if (trust.secret !== undefined) {
    const hmac = algorithms.filter(isHmacAlgorithm);
    if (hmac.length !== algorithms.length) {
      throw new TypeError(`trust ${trust.issuer}: a secret goes with HS256, HS384 or HS512 alone`);
    }
    return new FixedKeySource([importSecret(trust.secret, hmac)]);
  }
  const asymmetric = algorithms.filter(isAsymmetricAlgorithm);
  if (asymmetric.length !== algorithms.length) {
    throw new TypeError(
      `trust ${trust.issuer}: ${algorithms.join(', ')} are not all asymmetric algorithms of Keyward`,
    );
  }
  if (trust.keySource !== undefined) return trust.keySource;
  // Where nothing that the issuer signs is read, its keys are not fetched.
  const isUnsigned = trust.tokens === 'opaque' && trust.introspection?.signedResponse !== true;
  if (isUnsigned && trust.jwks === undefined) return new FixedKeySource([]);
  if (trust.jwks !== undefined) {
    const { keys, ignored } = importJwkSet(trust.jwks as unknown as JsonObject, asymmetric);
    if (keys.length === 0 || ignored.length > 0) {
      const why = ignored.map(({ kid, reason }) => `${kid ?? 'a key without kid'}: ${reason}`);
      throw new TypeError(`trust ${trust.issuer}: ${why.join('; ') || 'no key fits'}`);
    }
    return new FixedKeySource(keys);
  }
  const insecureHttp = trust.insecureHttp ?? false;
  return new JwksProvider(
    trust.issuer,
    new JwksLocator(trust.issuer, trust.jwksUri, insecureHttp),
    asymmetric,
    resolveJwksOptions(trust.jwksOptions),
    observer,
    clock,
  );
}

/** What `NODE_ENV=production` refuses: defaults that are fine on a laptop and dangerous elsewhere. */
import { prefixLength } from './network.js';
import { parseRedisList, REDIS_LOCATIONS } from './redis.servers.js';

/** Shortest secret that production accepts, in characters. */
export const MIN_SECRET_LENGTH = 32;

/** Shortest password of a declared account that production accepts, in characters (NIST SP 800-63B). */
export const MIN_PASSWORD_LENGTH = 15;

const REQUIRED = 'is required in production: the embedded stores are for development';
const EXAMPLE = /^(change-?me|example)/i;

/** Whether a secret is one of the values that `.env.example` shows. */
export function isExampleSecret(secret: string): boolean {
  return EXAMPLE.test(secret);
}

/** Whether these variables ask for production's rules. */
export function isProduction(environment: NodeJS.ProcessEnv): boolean {
  return environment['NODE_ENV'] === 'production';
}

/**
 * What is wrong with a secret in production, or null.
 * @param name how the operator knows it; the value never gets into the sentence
 */
export function findSecretProblem(name: string, secret: string): string | null {
  if (isExampleSecret(secret)) return `${name} is an example value: generate a secret of your own`;
  if (secret.length < MIN_SECRET_LENGTH) {
    return `${name} is shorter than ${MIN_SECRET_LENGTH} characters`;
  }
  return null;
}

/** The same for the password of a declared account, which a person may have to type. */
export function findPasswordProblem(name: string, password: string): string | null {
  if (isExampleSecret(password)) return `${name} is an example value: choose one of your own`;
  if ([...password].length < MIN_PASSWORD_LENGTH) {
    return `${name} is shorter than ${MIN_PASSWORD_LENGTH} characters`;
  }
  return null;
}

// The widest private networks are 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193).
function isTooWide(network: string): boolean {
  const length = prefixLength(network);
  return length !== null && length < (network.includes(':') ? 7 : 8);
}

/** Every rule of production that these variables break; none outside production. */
export function findProductionProblems(environment: NodeJS.ProcessEnv): string[] {
  if (!isProduction(environment)) return [];
  const problems: string[] = [];
  if (environment['DATABASE_URL'] === undefined) problems.push(`DATABASE_URL ${REQUIRED}`);
  if (!REDIS_LOCATIONS.some((name) => environment[name] !== undefined)) {
    problems.push(`REDIS_URL ${REQUIRED} (REDIS_SENTINELS or REDIS_CLUSTER_NODES do as well)`);
  }
  for (const [name, passwords] of findPasswords(environment)) {
    if (!passwords.some(isExampleSecret)) continue;
    problems.push(`${name} contains an example password: generate one of your own`);
  }

  // Whoever is in such a network chooses the address under which he is braked and audited.
  const networks = environment['AUTH_TRUSTED_PROXIES']?.split(',') ?? [];
  if (networks.some((network) => isTooWide(network.trim()))) {
    problems.push('AUTH_TRUSTED_PROXIES names a network wider than any private one (10.0.0.0/8)');
  }

  const key = environment['AUTH_KEY_ENCRYPTION_KEY'];
  const keys = environment['AUTH_KEY_ENCRYPTION_KEYS'];
  if (key === undefined && keys === undefined) {
    problems.push('AUTH_KEY_ENCRYPTION_KEY is required in production');
  } else if (key !== undefined) {
    const problem = findSecretProblem('AUTH_KEY_ENCRYPTION_KEY', key);
    if (problem !== null) problems.push(problem);
  }

  if (environment['AUTH_REFRESH_TOKEN_KEYS'] === undefined) {
    problems.push('AUTH_REFRESH_TOKEN_KEYS is required in production');
  }
  for (const name of ['AUTH_KEY_ENCRYPTION_KEYS', 'AUTH_REFRESH_TOKEN_KEYS']) {
    const entries = environment[name]?.split(',') ?? [];
    if (!entries.some((entry) => isExampleSecret(entry.replace(/^.*:/, '').trim()))) continue;
    problems.push(`${name} contains an example value: generate keys of your own`);
  }

  const issuer = environment['AUTH_ISSUER'];
  if (issuer === undefined) {
    problems.push('AUTH_ISSUER is required in production');
  } else if (
    !issuer.startsWith('https://') &&
    environment['AUTH_INSECURE_HTTP_ISSUER'] !== 'true'
  ) {
    problems.push(
      'AUTH_ISSUER must be https in production (AUTH_INSECURE_HTTP_ISSUER=true allows http)',
    );
  }
  if (environment['AUTH_MTLS_ISSUER_URL']?.startsWith('http:') === true) {
    problems.push('AUTH_MTLS_ISSUER_URL must be https in production');
  }
  return problems;
}

/** The passwords of the stores and of the mail server, by the variable that holds them. */
function findPasswords(environment: NodeJS.ProcessEnv): [name: string, passwords: string[]][] {
  const ofUrl = (value: string) => (URL.canParse(value) ? [new URL(value).password] : []);
  const ofList = (value: string) => (parseRedisList(value) ?? []).map(({ password }) => password);
  const readers = {
    DATABASE_URL: ofUrl,
    REDIS_URL: ofUrl,
    AUTH_SMTP_URL: ofUrl,
    REDIS_SENTINELS: ofList,
    REDIS_PASSWORD: (value: string) => [value],
  };
  return Object.entries(readers).map(([name, read]) => [name, read(environment[name] ?? '')]);
}

/** The environment variables of auth-service: their form, their defaults, and one typed result. */
import { resolve } from 'node:path';
import { defaultsOf, readSecrets } from '@keyward/configuration';
import { observabilityVariables } from '@keyward/observability';
import { z } from 'zod';
import { ConfigurationError } from './configuration.error.js';
import { days, seconds } from './duration.variable.js';
import { LIMIT_VARIABLES } from './limit.variables.js';
import { LIFECYCLE_VARIABLES } from './lifecycle.variables.js';
import { findMailProblems, MAIL_VARIABLES } from './mail.variables.js';
import { prefixLength } from './network.js';
import { OUTBOUND_VARIABLES } from './outbound.variables.js';
import { findRegistrationProblems, REGISTRATION_VARIABLES } from './registration.variables.js';
import { parseRefreshTokenKeys } from '../refresh-token/refresh-token.keys.js';
import { findProductionProblems } from './production.rules.js';
import { findRedisProblems, parseRedisList } from './redis.servers.js';
import { findSigningKeyProblems, SIGNING_KEY_VARIABLES } from './signing-key.variables.js';
import { findTlsProblems, tlsVariables } from './tls.variables.js';
import { SECRET_VARIABLES } from './variable.descriptions.js';

/** Signing algorithms that the server, a resource or a client may have. */
export const SIGNING_ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'] as const;

/** One of {@link SIGNING_ALGORITHMS}. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** Whether `value` is one of {@link SIGNING_ALGORITHMS}. */
export function isSigningAlgorithm(value: string): value is SigningAlgorithm {
  return (SIGNING_ALGORITHMS as readonly string[]).includes(value);
}

/** The longest life of an access token that the configuration allows, in seconds. */
export const MAX_ACCESS_TOKEN_SECONDS = 3600;

/** Bytes of an AES-256 key. */
export const KEY_ENCRYPTION_KEY_BYTES = 32;

/** 30 days: who is away for longer signs in again. */
const MAX_SESSION_SECONDS = 2_592_000;

const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((value) => value === 'true');

const serverUrl = (protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });

const redisList = z
  .string()
  .refine(
    (value) => parseRedisList(value) !== null,
    'must be host:port or redis(s)://host:port, separated by commas, all with TLS or none',
  )
  .transform((value) => parseRedisList(value) ?? []);

// The endpoints stand at the origin's root, so an issuer with a path could not be discovered.
const issuer = z
  .string()
  .refine(
    isOrigin,
    'must be an http(s) origin such as https://login.example.com, without path or trailing slash',
  );

const origins = z
  .string()
  .transform((value) => value.split(',').map((origin) => origin.trim()))
  .refine((list) => list.every(isOrigin), 'must be http(s) origins, separated by commas');

const proxies = z
  .string()
  .transform((value) => value.split(',').map((network) => network.trim()))
  .refine(
    (list) => list.every((network) => prefixLength(network) !== null),
    'must be addresses or networks such as 10.0.0.0/8, separated by commas',
  );

const keyEncryptionKey = z
  .string()
  .refine(
    (value) =>
      /^[A-Za-z0-9_-]+$/.test(value) &&
      Buffer.from(value, 'base64url').length === KEY_ENCRYPTION_KEY_BYTES,
    `must be ${KEY_ENCRYPTION_KEY_BYTES} random bytes in base64url (43 characters)`,
  )
  .transform((value) => Buffer.from(value, 'base64url'));

const versionedKeys = z
  .string()
  .refine(
    (value) => parseRefreshTokenKeys(value) !== null,
    'must be keys such as 1:<32 random bytes in base64url>, separated by commas, each version once',
  )
  .transform((value) => parseRefreshTokenKeys(value) ?? new Map<number, Buffer>());

// Below 8 nothing is a password any more (NIST SP 800-63B-4 section 3.1.1.2); above 64 nobody types it.
const passwordLength = z
  .string()
  .regex(/^\d{1,2}$/, 'must be 8 to 64')
  .default('12')
  .transform(Number)
  .refine((length) => length >= 8 && length <= 64, 'must be 8 to 64');

const schema = z.object({
  NODE_ENV: z.string().default('development'),
  AUTH_HOST: z.string().default('127.0.0.1'),
  AUTH_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .default('4000')
    .transform(Number)
    .refine((port) => port <= 65535, 'must be a port number'),
  AUTH_ISSUER: issuer.optional(),
  AUTH_INSECURE_HTTP_ISSUER: flag,
  AUTH_CORS_ORIGINS: origins.optional(),
  AUTH_TRUSTED_PROXIES: proxies.default([]),
  ...OUTBOUND_VARIABLES,
  ...REGISTRATION_VARIABLES,
  ...tlsVariables(issuer),
  AUTH_VIEWS_DIR: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  ...MAIL_VARIABLES,
  AUTH_PASSWORD_MIN_LENGTH: passwordLength,
  ...LIFECYCLE_VARIABLES,
  ...LIMIT_VARIABLES,
  ...observabilityVariables('AUTH'),
  DATABASE_URL: serverUrl(['postgres:', 'postgresql:']).optional(),
  REDIS_URL: serverUrl(['redis:', 'rediss:']).optional(),
  REDIS_SENTINELS: redisList.optional(),
  REDIS_SENTINEL_NAME: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be up to 64 letters, digits or any of _ . -')
    .optional(),
  REDIS_CLUSTER_NODES: redisList.optional(),
  REDIS_USERNAME: z.string().optional(),
  REDIS_PASSWORD: z.string().optional(),
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[\w:.-]{1,64}$/, 'must be up to 64 letters, digits or any of _ : . -')
    .default('keyward:'),
  KEYWARD_DATA_DIR: z
    .string()
    .default('.keyward')
    .transform((path) => resolve(path)),
  AUTH_KEY_ENCRYPTION_KEY: keyEncryptionKey.optional(),
  AUTH_KEY_ENCRYPTION_KEYS: versionedKeys.optional(),
  AUTH_REFRESH_TOKEN_KEYS: versionedKeys.optional(),
  AUTH_SIGNING_ALGORITHM: z
    .enum(SIGNING_ALGORITHMS, `must be one of ${SIGNING_ALGORITHMS.join(', ')}`)
    .default('ES256'),
  ...SIGNING_KEY_VARIABLES,
  AUTH_DPOP_NONCE: z.enum(['required', 'off'], 'must be required or off').default('required'),
  AUTH_ACCESS_TOKEN_SECONDS: seconds(300, MAX_ACCESS_TOKEN_SECONDS),
  AUTH_AUDIT_RETENTION_DAYS: days(365, 3650),
  AUTH_SESSION_IDLE_SECONDS: seconds(7200, MAX_SESSION_SECONDS),
  AUTH_SESSION_ABSOLUTE_SECONDS: seconds(43_200, MAX_SESSION_SECONDS),
  AUTH_REMEMBER_DEVICE_DAYS: z.coerce
    .number({ error: 'must be a number of days' })
    .int({ error: 'must be a whole number of days' })
    .min(0, { error: 'must be 0 or more days' })
    .max(90, { error: 'must be 90 days or fewer' })
    .default(0),
});

/** The environment after validation. */
export type Environment = z.infer<typeof schema>;

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, origin } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && origin === value;
}

/** The defaults as an operator would write them, by the variable's name. */
export function environmentDefaults(): Readonly<Record<string, string>> {
  return defaultsOf(schema.shape);
}

/**
 * The validated environment. An empty variable counts as absent, as compose files pass them on.
 *
 * @throws ConfigurationError listing every problem
 */
export function parseEnvironment(source: NodeJS.ProcessEnv): Environment {
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const { environment: present, problems } = readSecrets(set, SECRET_VARIABLES);
  const result = schema.safeParse(present);
  // zod's own messages may quote the input: only ours, and never a value, go to the operator.
  problems.push(...(result.error?.issues ?? []).map((i) => `${i.path.join('.')} ${i.message}`));
  if (present['AUTH_KEY_ENCRYPTION_KEY'] && present['AUTH_KEY_ENCRYPTION_KEYS']) {
    problems.push(
      'AUTH_KEY_ENCRYPTION_KEYS takes the place of AUTH_KEY_ENCRYPTION_KEY, which is its version 1',
    );
  }
  problems.push(...findRedisProblems(present), ...findProductionProblems(present));
  problems.push(...findTlsProblems(present), ...findMailProblems(present));
  if (result.success) {
    problems.push(...findSigningKeyProblems(result.data), ...findRegistrationProblems(result.data));
  }
  if (problems.length > 0 || !result.success) throw new ConfigurationError(problems);
  return result.data;
}

/** What each environment variable of the storefront means, in the words of docs/configuration.md. */
import { secretsOf, type VariableTable } from '@keyward/configuration';
import { observabilityDescriptions } from '@keyward/observability';
import { type STOREFRONT_VARIABLES } from './storefront.variables.js';

export const VARIABLE_DESCRIPTIONS: VariableTable<keyof typeof STOREFRONT_VARIABLES> = {
  NODE_ENV: { meaning: '`production` writes the log as JSON' },
  STOREFRONT_HOST: { meaning: 'address to listen on' },
  STOREFRONT_PORT: { meaning: 'port to listen on; 0 takes a free one' },
  STOREFRONT_URL: { meaning: 'the origin at which browsers reach the storefront' },
  STOREFRONT_ISSUER: { meaning: 'the authorization server, by the name that it calls itself' },
  STOREFRONT_ISSUER_ORIGIN: {
    meaning: 'where the storefront reaches it, where it has another name inside',
    byDefault: "the issuer's",
  },
  STOREFRONT_ALGORITHM: {
    meaning: 'what it signs ID tokens with: ES256, ES384, RS256, PS256 or EdDSA',
  },
  STOREFRONT_CLIENT_ID: { meaning: 'the client that the storefront is' },
  STOREFRONT_CLIENT_SECRET: { meaning: 'its secret', secret: true, byDefault: 'required' },
  STOREFRONT_SPA_CLIENT_ID: { meaning: 'the client that `/spa.html` is, in the browser alone' },
  STOREFRONT_SCOPE: { meaning: 'what is asked for at a sign-in' },
  STOREFRONT_ORDERS_URL: { meaning: 'where the storefront reaches orders-service' },
  STOREFRONT_ORDERS_PUBLIC_URL: {
    meaning: 'where browsers reach it, for `/spa.html`',
    byDefault: '`STOREFRONT_ORDERS_URL`',
  },
  STOREFRONT_ORDERS_AUDIENCE: { meaning: 'the resource that orders-service is' },
  STOREFRONT_REDIS_URL: {
    meaning: 'a Redis for sessions, shared by replicas',
    secret: true,
    byDefault: 'none: they are in this process',
  },
  STOREFRONT_REDIS_KEY_PREFIX: { meaning: 'what every key there begins with' },
  STOREFRONT_SEALING_KEYS: {
    meaning:
      'encrypts sessions there, the first one all that are new: `2:<32 random bytes in base64url>,1:<...>`',
    secret: true,
    byDefault: 'none; required with `STOREFRONT_REDIS_URL`',
  },
  STOREFRONT_INSECURE_HTTP: {
    meaning: '`true` allows plain http to other machines; only for a network that is trusted',
  },
  STOREFRONT_INSECURE_COOKIES: {
    meaning: '`true`: cookies without Secure and `__Host-`, for browsers that trust no http at all',
  },
  STOREFRONT_DRAIN_MS: {
    meaning:
      'how long `/health/ready` answers 503 before the port closes, once the process is to end',
  },
  ...observabilityDescriptions('STOREFRONT'),
};

/** The variables that hold a secret. */
export const SECRET_VARIABLES = secretsOf(VARIABLE_DESCRIPTIONS);

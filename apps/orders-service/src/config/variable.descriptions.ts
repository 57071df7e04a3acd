/** What each environment variable of orders-service means, in the words of docs/configuration.md. */
import { secretsOf, type VariableTable } from '@keyward/configuration';
import { observabilityDescriptions } from '@keyward/observability';
import { type ORDERS_VARIABLES } from './orders.variables.js';

export const VARIABLE_DESCRIPTIONS: VariableTable<keyof typeof ORDERS_VARIABLES> = {
  NODE_ENV: { meaning: '`production` writes the log as JSON' },
  ORDERS_HOST: { meaning: 'address to listen on' },
  ORDERS_PORT: { meaning: 'port to listen on; 0 takes a free one' },
  ORDERS_ISSUER: { meaning: 'the authorization server whose access tokens are accepted' },
  ORDERS_AUDIENCE: { meaning: 'this service as a resource: what `aud` of a token must name' },
  ORDERS_JWKS_URI: { meaning: "where the issuer's keys are", byDefault: 'as its metadata says' },
  ORDERS_INSECURE_HTTP: {
    meaning: '`true` allows plain http to other machines; only for a network that is trusted',
  },
  ORDERS_ALGORITHM: {
    meaning:
      'what the issuer signs with: ES256, ES384, RS256, PS256 or EdDSA; tokens of another are refused',
  },
  ORDERS_TOKEN_URL: {
    meaning: 'token endpoint that "Authorize" of the documentation page asks',
    byDefault: "the issuer's",
  },
  ORDERS_CLIENT_ID: { meaning: 'the client that this service is at the issuer' },
  ORDERS_CLIENT_SECRET: {
    meaning: 'its secret, to follow revocations and to ask for tokens',
    secret: true,
    byDefault: 'none: a token lives until it expires',
  },
  ORDERS_REVOCATIONS_URL: {
    meaning: 'the feed of revocations, where the issuer has another name inside',
    byDefault: "the issuer's",
  },
  ORDERS_REVOCATIONS_TOKEN_URL: {
    meaning: 'where the token for it comes from, where the issuer has another name inside',
    byDefault: "the issuer's",
  },
  ORDERS_REVOCATIONS_REDIS_URL: {
    meaning:
      "reads revocations from auth-service's Redis instead, as a [user that can do nothing else](operations.md)",
    secret: true,
    byDefault: 'none',
  },
  ORDERS_REVOCATIONS_REDIS_KEY: { meaning: 'the stream that holds them there' },
  ORDERS_INTROSPECTION_URL: {
    meaning: 'where the issuer is asked about a token, where it has another name inside',
    byDefault: 'as its metadata says',
  },
  ORDERS_WHEN_STALE: {
    meaning:
      'what a feed that fell silent means: `accept` goes on, `introspect` asks the issuer about each token, `reject` answers 503',
  },
  ORDERS_PAYMENTS_URL: {
    meaning: 'where orders are paid',
    byDefault: 'none: every order stays unpaid',
  },
  ORDERS_PAYMENTS_AUDIENCE: {
    meaning: 'the audience of the tokens for it',
    byDefault: 'the URL',
  },
  ORDERS_RECONCILE_SECONDS: {
    meaning: 'how often payments of which the end is not known are asked for',
  },
  ORDERS_CORS_ORIGINS: {
    meaning: 'origins whose pages may call with a token that they hold themselves',
    byDefault: 'none',
  },
  ORDERS_FILE: { meaning: 'the file that holds the orders' },
  ORDERS_DEMO_CUSTOMER: {
    meaning: 'subject that gets three sample orders when the file is created',
    byDefault: 'none: the file starts empty',
  },
  ORDERS_DRAIN_MS: {
    meaning:
      'how long `/health/ready` answers 503 before the port closes, once the process is to end',
  },
  ...observabilityDescriptions('ORDERS'),
};

/** The variables that hold a secret. */
export const SECRET_VARIABLES = secretsOf(VARIABLE_DESCRIPTIONS);

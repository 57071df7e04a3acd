/** What each environment variable of payments-service means, in the words of docs/configuration.md. */
import { secretsOf, type VariableTable } from '@keyward/configuration';
import { observabilityDescriptions } from '@keyward/observability';
import { type PAYMENTS_VARIABLES } from './payments.variables.js';

export const VARIABLE_DESCRIPTIONS: VariableTable<keyof typeof PAYMENTS_VARIABLES> = {
  NODE_ENV: { meaning: '`production` writes the log as JSON' },
  PAYMENTS_HOST: { meaning: 'address to listen on' },
  PAYMENTS_PORT: { meaning: 'port to listen on; 0 takes a free one' },
  PAYMENTS_ISSUER: { meaning: 'the authorization server whose access tokens are accepted' },
  PAYMENTS_AUDIENCE: { meaning: 'this service as a resource: what `aud` of a token must name' },
  PAYMENTS_JWKS_URI: { meaning: "where the issuer's keys are", byDefault: 'as its metadata says' },
  PAYMENTS_INSECURE_HTTP: {
    meaning: '`true` allows plain http to other machines; only for a network that is trusted',
  },
  PAYMENTS_ALGORITHM: {
    meaning:
      'what the issuer signs with: ES256, ES384, RS256, PS256 or EdDSA; tokens of another are refused',
  },
  PAYMENTS_TOKEN_URL: {
    meaning: 'token endpoint that "Authorize" of the documentation page asks',
    byDefault: "the issuer's",
  },
  PAYMENTS_CLIENT_ID: { meaning: 'the client that this service is at the issuer' },
  PAYMENTS_CLIENT_SECRET: {
    meaning: 'its secret, to follow revocations and to ask for tokens',
    secret: true,
    byDefault: 'none: a token lives until it expires',
  },
  PAYMENTS_REVOCATIONS_URL: {
    meaning: 'the feed of revocations, where the issuer has another name inside',
    byDefault: "the issuer's",
  },
  PAYMENTS_REVOCATIONS_TOKEN_URL: {
    meaning: 'where the token for it comes from, where the issuer has another name inside',
    byDefault: "the issuer's",
  },
  PAYMENTS_INTROSPECTION_URL: {
    meaning: 'where the issuer is asked about a token, where it has another name inside',
    byDefault: 'as its metadata says',
  },
  PAYMENTS_WHEN_STALE: {
    meaning:
      'what a feed that fell silent means: `accept` goes on, `introspect` asks the issuer about each token, `reject` answers 503',
  },
  PAYMENTS_STEP_UP_LIMIT: { meaning: 'a payment above needs a stronger sign-in' },
  PAYMENTS_STEP_UP_ACR: { meaning: 'the `acr` values that are strong enough' },
  PAYMENTS_FOREIGN_ISSUER: {
    meaning: 'a second issuer, [with rules of its own](guides/trust-another-issuer.md)',
    byDefault: 'none',
  },
  PAYMENTS_FOREIGN_JWKS_URI: { meaning: 'where its keys are', byDefault: 'as its metadata says' },
  PAYMENTS_FOREIGN_AUDIENCE: {
    meaning: 'what `aud` of its tokens must name',
    byDefault: '`PAYMENTS_AUDIENCE`',
  },
  PAYMENTS_FOREIGN_ALGORITHM: { meaning: 'what it signs with' },
  PAYMENTS_FOREIGN_SCOPE_CLAIM: { meaning: 'the claim of its tokens that holds the scopes' },
  PAYMENTS_FOREIGN_CLIENT_CLAIM: { meaning: 'the claim of its tokens that names the client' },
  PAYMENTS_FILE: { meaning: 'the file that holds the payments' },
  PAYMENTS_DRAIN_MS: {
    meaning:
      'how long `/health/ready` answers 503 before the port closes, once the process is to end',
  },
  ...observabilityDescriptions('PAYMENTS'),
};

/** The variables that hold a secret. */
export const SECRET_VARIABLES = secretsOf(VARIABLE_DESCRIPTIONS);

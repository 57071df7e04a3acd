/** What a test's issuer serves over HTTP: metadata, keys, tokens for services, revocations. */
import { authorizationServerMetadataUri, REVOCATIONS_PATH } from '@keyward/oauth';
import { type IssuedRevocations } from './issued-revocations.js';
import { type IssuerServer, type Answer } from './issuer-server.js';
import { type SigningKey } from './signing-key.js';

/** What the endpoints tell of. */
export interface IssuerState {
  readonly revocations: IssuedRevocations;
  publishedKeys(): readonly SigningKey[];
  /** Whether nobody gets an answer. */
  isUnreachable(): boolean;
  token(): string;
}

/** Where attackers keep the keys that their tokens name: nobody must ever come for them. */
export const ATTACKER_KEYS_PATH = '/attacker/jwks';

/** @param lifetimeSeconds of the tokens that {@link IssuerState.token} gives */
export function serveIssuer(
  server: IssuerServer,
  state: IssuerState,
  attacker: SigningKey,
  lifetimeSeconds: number,
): void {
  const { url } = server;
  const on = (path: string, answer: Answer): void =>
    server.on(path, (request, response) => {
      if (state.isUnreachable()) response.destroy();
      else answer(request, response);
    });
  const serve = (path: string, body: () => object): void =>
    on(path, (_, response) => {
      const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=600' };
      response.writeHead(200, headers).end(JSON.stringify(body()));
    });

  serve(new URL(authorizationServerMetadataUri(url)).pathname, () => ({
    issuer: url,
    jwks_uri: server.jwksUri,
    token_endpoint: `${url}/oauth2/token`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
  }));
  serve('/jwks', () => ({ keys: state.publishedKeys().map(({ publicJwk }) => publicJwk) }));
  serve(ATTACKER_KEYS_PATH, () => ({ keys: [attacker.publicJwk] }));
  serve('/oauth2/token', () => ({
    access_token: state.token(),
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
  }));
  on(REVOCATIONS_PATH, (request, response) => state.revocations.follow(request, response));
}

/** Rules about the declared clients and resources. */
import { type DeclaredClient } from '../bootstrap/bootstrap.store.js';
import { isLoopbackHost } from '../client/client-uri.rules.js';
import { type Deployment, type DoctorRule, type Finding } from './diagnosis.js';

/** What the scopes of the administration API begin with. */
const ADMINISTRATION_PREFIX = 'admin:';

/** A finding for each client that is so. */
function forClients(
  isSo: (client: DeclaredClient) => boolean,
  describe: (client: DeclaredClient) => Finding,
): (deployment: Deployment) => readonly Finding[] {
  return ({ bootstrap }) => bootstrap.clients.filter(isSo).map(describe);
}

const hasSharedSecret = ({ authenticationMethod: method }: DeclaredClient) =>
  method === 'client_secret_basic' || method === 'client_secret_post';

export const CLIENT_RULES: readonly DoctorRule[] = [
  {
    name: 'client-secret',
    severity: 'note',
    clause: 'RFC 9700 section 2.5',
    find: forClients(hasSharedSecret, ({ clientId }) => ({
      finding: `client ${clientId} authenticates by a secret that both sides keep`,
      remedy: 'use private_key_jwt or mutual TLS: then there is nothing here to steal',
    })),
  },
  {
    name: 'impersonation',
    severity: 'warning',
    clause: 'RFC 8693 section 1.1',
    find: forClients(
      ({ exchange }) => exchange?.impersonation === true,
      ({ clientId }) => ({
        finding: `client ${clientId} may stand in for people without being named as the actor`,
        remedy: 'take impersonation away, unless a resource cannot take tokens with `act`',
      }),
    ),
  },
  {
    name: 'loopback-redirect',
    severity: 'warning',
    clause: 'RFC 8252 section 8.3, RFC 9700 section 2.1',
    find: forClients(
      ({ applicationType, redirectUris }) =>
        applicationType === 'web' && redirectUris.some(isLoopbackUri),
      ({ clientId }) => ({
        finding: `web client ${clientId} takes codes at a loopback address`,
        remedy: "register a client of its own for the developer's machine",
      }),
    ),
  },
  {
    name: 'private-use-scheme',
    severity: 'note',
    clause: 'RFC 8252 sections 7.2 and 8.6',
    find: forClients(
      ({ redirectUris }) => redirectUris.some((uri) => !/^https?:/.test(uri)),
      ({ clientId }) => ({
        finding: `client ${clientId} takes codes at a scheme that any program on the device can claim`,
        remedy: 'redirect to https URLs that the application claims',
      }),
    ),
  },
  {
    name: 'admin-sender-constraint',
    severity: 'warning',
    clause: 'RFC 9700 section 2.2.1',
    find: forClients(
      ({ scopes, dpopBoundAccessTokens, tlsBoundAccessTokens }) =>
        scopes.some((scope) => scope.startsWith(ADMINISTRATION_PREFIX)) &&
        !dpopBoundAccessTokens &&
        !tlsBoundAccessTokens,
      ({ clientId }) => ({
        finding: `whoever gets hold of a token of ${clientId} administers this server with it`,
        remedy: 'bind its tokens to a key: dpop_bound_access_tokens, or a certificate',
      }),
    ),
  },
  {
    name: 'first-party-public',
    severity: 'warning',
    clause: 'RFC 8252 section 8.6, RFC 6749 section 10.2',
    find: forClients(
      ({ firstParty, authenticationMethod, redirectUris }) =>
        firstParty &&
        authenticationMethod === 'none' &&
        redirectUris.some((uri) => !uri.startsWith('https:')),
      ({ clientId }) => ({
        finding: `nobody is asked for consent by ${clientId}, which any program on the device can pretend to be`,
        remedy: 'take first_party away, or redirect to https URLs that the application claims',
      }),
    ),
  },
  {
    name: 'shared-redirect',
    severity: 'warning',
    clause: 'RFC 9700 section 4.4',
    find: ({ bootstrap: { clients } }) => {
      const owners = new Map<string, string[]>();
      for (const { clientId, redirectUris } of clients) {
        for (const uri of redirectUris) owners.set(uri, [...(owners.get(uri) ?? []), clientId]);
      }
      return [...owners]
        .filter(([, ids]) => ids.length > 1)
        .map(([uri, ids]) => ({
          finding: `${ids.join(' and ')} share the redirect_uri ${uri}`,
          remedy: 'give each client one of its own',
        }));
    },
  },
  {
    name: 'ambiguous-scope',
    severity: 'warning',
    clause: 'RFC 9700 section 2.3, RFC 8707 section 2',
    find: ({ bootstrap: { resources } }) => {
      const offering = new Map<string, string[]>();
      for (const { identifier, scopes } of resources) {
        for (const scope of scopes) {
          offering.set(scope, [...(offering.get(scope) ?? []), identifier]);
        }
      }
      return [...offering]
        .filter(([, identifiers]) => identifiers.length > 1)
        .map(([scope, identifiers]) => ({
          finding: `the scope ${scope} is offered by ${identifiers.join(' and ')}: who asks for it without naming a resource gets a token for more than one`,
          remedy: 'name scopes after their resource',
        }));
    },
  },
];

function isLoopbackUri(uri: string): boolean {
  return URL.canParse(uri) && isLoopbackHost(new URL(uri).hostname);
}

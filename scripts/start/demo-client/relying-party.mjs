// The OpenID Connect part of the demo client: code with PKCE, refresh, orders, sign-out.
import * as client from 'openid-client';

const SCOPE = 'openid profile email offline_access orders:read orders:write';
// Renewed a little early, so that a token never expires on its way.
const RENEW_BEFORE_SECONDS = 10;

export class RelyingParty {
  #configuration;

  constructor({ issuer, clientId, clientSecret, url, ordersUrl }) {
    this.issuer = issuer;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.url = url;
    this.ordersUrl = ordersUrl;
  }

  /** Where to send the browser, and what to remember until it comes back. */
  async begin() {
    const codeVerifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const location = client.buildAuthorizationUrl(await this.#discovered(), {
      redirect_uri: `${this.url}/callback`,
      scope: SCOPE,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { location: location.href, pending: { codeVerifier, state, nonce } };
  }

  /** @throws Error where the response is not the answer to `pending` */
  async finish(path, { codeVerifier, state, nonce }) {
    const tokens = await client.authorizationCodeGrant(
      await this.#discovered(),
      new URL(path, this.url),
      { pkceCodeVerifier: codeVerifier, expectedState: state, expectedNonce: nonce },
    );
    return signedIn(tokens, tokens.claims(), tokens.id_token);
  }

  /** The same sign-in with an access token that still lives. */
  async renew(person) {
    if (Date.now() < person.renewAtMs || person.refreshToken === undefined) return person;
    const tokens = await client.refreshTokenGrant(await this.#discovered(), person.refreshToken);
    return {
      ...signedIn(tokens, person.idTokenClaims, person.idToken),
      refreshToken: tokens.refresh_token ?? person.refreshToken,
    };
  }

  /** What userinfo says of the person. */
  async userinfo({ accessToken, idTokenClaims }) {
    return client.fetchUserInfo(await this.#discovered(), accessToken, idTokenClaims.sub);
  }

  /** A call of orders-service in the name of the person: its status and its body. */
  async orders({ accessToken }, order) {
    const response = await fetch(`${this.ordersUrl}/orders`, {
      method: order === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: order === undefined ? undefined : JSON.stringify(order),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Where a person signs out of everything (RP-Initiated Logout 1.0). */
  async signOutUrl({ idToken }) {
    const url = client.buildEndSessionUrl(await this.#discovered(), {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${this.url}/signed-out`,
    });
    return url.href;
  }

  async #discovered() {
    this.#configuration ??= await client.discovery(
      new URL(this.issuer),
      this.clientId,
      undefined,
      client.ClientSecretBasic(this.clientSecret),
      // This machine's loopback has no TLS.
      { execute: [client.allowInsecureRequests] },
    );
    return this.#configuration;
  }
}

function signedIn(tokens, idTokenClaims, idToken) {
  return {
    idTokenClaims,
    idToken,
    accessToken: tokens.access_token,
    accessTokenClaims: claimsOf(tokens.access_token),
    refreshToken: tokens.refresh_token,
    renewAtMs: Date.now() + ((tokens.expires_in ?? 0) - RENEW_BEFORE_SECONDS) * 1000,
  };
}

// Only to be looked at: to a client an access token is opaque.
function claimsOf(accessToken) {
  return JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString());
}

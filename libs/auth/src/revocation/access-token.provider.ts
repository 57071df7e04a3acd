/** Port and default: the access tokens that this service itself needs. */
import { parseStrictObject } from '../jws/strict-json.js';
import { checkKeyUrl } from '../jwks/issuer-url.js';
import { readBody } from '../jwks/json-document.js';

/** Gives a token, a remembered one while it is good. */
export abstract class AccessTokenProvider {
  /** @throws Error where none can be had */
  abstract token(signal: AbortSignal): Promise<string>;

  /** The token that was given last was refused: the next one has to be new. */
  abstract forget(): void;
}

/** A client's own credentials at a token endpoint. */
export interface ClientCredentialsOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** RFC 8707 resource indicator; default: as the authorization server chooses. */
  readonly resource?: string;
  /** INSECURE: send the secret over http to another host than this one. Default false. */
  readonly insecureHttp?: boolean;
}

/** A token is asked for again this long before it expires. */
const RENEW_SECONDS = 30;

/** A token response is far smaller. */
const MAX_ANSWER_BYTES = 65_536;

/** Gets tokens by the client credentials grant with `client_secret_basic` (RFC 6749 section 4.4). */
export class ClientCredentialsTokens extends AccessTokenProvider {
  #known: { readonly token: string; readonly untilMs: number } | undefined;

  /** @throws TypeError for a URL that is not https, nor of this machine */
  constructor(private readonly options: ClientCredentialsOptions) {
    super();
    checkKeyUrl(options.tokenUrl, options.insecureHttp ?? false);
  }

  async token(signal: AbortSignal): Promise<string> {
    if (this.#known !== undefined && Date.now() < this.#known.untilMs) return this.#known.token;
    const { tokenUrl, clientId, clientSecret, scope, resource } = this.options;
    const response = await fetch(tokenUrl, {
      method: 'POST',
      redirect: 'error',
      signal,
      headers: { authorization: basic(clientId, clientSecret), accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        ...(resource === undefined ? {} : { resource }),
      }),
    });
    const body = await readBody(response, MAX_ANSWER_BYTES, signal);
    if (response.status !== 200) {
      throw new Error(`the token endpoint answered ${response.status}`);
    }
    const { access_token: token, expires_in: lifetime } = parseStrictObject(body);
    if (typeof token !== 'string' || typeof lifetime !== 'number') {
      throw new Error('the token endpoint answered without a token');
    }
    this.#known = { token, untilMs: Date.now() + (lifetime - RENEW_SECONDS) * 1000 };
    return token;
  }

  forget(): void {
    this.#known = undefined;
  }
}

/** @see RFC 6749 section 2.3.1: both are form-encoded first */
function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  const credentials = `${encode(clientId)}:${encode(clientSecret)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

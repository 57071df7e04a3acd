/** Sends one introspection request: no redirect, a size limit, a time limit (RFC 7662 section 2.1). */
import { discoverEndpoint } from '../jwks/issuer-metadata.js';
import { checkKeyUrl } from '../jwks/issuer-url.js';
import { causeOf, readBody } from '../jwks/json-document.js';
import { parseStrictObject, type JsonObject } from '../jws/strict-json.js';
import { clientAuthentication, type ClientAuthentication } from './client-authentication.js';
import { type IntrospectionLimits, type IntrospectionOptions } from './introspection.options.js';
import { readSignedAnswer, SIGNED_MEDIA_TYPE, type SignedAnswerRules } from './signed-answer.js';

/** What the trust lends to its introspection. */
export type IntrospectingTrust = Omit<SignedAnswerRules, 'clientId'>;

/** There is no usable answer; the message says why, without the token and the secret. */
export class IntrospectionFailedError extends Error {
  override readonly name = 'IntrospectionFailedError';

  /**
   * @param isOutage whether the next token would fare no better
   * @param retryAfterSeconds as the issuer wished, where it did
   */
  constructor(
    message: string,
    readonly isOutage = true,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** The way to one issuer's endpoint. */
export class IntrospectionRequest {
  readonly #authentication: ClientAuthentication;
  readonly #insecureHttp: boolean;
  readonly #signed: SignedAnswerRules | undefined;
  #endpoint: string | undefined;

  /** @throws TypeError for a URL that is not https, and for credentials that cannot be used */
  constructor(
    private readonly trust: IntrospectingTrust,
    options: IntrospectionOptions,
    private readonly limits: IntrospectionLimits,
    private readonly clock: () => number,
  ) {
    const { client, endpoint, insecureHttp = false, signedResponse = false } = options;
    this.#insecureHttp = insecureHttp;
    checkKeyUrl(endpoint ?? trust.issuer, insecureHttp);
    this.#endpoint = endpoint;
    this.#authentication = clientAuthentication(client, trust.issuer);
    this.#signed = signedResponse ? { ...trust, clientId: client.clientId } : undefined;
  }

  /**
   * Asks about one token.
   * @throws IntrospectionFailedError for everything but a well-formed answer
   */
  async send(token: string): Promise<JsonObject> {
    try {
      return await this.#send(token);
    } catch (error) {
      if (error instanceof IntrospectionFailedError) throw error;
      throw new IntrospectionFailedError(causeOf(error));
    }
  }

  async #send(token: string): Promise<JsonObject> {
    const { timeoutMs, maxBytes } = this.limits;
    const signal = AbortSignal.timeout(timeoutMs);
    this.#endpoint ??= await discoverEndpoint(
      this.trust.issuer,
      'introspection_endpoint',
      this.#insecureHttp,
      { timeoutMs, maxBytes: Math.max(maxBytes, METADATA_BYTES), noCache: false },
    );
    const { headers, parameters } = await this.#authentication(this.clock());
    const accept = this.#signed === undefined ? JSON_MEDIA_TYPE : SIGNED_MEDIA_TYPE;
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      // The token and the secret must go to nobody else.
      redirect: 'error',
      signal,
      headers: { accept, ...headers },
      body: new URLSearchParams({ token, token_type_hint: 'access_token', ...parameters }),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw failureOf(response);
    }
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (type !== accept) {
      await response.body?.cancel();
      throw new IntrospectionFailedError(`the answer is not ${accept}`);
    }
    const body = await readBody(response, maxBytes, signal);
    if (this.#signed === undefined) return parseStrictObject(body);
    return readSignedAnswer(body.toString('latin1'), this.#signed, this.clock);
  }
}

const JSON_MEDIA_TYPE = 'application/json';
const METADATA_BYTES = 262_144;

function failureOf({ status, headers }: Response): IntrospectionFailedError {
  const retryAfter = /^\d{1,5}$/.exec(headers.get('retry-after') ?? '')?.[0];
  return new IntrospectionFailedError(
    `the introspection endpoint answered ${status}`,
    // What the issuer objects to is this one request; the next token may fare better.
    status !== 400,
    retryAfter === undefined ? undefined : Number(retryAfter),
  );
}

/** Asks one token endpoint for tokens: authenticated, bounded, and not for long where it fails. */
import { Logger } from '@nestjs/common';
import {
  clientAuthentication,
  type ClientAuthentication,
} from '../introspection/client-authentication.js';
import { Circuit } from '../introspection/circuit.js';
import { discoverEndpoint } from '../jwks/issuer-metadata.js';
import { checkKeyUrl } from '../jwks/issuer-url.js';
import { causeOf, readBody } from '../jwks/json-document.js';
import { parseStrictObject } from '../jws/strict-json.js';
import { type DpopProver } from './dpop.prover.js';
import { readIssuedToken, type IssuedToken } from './issued-token.js';
import { TokenRequestError, TokenUnavailableError } from './service-client.errors.js';
import { errorCodeOf, OutageError, retryAfterOf } from './token-endpoint.refusal.js';
import { type ServiceTokenLimits, type ServiceTokenOptions } from './service-token.options.js';

const MAX_METADATA_BYTES = 262_144;
const MAX_ANSWER_BYTES = 131_072;
/** Errors that are about this client and not about what it asked for. */
const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client'];

export class TokenEndpoint {
  readonly #logger = new Logger('ServiceTokens');
  readonly #authentication: ClientAuthentication;
  readonly #circuit: Circuit;
  readonly #clock: () => number;
  #url: string | undefined;
  #underWay = 0;
  /** Said once, and kept back for a moment: what is misconfigured must not hammer the server. */
  #clientError: { readonly error: TokenRequestError; readonly untilMs: number } | undefined;

  /** @throws TypeError for a URL that is not https, and for credentials that cannot be used */
  constructor(
    private readonly options: ServiceTokenOptions,
    private readonly limits: ServiceTokenLimits,
    private readonly prover: DpopProver | undefined,
  ) {
    const { issuer, client, tokenEndpoint, insecureHttp = false } = options;
    checkKeyUrl(tokenEndpoint ?? issuer, insecureHttp);
    this.#url = tokenEndpoint;
    this.#authentication = clientAuthentication(client, issuer, 'serviceTokens.client');
    this.#circuit = new Circuit(limits.failuresBeforePause, limits.retrySeconds);
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * Asks for one token.
   * @throws TokenRequestError where it is refused, TokenUnavailableError for everything else
   */
  async request(form: Readonly<Record<string, string>>): Promise<IssuedToken> {
    const kept = this.#clientError;
    if (kept !== undefined && this.#clock() < kept.untilMs) throw kept.error;
    if (this.#underWay >= this.limits.maxConcurrentRequests) {
      throw new TokenUnavailableError('too many requests are under way', 1);
    }
    if (!this.#circuit.mayAsk(this.#clock())) {
      throw this.#unavailable('the token endpoint failed lately and is left alone');
    }
    this.#underWay += 1;
    try {
      const token = await this.#ask(form);
      this.#circuit.succeeded();
      this.#clientError = undefined;
      return token;
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#underWay -= 1;
    }
  }

  #failed(error: unknown): Error {
    if (error instanceof TokenRequestError) {
      this.#circuit.succeeded();
      if (CLIENT_ERRORS.includes(error.code)) this.#refuseClient(error);
      return error;
    }
    const outage = error instanceof OutageError ? error : undefined;
    this.#circuit.failed(this.#clock(), outage?.retryAfterSeconds);
    return this.#unavailable(outage?.message ?? causeOf(error));
  }

  #refuseClient(error: TokenRequestError): void {
    if (this.#clientError === undefined) {
      const { client, issuer } = this.options;
      this.#logger.error(`${issuer} refuses the client ${client.clientId}: ${error.code}`);
    }
    this.#clientError = { error, untilMs: this.#clock() + this.limits.retrySeconds * 1000 };
  }

  #unavailable(detail: string): TokenUnavailableError {
    return new TokenUnavailableError(detail, this.#circuit.retryAfterSeconds(this.#clock()));
  }

  async #ask(form: Readonly<Record<string, string>>): Promise<IssuedToken> {
    const { timeoutMs } = this.limits;
    const limits = { timeoutMs, maxBytes: MAX_METADATA_BYTES, noCache: false };
    const { issuer, insecureHttp = false } = this.options;
    const url = (this.#url ??= await discoverEndpoint(
      issuer,
      'token_endpoint',
      insecureHttp,
      limits,
    ));
    const signal = AbortSignal.timeout(timeoutMs);
    const first = await this.#post(url, form, signal);
    if (!('error' in first)) return first.token;
    // The server wants its nonce in the proof; what came with the first one was not looked at.
    const again = first.error.code === 'use_dpop_nonce' && first.hasNewNonce;
    const last = again ? await this.#post(url, form, signal) : first;
    if ('error' in last) throw last.error;
    return last.token;
  }

  async #post(
    url: string,
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ token: IssuedToken } | { error: TokenRequestError; hasNewNonce: boolean }> {
    const sentAtMs = this.#clock();
    const { headers, parameters } = await this.#authentication(sentAtMs);
    const proof = await this.prover?.proof({ method: 'POST', url });
    const response = await fetch(url, {
      method: 'POST',
      // A secret and the tokens of callers go to nobody else.
      redirect: 'error',
      signal,
      headers: { accept: 'application/json', ...headers, ...(proof && { dpop: proof }) },
      body: new URLSearchParams({ ...form, ...parameters }),
    });
    const hasNewNonce = this.prover?.learn(url, response.headers) ?? false;
    if (response.status >= 500 || response.status === 429) {
      await response.body?.cancel();
      const message = `the token endpoint answered ${response.status}`;
      throw new OutageError(message, retryAfterOf(response.headers));
    }
    const body = parseStrictObject(await readBody(response, MAX_ANSWER_BYTES, signal));
    if (response.status !== 200) {
      return { error: new TokenRequestError(errorCodeOf(body), response.status), hasNewNonce };
    }
    // Counted from before the request: the lifetime began no earlier.
    return { token: readIssuedToken(body, this.prover !== undefined, sentAtMs) };
  }
}

/** Calls one other service: as this service, or on behalf of who called it. */
import { checkKeyUrl } from '../jwks/issuer-url.js';
import { causeOf } from '../jwks/json-document.js';
import { type Caller, type Correlation } from './caller.js';
import { type DpopProver } from './dpop.prover.js';
import { type IssuedToken } from './issued-token.js';
import { RedirectRefusedError, TargetUnavailableError } from './service-client.errors.js';
import { positive, type TargetOptions } from './service-token.options.js';
import { type HeldToken, type ServiceTokens } from './service.tokens.js';
import { stepUpDemandOf } from './step-up-demand.js';
import {
  boundedResponse,
  isRepeatable,
  targetHeaders,
  type TargetRequest,
} from './target.request.js';

/**
 * `fetch`, for paths of one service. Every HTTP answer is an answer, also 401 and 500.
 *
 * @throws TypeError for a URL of another origin, and for headers that authorize
 * @throws TokenRequestError, TokenUnavailableError where there is no token for the request
 * @throws TargetUnavailableError, RedirectRefusedError where there is no answer
 */
export type TargetFetch = (path: string | URL, init?: TargetRequest) => Promise<Response>;

/** 304 is no redirect, and its fellows without a location are none that anyone follows. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * A client of one service. Its tokens go to the origin of the configured URL and to nobody else.
 *
 * A call that is answered 401 is made once more with a new token, unless its body can be sent only once,
 * or the answer asks for another sign-in, which no new token would bring.
 */
export class ServiceClient {
  readonly #base: URL;
  readonly #resource: string;
  readonly #timeoutMs: number;
  readonly #prover: DpopProver | undefined;

  /** @throws TypeError for a URL that is not https, nor of this machine */
  constructor(
    private readonly tokens: ServiceTokens,
    private readonly target: TargetOptions,
  ) {
    const { url, resource = url, insecureHttp = false } = target;
    this.#base = new URL(checkKeyUrl(url, insecureHttp));
    this.#resource = resource;
    this.#timeoutMs = positive('target.timeoutMs', target.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.#prover = tokens.prover;
  }

  /** Calls as this service itself. @see RFC 6749 section 4.4 */
  asItself(correlation: Correlation = {}): TargetFetch {
    const target = { resource: this.#resource, scope: this.target.ownScope };
    return (path, init) => this.#call(path, init, correlation, () => this.tokens.own(target));
  }

  /** Calls on behalf of who called this service: with a token of theirs for the target. @see RFC 8693 */
  onBehalfOf(caller: Caller): TargetFetch {
    const target = { resource: this.#resource, scope: this.target.delegatedScope };
    const held = () => this.tokens.exchanged(caller, target);
    return (path, init) => this.#call(path, init, caller.correlation, held);
  }

  async #call(
    path: string | URL,
    init: TargetRequest = {},
    correlation: Correlation,
    hold: () => Promise<HeldToken>,
  ): Promise<Response> {
    const url = new URL(path, this.#base);
    if (url.origin !== this.#base.origin || url.username !== '' || url.password !== '') {
      throw new TypeError(`${url.origin} is not the configured service ${this.#base.origin}`);
    }
    const headers = targetHeaders(init, correlation);
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const send = (token: IssuedToken) => this.#send(url, { ...init, headers, signal }, token);

    const held = await hold();
    let response = await send(held.token);
    if (response.status !== 401) return boundedResponse(response, signal);
    const mayRepeat = isRepeatable(init.body);
    if (this.#prover?.learn(url.href, response.headers) && mayRepeat) {
      await response.body?.cancel();
      response = await send(held.token);
      if (response.status !== 401) return boundedResponse(response, signal);
    }
    if (stepUpDemandOf(response) !== undefined) return boundedResponse(response, signal);
    held.forget();
    if (!mayRepeat) return boundedResponse(response, signal);
    const { token } = await hold();
    await response.body?.cancel();
    return boundedResponse(await send(token), signal);
  }

  async #send(
    url: URL,
    init: RequestInit & { readonly headers: Headers },
    { scheme, accessToken }: IssuedToken,
  ): Promise<Response> {
    const { headers } = init;
    headers.set('authorization', `${scheme} ${accessToken}`);
    if (this.#prover !== undefined) {
      const method = (init.method ?? 'GET').toUpperCase();
      headers.set('dpop', await this.#prover.proof({ method, url: url.href, accessToken }));
    }
    let response: Response;
    try {
      response = await fetch(url, { ...init, redirect: 'manual' });
    } catch (error) {
      throw new TargetUnavailableError(`${this.#base.origin}: ${causeOf(error)}`);
    }
    if (response.status !== 401) this.#prover?.learn(url.href, response.headers);
    if (!REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    throw new RedirectRefusedError(`${this.#base.origin} answered ${response.status}`);
  }
}

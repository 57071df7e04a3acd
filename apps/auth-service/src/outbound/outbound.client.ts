/** Asks URLs that others named: every request of this server whose URL is not the operator's goes by here. */
import { lookup } from 'node:dns/promises';
import { Injectable, Optional } from '@nestjs/common';
import {
  exchange,
  type OutboundAnswer,
  OutboundFailedError,
  type OutboundRequest,
} from './outbound.exchange.js';
import { literalAddressOf, OutboundPolicy, OutboundRefusedError } from './outbound.policy.js';

/** For documents such as JWK Sets, where who asks sets no limits. */
const DOCUMENT_LIMITS = { timeoutMs: 5000, maxBytes: 262_144 } as const;

/** Everything that a name means, as addresses. */
export abstract class NameResolver {
  /** @throws Error where that cannot be found out */
  abstract resolve(hostname: string): Promise<readonly string[]>;
}

/** As every program of this machine resolves it, its own files included. */
export class SystemNameResolver extends NameResolver {
  async resolve(hostname: string): Promise<readonly string[]> {
    const found = await lookup(hostname, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  }
}

/** Authorities to believe instead of those that Node brings and `NODE_EXTRA_CA_CERTS` adds. */
export abstract class OutboundCertificates {
  abstract readonly pem: string;
}

@Injectable()
export class OutboundClient {
  constructor(
    private readonly policy: OutboundPolicy,
    private readonly resolver: NameResolver,
    @Optional() private readonly certificates?: OutboundCertificates,
  ) {}

  /**
   * Resolves the name once, asks the policy about all of what it means, and connects to that.
   *
   * @throws OutboundRefusedError for a URL or an address that is not asked
   * @throws OutboundFailedError where there is no answer within the limits
   */
  async send(url: string, request: OutboundRequest): Promise<OutboundAnswer> {
    const target = this.policy.admit(url);
    const limit = new AbortController();
    const stop = () => limit.abort();
    const timer = setTimeout(stop, request.timeoutMs);
    request.signal?.addEventListener('abort', stop, { once: true });
    if (request.signal?.aborted === true) stop();
    try {
      const addresses = await this.addressesOf(target, limit.signal);
      this.policy.checkAddresses(target, addresses);
      return await exchange(target, addresses, request, limit.signal, this.certificates?.pem);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', stop);
    }
  }

  /** A `fetch` for documents, for who takes one. Nothing of `init` counts but what is named here. */
  readonly fetch = async (
    url: string,
    { headers, signal }: { headers: Record<string, string>; signal: AbortSignal },
  ): Promise<Response> => {
    const answer = await this.send(url, { ...DOCUMENT_LIMITS, headers, signal });
    const { status } = answer;
    // The others have no body, or are none that a Response can have.
    if (status !== 200)
      return new Response(null, { status: status >= 200 && status < 600 ? status : 502 });
    const named = ['content-type', 'cache-control', 'age'].flatMap((name) => {
      const value = answer.headers[name];
      return typeof value === 'string' ? [[name, value] as [string, string]] : [];
    });
    return new Response(new Uint8Array(answer.body), { status, headers: named });
  };

  // A resolver cannot be told to stop; nobody waits for it any longer.
  private async addressesOf(url: URL, signal: AbortSignal): Promise<readonly string[]> {
    const literal = literalAddressOf(url);
    if (literal !== null) return [literal];
    const late = new Promise<never>((_resolve, reject) => {
      const giveUp = () => reject(new OutboundFailedError('its host is not resolved in time'));
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
    });
    const resolved = this.resolver.resolve(url.hostname).catch((cause: unknown) => {
      throw new OutboundFailedError('its host cannot be resolved', { cause });
    });
    return Promise.race([resolved, late]);
  }
}

/** Whether an error says that a URL is not asked, or that nothing came of it. */
export function isOutboundError(error: unknown): error is Error {
  return error instanceof OutboundRefusedError || error instanceof OutboundFailedError;
}

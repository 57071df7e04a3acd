/** Which request the running code works for, without an argument through every layer. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

/** What of a request goes into every record of it. */
export interface RequestOrigin {
  /** In the log, in the audit record and in the answer's `x-request-id`. */
  readonly correlationId: string;
  /** The client's IP address, without zone, IPv4 never in IPv6 notation. */
  readonly address: string;
}

/** Set by the request hook; read by what records. Nothing may depend on it to decide. */
@Injectable()
export class RequestContext {
  private readonly storage = new AsyncLocalStorage<RequestOrigin>();

  /** Undefined outside a request: at boot, in a timer. */
  get current(): RequestOrigin | undefined {
    return this.storage.getStore();
  }

  /** Runs `work` and all that it starts on behalf of a request. */
  run<T>(origin: RequestOrigin, work: () => T): T {
    return this.storage.run(origin, work);
  }
}

/** One line for a request, or for as few of them as the operator wants. */
import { Logger } from '@nestjs/common';
import { type RequestLogRule } from '../configuration/observability.options.js';
import {
  type BegunRequest,
  type EndedRequest,
  type ObservedRequest,
  RequestObserver,
} from '../http/request.observer.js';

/** Neither path nor query nor any header is written: the route is a template of ours. */
export class RequestLog extends RequestObserver {
  private readonly logger = new Logger('Request');

  constructor(private readonly rule: RequestLogRule) {
    super();
  }

  begin({ id }: BegunRequest): ObservedRequest | undefined {
    const isSampled = this.rule.ratio > 0 && Math.random() < this.rule.ratio;
    if (!isSampled && !this.rule.failures) return undefined;
    return {
      end: (ended) => {
        if (isSampled || isFailure(ended)) this.write(id, ended);
      },
    };
  }

  private write(id: string | undefined, ended: EndedRequest): void {
    const { method, route, status, durationMs, aborted } = ended;
    const duration_ms = Math.round(durationMs * 10) / 10;
    const end = aborted ? 'left' : String(status);
    const message = `${method} ${route} ${end} in ${duration_ms} ms, request ${id ?? '-'}`;
    const line = { message, method, route, status, duration_ms, aborted, request_id: id };
    if (status >= 500) this.logger.warn(line);
    else this.logger.log(line);
  }
}

function isFailure({ status, aborted }: EndedRequest): boolean {
  return aborted || status >= 500;
}

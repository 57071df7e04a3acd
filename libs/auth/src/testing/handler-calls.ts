/** Counts the handlers that were reached, so that a test can tell that none was. */
import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';

/**
 * An interceptor for `app.useGlobalInterceptors(calls)`, before the application is initialised: it
 * runs behind every guard and right before the handler.
 */
export class HandlerCalls implements NestInterceptor {
  #count = 0;

  /** Handlers that were reached so far. */
  get count(): number {
    return this.#count;
  }

  intercept(
    _context: ExecutionContext,
    next: CallHandler,
  ): ReturnType<NestInterceptor['intercept']> {
    this.#count += 1;
    return next.handle();
  }
}

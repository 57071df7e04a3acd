/** The log without the framework's account of its own start, whatever it is written as. */
import { type LoggerService } from '@nestjs/common';

const CHATTER = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

// A failed start reaches main.ts, which says it once.
const TOLD_BY_MAIN = new Set(['ExceptionHandler', 'NestApplication']);

/** Passes on what the operator can use. */
export class ServerLogger implements LoggerService {
  constructor(private readonly target: LoggerService) {}

  log(message: unknown, ...rest: unknown[]): void {
    if (!isFrom(CHATTER, rest)) this.target.log(message, ...rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    if (!isFrom(TOLD_BY_MAIN, rest)) this.target.error(message, ...rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.target.warn(message, ...rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    if (!isFrom(CHATTER, rest)) this.target.debug?.(message, ...rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    if (!isFrom(CHATTER, rest)) this.target.verbose?.(message, ...rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.target.fatal?.(message, ...rest);
  }
}

// Nest passes the context last.
function isFrom(contexts: ReadonlySet<string>, rest: readonly unknown[]): boolean {
  const context = rest.at(-1);
  return typeof context === 'string' && contexts.has(context);
}

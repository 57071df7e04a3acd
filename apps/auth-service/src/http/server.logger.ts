/** The log: JSON in production, readable elsewhere, without the framework's account of its own start. */
import { ConsoleLogger, type LogLevel } from '@nestjs/common';

const CHATTER = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

// A failed start reaches main.ts, which says it once.
const TOLD_BY_MAIN = new Set(['ExceptionHandler', 'NestApplication']);

/** Nest's logger minus what the operator cannot use. */
export class ServerLogger extends ConsoleLogger {
  constructor(json: boolean, logLevels: LogLevel[]) {
    super({ json, logLevels });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!isFrom(CHATTER, rest)) super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!isFrom(TOLD_BY_MAIN, rest)) super.error(message, ...rest);
  }
}

// Nest passes the context last.
function isFrom(contexts: ReadonlySet<string>, rest: readonly unknown[]): boolean {
  const context = rest.at(-1);
  return typeof context === 'string' && contexts.has(context);
}

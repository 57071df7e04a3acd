/** Writes Nest's log as JSON, one object a line, by pino. */
import { type LoggerService } from '@nestjs/common';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import { type LogLevel } from './log-level.js';
import { redact } from './redaction.js';

/** What a {@link JsonLogger} is made with. */
export interface JsonLoggerOptions {
  /** The member `service` of each line. */
  readonly service: string;
  /** The least that is written. Default: `info` */
  readonly level?: LogLevel;
  /** Where lines go. Default: standard output, at once, so that a crash loses none */
  readonly destination?: DestinationStream;
}

/**
 * Members of a line: `level`, `time` (RFC 3339), `service`, `context`, `msg`; `stack` of an error; `trace_id`
 * and `span_id` where the request is traced; and those of an object that was logged, whose `message` is `msg`.
 * Every text passes {@link redact}.
 */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  constructor({ service, level = 'info', destination }: JsonLoggerOptions) {
    const options = {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      mixin: traceMembers,
    };
    this.pino = pino(options, destination ?? pino.destination({ fd: 1, sync: true }));
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: LogLevel, message: unknown, rest: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const { msg, ...members } = membersOf(message);
    // Nest passes the context last; what stands before it is a stack, or more of the message.
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const more = rest.slice(0, context === undefined ? undefined : -1).filter(Boolean);
    const details = more.map((one) => redact(textOf(one))).join('\n');
    this.pino[level](
      {
        ...(context !== undefined && { context }),
        ...members,
        ...(details !== '' && { [level === 'error' ? 'stack' : 'details']: details }),
      },
      msg,
    );
  }
}

function traceMembers(): object {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return {};
  return { trace_id: span.traceId, span_id: span.spanId };
}

function membersOf(message: unknown): { readonly msg: string; readonly [name: string]: unknown } {
  if (message instanceof Error) {
    return { msg: redact(message.message), stack: redact(textOf(message)) };
  }
  // A message that is only made where it is written.
  if (typeof message === 'function') return membersOf((message as () => unknown)());
  if (typeof message !== 'object' || message === null) return { msg: redact(String(message)) };
  const { message: msg = '', ...members } = message as Record<string, unknown>;
  return { ...redactedMembers(members), msg: redact(textOf(msg)) };
}

function redactedMembers(members: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(members).map(([name, value]) => {
    if (typeof value === 'number' || typeof value === 'boolean') return [name, value];
    return [name, value === undefined ? undefined : redact(textOf(value))];
  });
  return Object.fromEntries(entries) as object;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) {
    // Nothing but these two: errors of drivers have parameters and configuration among their members.
    const cause = value.cause instanceof Error ? `\ncaused by ${textOf(value.cause)}` : '';
    return `${value.stack ?? value.message}${cause}`;
  }
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

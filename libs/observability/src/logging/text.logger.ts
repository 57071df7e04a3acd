/** Writes the log for a person at a terminal; the same lines as JSON, without their members. */
import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import { type LogLevel, nestLevelsFrom } from './log-level.js';
import { redact } from './redaction.js';

/** What a {@link TextLogger} is made with. */
export interface TextLoggerOptions {
  /** The least that is written. Default: `info` */
  readonly level?: LogLevel;
  /** Whether lines pass {@link redact}. Not at a development machine: it reads its mail in the log. Default: true */
  readonly redacts?: boolean;
}

/** Nest's console logger; of an object that is logged it shows the message alone. */
export class TextLogger extends ConsoleLogger {
  private readonly redacts: boolean;

  constructor({ level = 'info', redacts = true }: TextLoggerOptions = {}) {
    super({ logLevels: nestLevelsFrom(level) });
    this.redacts = redacts;
  }

  protected override stringifyMessage(message: unknown, logLevel: NestLogLevel): string {
    const text = isStructured(message) ? message.message : message;
    return this.redacted(super.stringifyMessage(text, logLevel));
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(this.redacted(stack));
  }

  private redacted(text: string): string {
    return this.redacts ? redact(text) : text;
  }
}

function isStructured(message: unknown): message is { readonly message: string } {
  if (typeof message !== 'object' || message === null || message instanceof Error) return false;
  return typeof (message as { message?: unknown }).message === 'string';
}

/** The log of a service, as it was configured. */
import { type LoggerService } from '@nestjs/common';
import { type DestinationStream } from 'pino';
import { type ObservabilityOptions } from '../configuration/observability.options.js';
import { JsonLogger } from './json.logger.js';
import { TextLogger } from './text.logger.js';

type LogOptions = Pick<ObservabilityOptions, 'logFormat' | 'logLevel' | 'isProduction'>;

/**
 * @param service its name in each line
 * @param destination of JSON alone. Default: standard output
 */
export function createLogger(
  service: string,
  { logFormat, logLevel: level, isProduction }: LogOptions,
  destination?: DestinationStream,
): LoggerService {
  if (logFormat === 'text') return new TextLogger({ level, redacts: isProduction });
  return new JsonLogger({ service, level, ...(destination && { destination }) });
}

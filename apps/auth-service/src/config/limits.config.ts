/** Configuration namespace `limits`: how many requests are taken in which time. */
import { registerAs } from '@nestjs/config';
import { REQUEST_LIMIT_NAMES, type RequestLimitName } from '../limits/request-limit.names.js';
import { type RequestRate } from '../limits/request.rate.js';
import { parseEnvironment } from './environment.schema.js';
import { limitVariableOf } from './limit.variables.js';

/** The rate of each limit; null where it is off. */
export type LimitsConfig = Readonly<Record<RequestLimitName, RequestRate | null>>;

export const limitsConfig = registerAs('limits', (): LimitsConfig => {
  const environment = parseEnvironment(process.env);
  const rates = REQUEST_LIMIT_NAMES.map((name) => [name, environment[limitVariableOf(name)]]);
  return Object.fromEntries(rates) as LimitsConfig;
});

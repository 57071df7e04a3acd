/** The environment variables of the limits on requests: one each, a rate or `off`. */
import { z } from 'zod';
import {
  REQUEST_LIMIT_NAMES,
  REQUEST_LIMITS,
  type RequestLimitName,
} from '../limits/request-limit.names.js';
import { parseRequestRate } from '../limits/request.rate.js';

type LimitVariableName = `AUTH_LIMIT_${Uppercase<RequestLimitName>}`;

/** `AUTH_LIMIT_TOKEN` of `token`. */
export function limitVariableOf(name: RequestLimitName): LimitVariableName {
  return `AUTH_LIMIT_${name.toUpperCase()}` as LimitVariableName;
}

const limit = (byDefault: string) =>
  z
    .string()
    .default(byDefault)
    .refine(
      (value) => value === 'off' || parseRequestRate(value) !== null,
      'must be a rate such as 100/s, 30/m burst 60 or 1000/h (s, m, h or d), or off',
    )
    .transform((value) => (value === 'off' ? null : parseRequestRate(value)));

export const LIMIT_VARIABLES = Object.fromEntries(
  REQUEST_LIMIT_NAMES.map((name) => [limitVariableOf(name), limit(REQUEST_LIMITS[name].byDefault)]),
) as Record<LimitVariableName, ReturnType<typeof limit>>;

const COUNTED_BY = {
  client: 'by client; a public one by client and address',
  account: 'by account',
  subject: 'by account or client',
  address: 'by address',
} as const;

/** What docs/configuration.md says of each. */
export const LIMIT_DESCRIPTIONS = Object.fromEntries(
  REQUEST_LIMIT_NAMES.map((name) => {
    const { at, by } = REQUEST_LIMITS[name];
    return [limitVariableOf(name), { group: 'Limits', meaning: `${at}, ${COUNTED_BY[by]}` }];
  }),
) as Record<LimitVariableName, { readonly group: 'Limits'; readonly meaning: string }>;

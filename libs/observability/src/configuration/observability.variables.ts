/** The environment variables of log, metrics and traces, the same in every service but for their prefix. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { LOG_LEVELS } from '../logging/log-level.js';
import { type ObservabilityOptions, type RequestLogRule } from './observability.options.js';

const ratio = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a number from 0 to 1')
  .transform(Number);

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const requestLog = z
  .string()
  .regex(
    /^(off|failures|all|0(\.\d{1,6})?|1(\.0{1,6})?)$/,
    'must be off, failures, all or a number from 0 to 1',
  )
  .default('off')
  .transform(requestLogRule);

const networks = z
  .string()
  .default('127.0.0.0/8,::1/128')
  .transform((value) => value.split(',').flatMap((network) => network.trim() || []))
  .refine(
    (list) => list.every(isNetwork),
    'must be networks such as 10.0.0.0/8, separated by commas',
  );

const VARIABLES = {
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  LOG_FORMAT: z.enum(['json', 'text'], 'must be json or text').optional(),
  LOG_REQUESTS: requestLog,
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a port number')
    .optional(),
  TRACE_PARENTS: networks,
  TRACE_RATIO: ratio.prefault('1'),
};

const SHARED = {
  NODE_ENV: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
};

type Prefixed<Prefix extends string> = {
  readonly [Name in keyof typeof VARIABLES as `${Prefix}_${Name}`]: (typeof VARIABLES)[Name];
};

/** Their forms, to be spread into a service's own schema: `AUTH_LOG_LEVEL` for `AUTH`. */
export function observabilityVariables<Prefix extends string>(
  prefix: Prefix,
): Prefixed<Prefix> & Omit<typeof SHARED, 'NODE_ENV'> {
  const entries = Object.entries(VARIABLES).map(([name, form]) => [`${prefix}_${name}`, form]);
  const { OTEL_EXPORTER_OTLP_ENDPOINT } = SHARED;
  return { ...(Object.fromEntries(entries) as Prefixed<Prefix>), OTEL_EXPORTER_OTLP_ENDPOINT };
}

/** What they mean. @param environment what the schema made of them */
export function observabilityOf(
  prefix: string,
  environment: Readonly<Record<string, unknown>>,
  isProduction: boolean,
): ObservabilityOptions {
  const read = <Name extends keyof typeof VARIABLES>(name: Name) =>
    environment[`${prefix}_${name}`] as z.output<(typeof VARIABLES)[Name]>;
  const port = read('METRICS_PORT');
  const endpoint = environment['OTEL_EXPORTER_OTLP_ENDPOINT'] as string | undefined;
  return {
    isProduction,
    logLevel: read('LOG_LEVEL'),
    logFormat: read('LOG_FORMAT') ?? (isProduction ? 'json' : 'text'),
    requestLog: read('LOG_REQUESTS'),
    metrics: port === undefined ? undefined : { host: read('METRICS_HOST'), port },
    tracing:
      endpoint === undefined
        ? undefined
        : { endpoint, ratio: read('TRACE_RATIO'), parents: read('TRACE_PARENTS') },
  };
}

function requestLogRule(value: string): RequestLogRule {
  if (value === 'off') return { failures: false, ratio: 0 };
  if (value === 'failures') return { failures: true, ratio: 0 };
  return { failures: true, ratio: value === 'all' ? 1 : Number(value) };
}

function isNetwork(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/');
  const version = isIP(address);
  return (
    more.length === 0 &&
    version !== 0 &&
    /^\d{1,3}$/.test(prefix) &&
    Number(prefix) <= (version === 4 ? 32 : 128)
  );
}

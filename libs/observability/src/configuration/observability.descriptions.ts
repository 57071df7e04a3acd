/** What the environment variables of log, metrics and traces mean, in the words of docs/configuration.md. */
import { type observabilityVariables } from './observability.variables.js';

interface Description {
  readonly meaning: string;
  /** The default in words, where the schema has none. */
  readonly byDefault?: string;
}

type VariableName<Prefix extends string> = Extract<
  keyof ReturnType<typeof observabilityVariables<Prefix>>,
  string
>;

const DESCRIPTIONS = {
  LOG_LEVEL: {
    meaning: 'the least that is written: `fatal`, `error`, `warn`, `info`, `debug` or `trace`',
  },
  LOG_FORMAT: {
    meaning: '`json`, one object a line, or `text`',
    byDefault: '`json` in production, else `text`',
  },
  LOG_REQUESTS: {
    meaning:
      'which requests get a line: `off`, `failures` (500 and above), `all`, or failures and a share of the others, such as `0.01`',
  },
  METRICS_HOST: { meaning: 'address for [metrics](operations/observability.md#metrics)' },
  METRICS_PORT: {
    meaning: 'port for metrics, of their own',
    byDefault: 'none: no metrics are served',
  },
  TRACE_PARENTS: { meaning: "networks whose callers' `traceparent` is gone on with" },
  TRACE_RATIO: { meaning: 'how many of the traces that begin here are kept, 0 to 1' },
} satisfies Readonly<Record<string, Description>>;

const COLLECTOR: Description = {
  meaning:
    'collector of [traces](operations/observability.md#traces) that speaks OTLP over HTTP: `http://127.0.0.1:4318`',
  byDefault: 'none: nothing is traced',
};

/** One for each of `observabilityVariables`, for the document of the service that has the prefix. */
export function observabilityDescriptions<Prefix extends string>(
  prefix: Prefix,
): Readonly<Record<VariableName<Prefix>, Description>> {
  const entries = Object.entries(DESCRIPTIONS).map(([name, one]) => [`${prefix}_${name}`, one]);
  return {
    ...Object.fromEntries(entries),
    OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
  } as Readonly<Record<VariableName<Prefix>, Description>>;
}

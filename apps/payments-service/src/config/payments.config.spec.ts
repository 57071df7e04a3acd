import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@keyward/configuration';
import { readPaymentsConfiguration } from './payments.config.js';
import { PAYMENTS_VARIABLES } from './payments.variables.js';

const MALFORMED: readonly (readonly [name: string, value: string])[] = [
  ['PAYMENTS_PORT', '65536'],
  ['PAYMENTS_PORT', 'http'],
  ['PAYMENTS_ISSUER', 'login.example'],
  ['PAYMENTS_AUDIENCE', 'payments'],
  ['PAYMENTS_JWKS_URI', 'file:///etc/passwd'],
  ['PAYMENTS_INSECURE_HTTP', 'yes'],
  ['PAYMENTS_ALGORITHM', 'none'],
  ['PAYMENTS_TOKEN_URL', '/token'],
  ['PAYMENTS_REVOCATIONS_URL', 'feed'],
  ['PAYMENTS_REVOCATIONS_TOKEN_URL', 'ws://login.example'],
  ['PAYMENTS_INTROSPECTION_URL', '/introspect'],
  ['PAYMENTS_WHEN_STALE', 'ignore'],
  ['PAYMENTS_STEP_UP_LIMIT', '1,50'],
  ['PAYMENTS_STEP_UP_LIMIT', '-1'],
  ['PAYMENTS_FOREIGN_ISSUER', 'bank'],
  ['PAYMENTS_FOREIGN_JWKS_URI', 'ftp://bank.example'],
  ['PAYMENTS_FOREIGN_ALGORITHM', 'HS256'],
  ['PAYMENTS_LOG_LEVEL', 'loud'],
  ['PAYMENTS_LOG_FORMAT', 'xml'],
  ['PAYMENTS_LOG_REQUESTS', '2'],
  ['PAYMENTS_METRICS_PORT', '65536'],
  ['PAYMENTS_METRICS_PORT', 'x'],
  ['PAYMENTS_DRAIN_MS', '-1'],
  ['PAYMENTS_DRAIN_MS', '600001'],
  ['PAYMENTS_TRACE_PARENTS', '10.0.0.0'],
  ['PAYMENTS_TRACE_PARENTS', '10.0.0.0/33'],
  ['PAYMENTS_TRACE_RATIO', '1.5'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
];

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readPaymentsConfiguration(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('readPaymentsConfiguration', () => {
  it('has a default for everything, and trusts nobody else', () => {
    expect(readPaymentsConfiguration({})).toMatchObject({
      host: '127.0.0.1',
      port: 4003,
      issuer: 'http://127.0.0.1:4000',
      audience: 'http://127.0.0.1:4003',
      insecureHttp: false,
      stepUpLimitMinor: 10_000,
      foreign: undefined,
      revocations: undefined,
    });
  });

  it.each([
    ['100.00', 10_000],
    ['0.07', 7],
    ['250', 25_000],
    ['0', 0],
  ])('reads %s as %d of the minor unit', (text, minor) => {
    expect(readPaymentsConfiguration({ PAYMENTS_STEP_UP_LIMIT: text }).stepUpLimitMinor).toBe(
      minor,
    );
  });

  it.each(MALFORMED)('refuses %s=%s and names the variable', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} must be `)),
    ]);
  });

  it('has a row above for each variable that can be malformed', () => {
    const refused = Object.keys(PAYMENTS_VARIABLES).filter((name) =>
      problemsOf({ [name]: '\u0001' }).some((problem) => problem.startsWith(`${name} must be`)),
    );
    expect([...new Set(MALFORMED.map(([name]) => name))].sort()).toEqual(refused.sort());
  });

  it('reads its secret from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyward-payments-'));
    const path = join(folder, 'secret');
    writeFileSync(path, 'kws_of-a-test\n');
    const { revocations } = readPaymentsConfiguration({ PAYMENTS_CLIENT_SECRET_FILE: path });
    expect(revocations?.clientSecret).toBe('kws_of-a-test');
    rmSync(folder, { recursive: true });
  });

  it('lists every problem at once, and no value', () => {
    const problems = problemsOf({ PAYMENTS_PORT: 'sesame', PAYMENTS_ISSUER: 'y' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'PAYMENTS_PORT',
      'PAYMENTS_ISSUER',
    ]);
    expect(problems.join()).not.toContain('sesame');
  });
});

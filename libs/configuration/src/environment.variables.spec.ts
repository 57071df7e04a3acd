import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './configuration.error.js';
import { defaultsOf, readVariables } from './environment.variables.js';
import { flag, httpUrl, portNumber, redisUrl } from './variable.forms.js';

const SHAPE = {
  SHOP_PORT: portNumber.prefault('4005'),
  SHOP_URL: httpUrl.optional(),
  SHOP_REDIS_URL: redisUrl.optional(),
  SHOP_OPEN: flag,
  SHOP_SECRET: z.string('is missing'),
};
const RULES = {
  schema: z.object(SHAPE),
  secrets: ['SHOP_SECRET', 'SHOP_REDIS_URL'],
  findProblems: (present: Readonly<Record<string, string | undefined>>) =>
    present['SHOP_OPEN'] === 'true' && present['SHOP_URL'] === undefined
      ? ['SHOP_OPEN needs SHOP_URL']
      : [],
};

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readVariables(RULES, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('readVariables', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyward-variables-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads what is there, and falls back for what is absent or empty', () => {
    expect(readVariables(RULES, { SHOP_SECRET: 's', SHOP_URL: '', SHOP_PORT: '' })).toEqual({
      SHOP_PORT: 4005,
      SHOP_OPEN: false,
      SHOP_SECRET: 's',
    });
  });

  it('reads a secret from its file', () => {
    const path = join(folder, 'secret');
    writeFileSync(path, 's3cret\n');
    expect(readVariables(RULES, { SHOP_SECRET_FILE: path }).SHOP_SECRET).toBe('s3cret');
  });

  it.each([
    ['SHOP_PORT', 'http'],
    ['SHOP_PORT', '65536'],
    ['SHOP_PORT', '-1'],
    ['SHOP_URL', 'ftp://shop'],
    ['SHOP_URL', 'sesame'],
    ['SHOP_REDIS_URL', 'http://sesame'],
    ['SHOP_OPEN', 'sesame'],
  ])('refuses %s=%s by its name, and does not repeat it', (name, value) => {
    const problems = problemsOf({ SHOP_SECRET: 's', [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} must be `))]);
    expect(problems.join()).not.toContain('sesame');
  });

  it('lists everything at once: files, forms, and what goes together', () => {
    const file = join(folder, 'none');
    const environment = { SHOP_PORT: 'x', SHOP_OPEN: 'true', SHOP_SECRET_FILE: file };
    expect(problemsOf(environment)).toEqual([
      expect.stringMatching(/^SHOP_SECRET_FILE cannot be read: ENOENT/),
      'SHOP_PORT must be a port number',
      'SHOP_OPEN needs SHOP_URL',
    ]);
  });

  it('says that a secret stands in two places, and neither of them', () => {
    const problems = problemsOf({ SHOP_SECRET: 'sesame', SHOP_SECRET_FILE: '/sesame' });
    expect(problems).toEqual([
      'SHOP_SECRET and SHOP_SECRET_FILE exclude each other: one place is enough',
    ]);
  });

  it('knows its defaults as an operator would write them', () => {
    expect(defaultsOf(SHAPE)).toEqual({ SHOP_PORT: '4005', SHOP_OPEN: 'false' });
  });
});

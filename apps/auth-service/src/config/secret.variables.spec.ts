import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from './configuration.error.js';
import { parseEnvironment } from './environment.schema.js';

describe('a secret in a file', () => {
  let folder: string;
  const file = (text: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, text);
    return path;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyward-secret-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('stands for each variable that holds one', () => {
    const url = 'postgres://keyward:a-password@db/keyward';
    expect(parseEnvironment({ DATABASE_URL_FILE: file(url) }).DATABASE_URL).toBe(url);
  });

  it('is held to the rules of its variable, and quoted nowhere', () => {
    const parse = () => parseEnvironment({ AUTH_KEY_ENCRYPTION_KEY_FILE: file('not-a-key') });
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(/AUTH_KEY_ENCRYPTION_KEY must be 32 random bytes/);
    expect(parse).not.toThrow(/not-a-key/);
  });
});

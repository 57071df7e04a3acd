import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfiguration } from './configuration.check.js';
import { StartupError } from './startup.error.js';

describe('checkConfiguration', () => {
  it('accepts an empty environment', () => {
    expect(() => checkConfiguration({})).not.toThrow();
  });

  it('lists the problems of variables and bootstrap file together', () => {
    const directory = mkdtempSync(join(tmpdir(), 'keyward-configuration-'));
    const path = join(directory, 'bootstrap.json');
    writeFileSync(path, '{"resources":[],"clients":1}');
    try {
      checkConfiguration({ AUTH_PORT: 'x', AUTH_BOOTSTRAP_FILE: path });
      throw new Error('it was accepted');
    } catch (error) {
      expect(error).toBeInstanceOf(StartupError);
      expect((error as Error).message).toMatch(
        /^the configuration has problems:\n {2}- AUTH_PORT .+\n {2}- AUTH_BOOTSTRAP_FILE: clients/,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('says which file cannot be read', () => {
    expect(() => checkConfiguration({ AUTH_BOOTSTRAP_FILE: '/nowhere/bootstrap.json' })).toThrow(
      /AUTH_BOOTSTRAP_FILE cannot be read: ENOENT.+\/nowhere\/bootstrap\.json/,
    );
  });
});

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDevelopmentKey } from './development-key.file.js';

describe('loadDevelopmentKey', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keyward-key-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('makes a key of 32 bytes once, readable by its owner alone, and leaves nothing else', () => {
    const data = join(directory, 'new', 'data');
    const key = loadDevelopmentKey(data);
    expect(key).toHaveLength(32);
    expect(loadDevelopmentKey(data)).toEqual(key);
    expect(readdirSync(data)).toEqual(['key-encryption.key']);
    expect(statSync(join(data, 'key-encryption.key')).mode & 0o777).toBe(0o600);
  });

  it('takes a key that lies open out of sight again', () => {
    const path = join(directory, 'key-encryption.key');
    writeFileSync(path, Buffer.alloc(32, 1).toString('base64url'), { mode: 0o644 });
    expect(loadDevelopmentKey(directory)).toEqual(Buffer.alloc(32, 1));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('refuses a file that holds no key, instead of making another', () => {
    writeFileSync(join(directory, 'key-encryption.key'), 'short');
    expect(() => loadDevelopmentKey(directory)).toThrow(/does not hold a key/);
  });
});

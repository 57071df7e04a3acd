import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecret } from './secret.file.js';

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

  it.each([
    ['alone', 's3cret'],
    ['with the line break that editors leave', 's3cret\n'],
    ['with that of Windows', 's3cret\r\n'],
  ])('is its text, %s', (_case, text) => {
    expect(readSecret({ X_FILE: file(text) }, 'X')).toEqual({ value: 's3cret' });
  });

  it('is one text in one place', () => {
    const { problem } = readSecret({ X: 'a', X_FILE: file('b') }, 'X');
    expect(problem).toBe('X and X_FILE exclude each other: one place is enough');
    expect(readSecret({ X: '', X_FILE: file('b') }, 'X')).toEqual({ value: 'b' });
    expect(readSecret({ X: 'a', X_FILE: '' }, 'X')).toEqual({ value: 'a' });
    expect(readSecret({}, 'X')).toEqual({});
  });

  it.each([
    ['that does not exist', () => join(folder, 'none'), /^X_FILE cannot be read: ENOENT/],
    ['that is a folder', () => folder, /^X_FILE is no file$/],
    ['that is a device', () => '/dev/zero', /^X_FILE is no file$/],
    ['that is empty', () => file('\n'), /^X_FILE is empty$/],
    ['that is no secret', () => file('x'.repeat(65_537)), /^X_FILE is larger than 65536 bytes$/],
  ])('is not read from a file %s', (_case, path, expected) => {
    expect(readSecret({ X_FILE: path() }, 'X').problem).toMatch(expected);
  });
});

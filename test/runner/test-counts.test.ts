import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addUpCounts, clearCounts, readCounts } from './test-counts.js';

describe('the counts of a run', () => {
  let workspace: string;
  const leave = (project: string, counts: object) => {
    mkdirSync(join(workspace, project, 'test-output'), { recursive: true });
    writeFileSync(join(workspace, project, 'test-output', 'counts.json'), JSON.stringify(counts));
  };
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'keyward-counts-'));
    writeFileSync(join(workspace, 'package.json'), '{"workspaces":["apps/*","libs/*","test"]}');
    for (const project of ['apps/one', 'apps/two', 'libs/three', 'test', 'other']) {
      mkdirSync(join(workspace, project), { recursive: true });
    }
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  it('are the sum over the projects that ran', () => {
    leave('apps/one', { passed: 1, failed: 2, skipped: 3, skippedSuites: ['a'] });
    leave('test', { passed: 10, failed: 20, skipped: 30, skippedSuites: ['b', 'c'] });
    leave('other', { passed: 100, failed: 0, skipped: 0, skippedSuites: [] });
    expect(addUpCounts(readCounts(workspace))).toEqual({
      passed: 11,
      failed: 22,
      skipped: 33,
      skippedSuites: ['a', 'b', 'c'],
    });
  });

  it('are zero where none ran, whatever ran before', () => {
    leave('apps/two', { passed: 1, failed: 2, skipped: 3, skippedSuites: [] });
    clearCounts(workspace);
    expect(existsSync(join(workspace, 'apps/two/test-output'))).toBe(true);
    expect(addUpCounts(readCounts(workspace))).toEqual({
      passed: 0,
      failed: 0,
      skipped: 0,
      skippedSuites: [],
    });
  });
});

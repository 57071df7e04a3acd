import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAgain } from './second-run.js';

const GREEN = { passed: 5, failed: 0, skipped: 0, skippedSuites: [], failedFiles: [] };
const file = (name: string) => ({ file: name, passed: 2, failed: 1, skipped: 0 });
const red = (...names: string[]) => ({
  passed: 10,
  failed: names.length,
  skipped: 1,
  skippedSuites: [],
  failedFiles: names.map(file),
});

describe('a second run of what failed', () => {
  let workspace: string;
  const leave = (project: string, counts: object) => {
    mkdirSync(join(workspace, project, 'test-output'), { recursive: true });
    writeFileSync(join(workspace, project, 'test-output', 'counts.json'), JSON.stringify(counts));
  };
  /** Alone every file passes, but those named. */
  const runner = (...broken: string[]) => {
    const runs: string[] = [];
    const run = async (_project: string, name: string) => {
      runs.push(name);
      const fails = broken.includes(name);
      leave('apps/one', { ...(fails ? red(name) : { ...GREEN, passed: 3 }) });
      return fails ? 1 : 0;
    };
    return { run, runs };
  };
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'keyward-second-run-'));
    writeFileSync(join(workspace, 'package.json'), '{"workspaces":["apps/*","test"]}');
    for (const project of ['apps/one', 'test']) {
      mkdirSync(join(workspace, project), { recursive: true });
      writeFileSync(join(workspace, project, 'jest.config.mjs'), '');
    }
    leave('test', GREEN);
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  it('takes the place of what was disturbed, and names it', async () => {
    leave('apps/one', red('a.spec.ts', 'b.spec.ts'));
    const { run, runs } = runner();
    const again = await runAgain(workspace, run);
    expect(runs).toEqual(['a.spec.ts', 'b.spec.ts']);
    expect(again?.disturbed).toEqual(
      ['a.spec.ts', 'b.spec.ts'].map((name) => join(workspace, 'apps/one', name)),
    );
    expect(again?.counts).toMatchObject([
      { passed: 12, failed: 0, skipped: 1 },
      { passed: 5, failed: 0 },
    ]);
  });

  it('leaves what is broken broken', async () => {
    leave('apps/one', red('a.spec.ts', 'b.spec.ts'));
    const again = await runAgain(workspace, runner('b.spec.ts').run);
    expect(again?.disturbed).toEqual([join(workspace, 'apps/one', 'a.spec.ts')]);
    expect(again?.counts[0]).toMatchObject({ passed: 11, failed: 1 });
  });

  it('trusts no exit code that says otherwise than the counts', async () => {
    leave('apps/one', red('a.spec.ts'));
    const run = async () => {
      leave('apps/one', GREEN);
      return 1;
    };
    expect((await runAgain(workspace, run))?.counts[0]).toMatchObject({ failed: 1 });
  });

  it('is not asked where a project has no counts, where nothing or where much failed', async () => {
    const { run, runs } = runner();
    leave('apps/one', GREEN);
    expect(await runAgain(workspace, run)).toBeNull();
    leave('apps/one', red(...Array.from({ length: 7 }, (_, index) => `${index}.spec.ts`)));
    expect(await runAgain(workspace, run)).toBeNull();
    leave('apps/one', red('a.spec.ts'));
    rmSync(join(workspace, 'test/test-output'), { recursive: true });
    expect(await runAgain(workspace, run)).toBeNull();
    expect(runs).toEqual([]);
  });
});

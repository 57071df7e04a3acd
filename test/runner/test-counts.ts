/** Adds up the counts that every project's tests leave in `test-output/counts.json`. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The tests of a run by their outcome. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The full titles of the suites of which a test was skipped. */
  readonly skippedSuites: readonly string[];
}

/** Removes the counts of earlier runs, so that only a project that takes part in this one has any. */
export function clearCounts(workspace: string): void {
  for (const file of countFiles(workspace)) rmSync(file, { force: true });
}

/** What one project's tests have left. */
export interface ProjectCounts extends TestCounts {
  /** The project's folder. */
  readonly project: string;
  readonly failedFiles: readonly FailedFile[];
}

/** A test file in which something failed. */
export interface FailedFile {
  /** Relative to the project. */
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The projects that have counts. */
export function readCounts(workspace: string): ProjectCounts[] {
  return countFiles(workspace)
    .filter((file) => existsSync(file))
    .map((file) => ({
      ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<ProjectCounts, 'project'>),
      project: dirname(dirname(file)),
    }));
}

/** The folders of the projects that have tests. */
export function testProjects(workspace: string): string[] {
  return projectFolders(workspace).filter((project) =>
    existsSync(join(project, 'jest.config.mjs')),
  );
}

/** The sum over all projects. */
export function addUpCounts(counts: readonly TestCounts[]): TestCounts {
  return counts.reduce<TestCounts>(
    (sum, { passed, failed, skipped, skippedSuites }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
      skippedSuites: [...sum.skippedSuites, ...skippedSuites],
    }),
    { passed: 0, failed: 0, skipped: 0, skippedSuites: [] },
  );
}

function countFiles(workspace: string): string[] {
  return projectFolders(workspace).map((project) => join(project, 'test-output', 'counts.json'));
}

function projectFolders(workspace: string): string[] {
  const manifest = readFileSync(join(workspace, 'package.json'), 'utf8');
  const { workspaces } = JSON.parse(manifest) as { workspaces: string[] };
  return workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [join(workspace, pattern)];
    const parent = join(workspace, pattern.slice(0, -2));
    return readdirSync(parent).map((name) => join(parent, name));
  });
}

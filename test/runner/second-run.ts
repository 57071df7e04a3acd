/**
 * Tells a test that is broken from one that a crowded machine disturbed: the files that failed run once more,
 * one at a time, with nothing beside them. What passes then is named loudly and is a bug to be mended all the same.
 */
import { join } from 'node:path';
import { type ProjectCounts, readCounts, testProjects } from './test-counts.js';

/** More files than this are no disturbance. */
const MAX_FILES = 6;

/** Runs one test file of a project, which leaves the counts of that run. */
export type RunFile = (project: string, file: string) => Promise<number>;

/** What came out of both runs together. */
export interface SecondRun {
  readonly counts: readonly ProjectCounts[];
  /** Files that failed in the crowd and passed alone. */
  readonly disturbed: readonly string[];
}

/**
 * Null where a second run could prove nothing: too much failed, or something that is no test.
 *
 * @param workspace its projects' counts are those of the first run
 */
export async function runAgain(workspace: string, runFile: RunFile): Promise<SecondRun | null> {
  const first = readCounts(workspace);
  // A project without counts did not get as far as to have any.
  const isWhole = testProjects(workspace).length === first.length;
  const count = first.reduce((sum, { failedFiles }) => sum + failedFiles.length, 0);
  if (!isWhole || count === 0 || count > MAX_FILES) return null;
  const counts: ProjectCounts[] = [];
  const disturbed: string[] = [];
  for (const project of first) {
    let sum = project;
    for (const failed of project.failedFiles) {
      const exitCode = await runFile(project.project, failed.file);
      const alone = readCounts(workspace).find((one) => one.project === project.project);
      if (alone === undefined || exitCode !== 0 || alone.failed > 0) continue;
      disturbed.push(join(project.project, failed.file));
      sum = {
        ...sum,
        passed: sum.passed - failed.passed + alone.passed,
        failed: sum.failed - failed.failed,
        skipped: sum.skipped - failed.skipped + alone.skipped,
      };
    }
    counts.push(sum);
  }
  return { counts, disturbed };
}

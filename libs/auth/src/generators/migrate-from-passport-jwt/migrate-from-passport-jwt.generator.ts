/** `nx g @keyward/auth:migrate-from-passport-jwt <project>`: AuthModule in place of a passport-jwt strategy. */
import {
  addDependenciesToPackageJson,
  formatFiles,
  logger,
  removeDependenciesFromPackageJson,
  runTasksInSerial,
  visitNotIgnoredFiles,
  type GeneratorCallback,
  type Tree,
} from '@nx/devkit';
import { libraryRange } from '../library-version.js';
import { NestProject } from '../nest-project.js';
import { dropUnusedImports } from '../unused-imports.js';
import { passportStrategies, type PassportStrategy } from './passport-strategy.js';
import { rewriteRegistrations } from './registrations.js';
import { writeTrust } from './trust.writer.js';
import { userReads } from './user-reads.js';

/** What the generator is asked for; see its schema. */
export interface MigrateOptions {
  readonly project: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly skipFormat?: boolean;
}

/** What came of one strategy. */
interface Outcome {
  readonly strategy: string;
  /** Why it stays as it is; empty where it was replaced. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

const REPLACEMENT = 'accessTokenModule';
const REPLACED = ['passport-jwt', 'jwks-rsa', '@types/passport-jwt'];

/**
 * Replaces each strategy that it understands as a whole, and leaves every other one untouched, with
 * the reasons in the log. Run again, it finds nothing more to do.
 */
export async function migrateFromPassportJwtGenerator(
  tree: Tree,
  options: MigrateOptions,
): Promise<GeneratorCallback> {
  const project = new NestProject(tree, options.project);
  const strategies = passportStrategies(project);
  if (strategies.length === 0) {
    logger.info(`${project.name} has no strategy of passport-jwt: nothing to migrate.`);
    return () => undefined;
  }
  const outcomes = strategies.map((strategy) => migrate(project, strategy, options, strategies));
  const isReplaced = outcomes.some(({ problems }) => problems.length === 0);
  const install = isReplaced ? [updateDependencies(project)] : [];
  if (options.skipFormat !== true) await formatFiles(tree);
  const userClaims = new Map(strategies.flatMap((one) => [...one.userClaims]));
  report(outcomes, isReplaced ? userReads(project, userClaims) : []);
  return runTasksInSerial(...install);
}

export default migrateFromPassportJwtGenerator;

function migrate(
  project: NestProject,
  strategy: PassportStrategy,
  options: MigrateOptions,
  all: readonly PassportStrategy[],
): Outcome {
  const { path, className, declaration } = strategy;
  const edits = project.read(path);
  const text = edits.source.text;
  const alias = /\bAuthModule\b/.test(text) ? 'KeywardAuthModule' : 'AuthModule';
  const trust = writeTrust(strategy, options, alias);
  const registrations = rewriteRegistrations(project, strategy, REPLACEMENT);
  const problems = [...strategy.problems, ...trust.problems, ...registrations.problems];
  if (all.length > 1) problems.push('the project has another strategy of passport-jwt');
  const notes = [...strategy.notes, ...trust.notes];
  const outcome = { strategy: `${path}: ${className}`, problems, notes };
  if (problems.length > 0) return outcome;
  // With what the class says of itself.
  edits.replace(declaration.getStart(undefined, true), declaration.end, trust.text);
  edits.importNamed('AuthModule', '@keyward/auth', alias);
  if (trust.usesConfigModule) edits.importNamed('ConfigModule', '@nestjs/config');
  project.tree.write(path, dropUnusedImports(path, text, edits.apply()));
  for (const [changed, content] of registrations.files) project.tree.write(changed, content);
  for (const test of project.tests) {
    if (new RegExp(`\\b${className}\\b`).test(project.tree.read(test, 'utf8') ?? '')) {
      notes.push(`${test} still names ${className}`);
    }
  }
  return outcome;
}

function updateDependencies({ tree, packageJson }: NestProject): GeneratorCallback {
  const sources: string[] = [];
  visitNotIgnoredFiles(tree, '.', (path) => {
    if (/\.[cm]?[jt]s$/.test(path)) sources.push(tree.read(path, 'utf8') ?? '');
  });
  const unused = REPLACED.filter((name) => {
    const imported = new RegExp(`['"]${name.replace('@types/', '')}['"]`);
    return !sources.some((source) => imported.test(source));
  });
  const files = [...new Set([packageJson, 'package.json'])];
  return runTasksInSerial(
    addDependenciesToPackageJson(tree, { '@keyward/auth': libraryRange() }, {}, packageJson, true),
    ...files.map((file) => removeDependenciesFromPackageJson(tree, unused, unused, file)),
  );
}

function report(outcomes: readonly Outcome[], reads: readonly string[]): void {
  for (const { strategy, problems, notes } of outcomes) {
    if (problems.length > 0) {
      logger.warn([`Not migrated: ${strategy}`, ...problems.map(indent)].join('\n'));
      continue;
    }
    logger.info(
      [
        `Migrated: ${strategy} is ${REPLACEMENT} of the same file`,
        ...notes.map(indent),
        indent('a refusal has the body and the challenge of RFC 6750'),
        indent('passport has to be 0.7, as in @keyward/auth, or AuthGuard looks in another one'),
      ].join('\n'),
    );
  }
  if (reads.length === 0) return;
  logger.warn(
    ['request.user is a Principal now. To be changed by you:', ...reads.map(indent)].join('\n'),
  );
}

function indent(line: string): string {
  return `  ${line}`;
}

/** `nx g @keyward/auth:resource-server <project>`: protects a NestJS application that is there. */
import { fileURLToPath } from 'node:url';
import {
  addDependenciesToPackageJson,
  formatFiles,
  generateFiles,
  joinPathFragments,
  logger,
  OverwriteStrategy,
  type GeneratorCallback,
  type Tree,
} from '@nx/devkit';
import { posix } from 'node:path';
import ts from 'typescript';
import { libraryRange } from '../library-version.js';
import { NestProject } from '../nest-project.js';
import { decoratorObject } from '../source-edits.js';
import { undecidedHandlers } from './undecided-handlers.js';

/** What the generator is asked for; see its schema. */
export interface ResourceServerOptions {
  readonly project: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly module?: string;
  readonly skipFormat?: boolean;
}

const MODULE = 'ResourceServerModule';
const FILES = fileURLToPath(new URL('../../../generators/resource-server/files', import.meta.url));

/**
 * Adds a module, its configuration, an example controller and a test in `auth/`, and imports the
 * module where the application begins. Files that are there stay as they are, so that it can be run again.
 *
 * @throws Error, before anything is written, where the application's root module cannot be found
 */
export async function resourceServerGenerator(
  tree: Tree,
  options: ResourceServerOptions,
): Promise<GeneratorCallback> {
  const project = new NestProject(tree, options.project);
  const folder = joinPathFragments(project.sourceRoot, 'auth');
  const wired = wireRootModule(project, folder, options.module);
  generateFiles(
    tree,
    FILES,
    folder,
    {
      extension: project.importExtension,
      fastify: project.uses('FastifyAdapter'),
      vitest: project.has('vitest.config.ts', 'vitest.config.mts', 'vite.config.ts'),
    },
    { overwriteStrategy: OverwriteStrategy.KeepExisting },
  );
  tree.write(wired.path, wired.text);
  const unset = writeEnvironment(project, options);
  const install = addDependenciesToPackageJson(
    tree,
    { '@keyward/auth': libraryRange() },
    {},
    project.packageJson,
    true,
  );
  if (options.skipFormat !== true) await formatFiles(tree);
  report(new NestProject(tree, options.project), unset);
  return install;
}

export default resourceServerGenerator;

function wireRootModule(
  project: NestProject,
  folder: string,
  module?: string,
): { path: string; text: string } {
  const { path, className } = project.rootModule(module);
  const edits = project.read(path);
  const declaration = edits.source.statements
    .filter(ts.isClassDeclaration)
    .find(({ name }) => name?.text === className);
  const metadata = declaration && decoratorObject(declaration, 'Module');
  if (metadata === undefined || !edits.addToArray(metadata, 'imports', MODULE)) {
    throw new Error(
      `${path}: ${className} has no list of imports that ${MODULE} could be added to`,
    );
  }
  const from = posix.relative(posix.dirname(path), `${folder}/resource-server.module`);
  const specifier = from.startsWith('.') ? from : `./${from}`;
  edits.importNamed(MODULE, `${specifier}${project.importExtension}`);
  return { path, text: edits.apply() };
}

/** Adds to the project's .env what was given and is not there; names what is set nowhere. */
function writeEnvironment(project: NestProject, options: ResourceServerOptions): string[] {
  const path = joinPathFragments(project.root, '.env');
  let text = project.tree.read(path, 'utf8') ?? '';
  const unset: string[] = [];
  for (const [name, value] of [
    ['AUTH_ISSUER', options.issuer],
    ['AUTH_AUDIENCE', options.audience],
  ] as const) {
    if (new RegExp(`^(export )?${name}=`, 'm').test(text)) continue;
    if (value === undefined) unset.push(name);
    else text += `${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
  }
  if (text !== (project.tree.read(path, 'utf8') ?? '')) project.tree.write(path, text);
  return unset;
}

function report(project: NestProject, unset: readonly string[]): void {
  if (unset.length > 0) {
    logger.warn(
      `Set ${unset.join(' and ')} in the environment: without, ${project.name} does not start.`,
    );
  }
  const undecided = undecidedHandlers(project);
  if (undecided.length === 0) return;
  logger.warn(
    [
      `Say of these handlers who may call them, or ${project.name} does not start`,
      '(@Scopes, @AnyScope, @Roles, @Authenticated or @Public, on the handler or its controller):',
      ...undecided.map((handler) => `  ${handler}`),
    ].join('\n'),
  );
}

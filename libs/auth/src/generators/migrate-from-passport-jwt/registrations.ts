/** The modules that provide a strategy, rewritten to import what takes its place. */
import ts from 'typescript';
import { type NestProject } from '../nest-project.js';
import { decoratorObject, findAll, moduleOf, type SourceEdits } from '../source-edits.js';
import { dropUnusedImports } from '../unused-imports.js';
import { type PassportStrategy } from './passport-strategy.js';

/** The files that change, by path, or why none can. */
export interface RewrittenRegistrations {
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

const LISTS = new Set(['providers', 'exports']);

/** Takes the strategy out of `providers` and `exports`, and adds `replacement` to `imports`. */
export function rewriteRegistrations(
  project: NestProject,
  { path, className }: PassportStrategy,
  replacement: string,
): RewrittenRegistrations {
  const files = new Map<string, string>();
  const problems: string[] = [];
  for (const candidate of project.sources) {
    if (candidate === path || !project.tree.read(candidate, 'utf8')?.includes(className)) continue;
    const edits = project.read(candidate);
    const specifier = findAll(edits.source, ts.isImportSpecifier).find(
      ({ name }) => name.text === className,
    );
    const from = specifier && moduleOf(specifier.parent.parent.parent);
    if (specifier === undefined) {
      if (findAll(edits.source, ts.isExportSpecifier).some(({ name }) => name.text === className))
        problems.push(`${candidate} exports it again`);
      continue;
    }
    if (project.fileOf(candidate, from ?? '') !== path) {
      if (from !== 'passport-jwt') problems.push(`${candidate} imports it by way of ${from}`);
      continue;
    }
    if (!rewriteModule(edits, className, replacement)) {
      problems.push(`${candidate} uses it elsewhere than in a module's providers and exports`);
      continue;
    }
    edits.replaceNode(specifier, replacement);
    const before = edits.source.text;
    files.set(candidate, dropUnusedImports(candidate, before, edits.apply()));
  }
  if (files.size === 0 && problems.length === 0) problems.push('no module provides it');
  return { files, problems };
}

function rewriteModule(edits: SourceEdits, className: string, replacement: string): boolean {
  const uses = findAll(edits.source, ts.isIdentifier).filter(
    (one) => one.text === className && !ts.isImportSpecifier(one.parent),
  );
  const modules = new Set<ts.ObjectLiteralExpression>();
  for (const use of uses) {
    const list = use.parent;
    const property = list.parent;
    const object = property?.parent;
    if (
      !ts.isArrayLiteralExpression(list) ||
      !ts.isPropertyAssignment(property) ||
      !LISTS.has(property.name.getText()) ||
      !isModuleMetadata(object)
    ) {
      return false;
    }
    edits.removeFromArray(list, use);
    modules.add(object);
  }
  return [...modules].every((module) => edits.addToArray(module, 'imports', replacement));
}

function isModuleMetadata(node: ts.Node): node is ts.ObjectLiteralExpression {
  const declaration = node.parent?.parent?.parent;
  return (
    ts.isObjectLiteralExpression(node) &&
    declaration !== undefined &&
    ts.isClassDeclaration(declaration) &&
    decoratorObject(declaration, 'Module') === node
  );
}

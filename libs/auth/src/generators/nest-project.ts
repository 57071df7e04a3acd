/** A NestJS application as the generators find it: its sources, root module and conventions. */
import { posix } from 'node:path';
import {
  joinPathFragments,
  readJson,
  readProjectConfiguration,
  visitNotIgnoredFiles,
  type Tree,
} from '@nx/devkit';
import ts from 'typescript';
import { findAll, moduleOf, SourceEdits } from './source-edits.js';

/** A class in a file. */
export interface NamedClass {
  readonly path: string;
  readonly className: string;
}

/** One project of the workspace. Paths are from the root of the workspace. */
export class NestProject {
  readonly root: string;
  readonly sourceRoot: string;
  /** Every TypeScript source that is not a test. */
  readonly sources: readonly string[];
  /** Every test. */
  readonly tests: readonly string[];

  /** @throws Error where there is no such project */
  constructor(
    readonly tree: Tree,
    readonly name: string,
  ) {
    const { root, sourceRoot } = readProjectConfiguration(tree, name);
    this.root = root;
    this.sourceRoot = sourceRoot ?? joinPathFragments(root, 'src');
    const files: string[] = [];
    visitNotIgnoredFiles(tree, this.sourceRoot, (path) => {
      if (/\.[cm]?ts$/.test(path) && !path.endsWith('.d.ts')) files.push(joinPathFragments(path));
    });
    this.sources = files.filter((path) => !isTest(path)).toSorted();
    this.tests = files.filter(isTest).toSorted();
  }

  read(path: string): SourceEdits {
    return new SourceEdits(path, this.tree.read(path, 'utf8') ?? '');
  }

  /** What relative imports end in: `.js` in ES modules, nothing elsewhere. */
  get importExtension(): '' | '.js' {
    const relative = this.sources.flatMap((path) =>
      this.read(path).source.statements.filter(ts.isImportDeclaration).map(moduleOf),
    );
    const local = relative.filter((from) => from?.startsWith('.'));
    if (local.length > 0) return local.some((from) => from?.endsWith('.js')) ? '.js' : '';
    return readJson(this.tree, this.packageJson).type === 'module' ? '.js' : '';
  }

  /** The package.json that holds the project's dependencies. */
  get packageJson(): string {
    const own = joinPathFragments(this.root, 'package.json');
    return this.tree.exists(own) ? own : 'package.json';
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => this.tree.exists(joinPathFragments(this.root, name)));
  }

  uses(text: string): boolean {
    return this.sources.some((path) => this.tree.read(path, 'utf8')?.includes(text));
  }

  /**
   * The module that the application is made of.
   *
   * @param module its file, from the project's root, where it is known
   * @throws Error where it cannot be found, or more than one is
   */
  rootModule(module?: string): NamedClass {
    if (module !== undefined) return this.#onlyModuleOf(joinPathFragments(this.root, module));
    const found = new Map<string, NamedClass>();
    for (const path of this.sources) {
      for (const className of applicationModules(this.read(path).source)) {
        const from = this.resolve(path, className);
        if (from !== undefined) found.set(`${from}#${className}`, { path: from, className });
      }
    }
    const [only, ...others] = found.values();
    if (only === undefined || others.length > 0) {
      const what = only === undefined ? 'no root module' : 'more than one root module';
      throw new Error(
        `${what} found by NestFactory.create in ${this.sourceRoot}: name its file with --module`,
      );
    }
    return only;
  }

  /** The file that declares what `path` knows under `name`. */
  resolve(path: string, name: string): string | undefined {
    for (const statement of this.read(path).source.statements) {
      if (ts.isClassDeclaration(statement) && statement.name?.text === name) return path;
      if (!ts.isImportDeclaration(statement)) continue;
      const bindings = statement.importClause?.namedBindings;
      if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
      if (bindings.elements.some((element) => element.name.text === name)) {
        return this.fileOf(path, moduleOf(statement) ?? '');
      }
    }
    return undefined;
  }

  /** The file that a relative import leads to. */
  fileOf(path: string, from: string): string | undefined {
    if (!from.startsWith('.')) return undefined;
    const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '');
    return [`${target}.ts`, `${target}/index.ts`, target].find(
      (candidate) => this.tree.exists(candidate) && this.tree.isFile(candidate),
    );
  }

  #onlyModuleOf(path: string): NamedClass {
    const names = this.read(path)
      .source.statements.filter(ts.isClassDeclaration)
      .filter((one) => ts.getDecorators(one)?.some((it) => it.getText().startsWith('@Module(')))
      .map(({ name }) => name?.text);
    const [className, ...others] = names;
    if (className === undefined || others.length > 0) {
      throw new Error(`${path} does not hold one class with @Module`);
    }
    return { path, className };
  }
}

function applicationModules(source: ts.SourceFile): string[] {
  return findAll(source, ts.isCallExpression)
    .filter(({ expression }) => /^NestFactory\.create\w*$/.test(expression.getText()))
    .flatMap(({ arguments: [module] }) =>
      module !== undefined && ts.isIdentifier(module) ? [module.text] : [],
    );
}

function isTest(path: string): boolean {
  return /\.(spec|test|e2e-spec)\.[cm]?ts$/.test(path);
}

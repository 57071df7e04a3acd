/** Edits of one TypeScript source: found in its syntax tree, made in its text, so that the rest stays. */
import ts from 'typescript';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Gathers edits by positions of the original text, and applies them all at once. */
export class SourceEdits {
  readonly source: ts.SourceFile;
  readonly #edits: Edit[] = [];
  readonly #newImports = new Set<string>();

  constructor(
    readonly path: string,
    text: string,
  ) {
    this.source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  /** Replaces a node; comments before it stay. */
  replaceNode(node: ts.Node, text: string): void {
    this.replace(node.getStart(), node.end, text);
  }

  /** Imports a value by its name, where it is not imported already. */
  importNamed(name: string, from: string, alias = name): void {
    const imports = this.source.statements.filter(ts.isImportDeclaration);
    const same = imports.filter((declaration) => moduleOf(declaration) === from);
    const elements = same.flatMap(namedElements);
    const isThere = elements.some((element) => element.name.text === alias);
    if (isThere || this.#newImports.has(alias)) return;
    this.#newImports.add(alias);
    const specifier = alias === name ? name : `${name} as ${alias}`;
    const last = elements.at(-1);
    if (last !== undefined) {
      this.replace(last.end, last.end, `, ${specifier}`);
      return;
    }
    const position = imports.at(-1)?.end ?? 0;
    const line = `import { ${specifier} } from '${from}';`;
    this.replace(position, position, position === 0 ? `${line}\n` : `\n${line}`);
  }

  /** Adds an element to a property's array; says whether the property is one that can be added to. */
  addToArray(object: ts.ObjectLiteralExpression, property: string, element: string): boolean {
    const found = object.properties.find(({ name }) => name?.getText() === property);
    if (found === undefined) {
      const start = object.getStart() + 1;
      this.replace(start, start, ` ${property}: [${element}], `);
      return true;
    }
    if (!ts.isPropertyAssignment(found)) return false;
    const array = found.initializer;
    if (!ts.isArrayLiteralExpression(array)) return false;
    if (array.elements.some((one) => one.getText() === element)) return true;
    const last = array.elements.at(-1);
    const position = last?.end ?? array.getStart() + 1;
    this.replace(position, position, last === undefined ? element : `, ${element}`);
    return true;
  }

  /** Takes an element and its comma out of an array. */
  removeFromArray(array: ts.ArrayLiteralExpression, element: ts.Expression): void {
    const index = array.elements.indexOf(element);
    const next = array.elements[index + 1];
    const previous = array.elements[index - 1];
    if (next !== undefined) this.replace(element.pos, next.pos, '');
    else this.replace(previous?.end ?? element.pos, element.end, '');
  }

  /** The text with every edit. Edits at one place come in the order in which they were made. */
  apply(): string {
    let text = '';
    let position = 0;
    for (const { start, end, text: inserted } of this.#edits.toSorted(
      (a, b) => a.start - b.start,
    )) {
      text += this.source.text.slice(position, start) + inserted;
      position = end;
    }
    return text + this.source.text.slice(position);
  }
}

/** The module that an import or export names. */
export function moduleOf(node: ts.ImportDeclaration | ts.JSDocImportTag): string | undefined {
  const specifier = node.moduleSpecifier;
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

/** The names in the braces of an import of values. */
export function namedElements(declaration: ts.ImportDeclaration): readonly ts.ImportSpecifier[] {
  const bindings = declaration.importClause?.namedBindings;
  if (bindings === undefined || declaration.importClause?.isTypeOnly) return [];
  return ts.isNamedImports(bindings) ? bindings.elements : [];
}

/** Every node below, in the order of the text. */
export function* descendants(node: ts.Node): Generator<ts.Node> {
  for (const child of node.getChildren()) {
    yield child;
    yield* descendants(child);
  }
}

/** Every node of one kind below. */
export function findAll<T extends ts.Node>(
  node: ts.Node,
  is: (candidate: ts.Node) => candidate is T,
): T[] {
  return [...descendants(node)].filter(is);
}

/** The object that a decorator of a class is given: `@Module({ ... })`. */
export function decoratorObject(
  declaration: ts.ClassDeclaration,
  decorator: string,
): ts.ObjectLiteralExpression | undefined {
  for (const { expression } of ts.getDecorators(declaration) ?? []) {
    if (!ts.isCallExpression(expression) || expression.expression.getText() !== decorator) continue;
    const argument = expression.arguments[0];
    if (argument !== undefined && ts.isObjectLiteralExpression(argument)) return argument;
  }
  return undefined;
}

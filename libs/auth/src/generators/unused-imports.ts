/** Imports that an edit left without use. */
import ts from 'typescript';
import { findAll, SourceEdits } from './source-edits.js';

/** Takes out the imports of `text` that nothing uses and that something used in `before`. */
export function dropUnusedImports(path: string, before: string, text: string): string {
  const edits = new SourceEdits(path, text);
  const usedBefore = usedNames(new SourceEdits(path, before).source);
  const used = usedNames(edits.source);
  const isDropped = (name: ts.Identifier): boolean =>
    !used.has(name.text) && usedBefore.has(name.text);
  for (const declaration of edits.source.statements.filter(ts.isImportDeclaration)) {
    const clause = declaration.importClause;
    const bindings = clause?.namedBindings;
    if (clause === undefined) continue;
    const elements = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
    const names = [
      ...(clause.name ? [clause.name] : []),
      ...(bindings !== undefined && ts.isNamespaceImport(bindings) ? [bindings.name] : []),
      ...elements.map(({ name }) => name),
    ];
    if (names.length > 0 && names.every(isDropped)) {
      const rest = edits.source.text.slice(declaration.end);
      const lineEnd = /^[ \t]*\r?\n/.exec(rest)?.[0].length ?? 0;
      edits.replace(declaration.getStart(), declaration.end + lineEnd, '');
    } else if (bindings !== undefined && elements.some(({ name }) => isDropped(name))) {
      const kept = elements.filter(({ name }) => !isDropped(name)).map((one) => one.getText());
      edits.replaceNode(bindings, `{ ${kept.join(', ')} }`);
    }
  }
  return edits.apply();
}

function usedNames(source: ts.SourceFile): ReadonlySet<string> {
  const statements = source.statements.filter((statement) => !ts.isImportDeclaration(statement));
  return new Set(
    statements.flatMap((statement) => findAll(statement, ts.isIdentifier)).map(({ text }) => text),
  );
}

/** Expressions of a configuration, rewritten so that what is not set throws and is never left out. */
import ts from 'typescript';
import { descendants } from '../source-edits.js';
import { type Dependency } from './passport-strategy.js';

/** The expression, with whatever may be undefined replaced by what throws then. */
export function safeText(
  expression: ts.Expression | undefined,
  dependencies: readonly Dependency[],
): string | undefined {
  if (expression === undefined) return undefined;
  const base = expression.getStart();
  let text = expression.getText();
  const replacements = [expression, ...descendants(expression)]
    .flatMap((node) => replacementOf(node, dependencies))
    .toSorted((a, b) => b.node.getStart() - a.node.getStart());
  for (const { node, text: replacement } of replacements) {
    text = text.slice(0, node.getStart() - base) + replacement + text.slice(node.end - base);
  }
  return text;
}

function replacementOf(
  node: ts.Node,
  dependencies: readonly Dependency[],
): { node: ts.Node; text: string }[] {
  const isAccess = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
  const variable = isAccess && /^process\.env(?:\.(\w+)|\[['"](\w+)['"]\])$/.exec(node.getText());
  if (variable && !hasDefault(node)) {
    const whole = ts.isNonNullExpression(node.parent) ? node.parent : node;
    return [{ node: whole, text: `environment('${variable[1] ?? variable[2]}')` }];
  }
  const isGet =
    ts.isPropertyAccessExpression(node) &&
    node.name.text === 'get' &&
    dependencies.some(
      ({ name, token }) => name === node.expression.getText() && token === 'ConfigService',
    );
  if (!isGet || !ts.isCallExpression(node.parent) || node.parent.arguments.length !== 1) return [];
  return hasDefault(node.parent) ? [] : [{ node: node.name, text: 'getOrThrow' }];
}

function hasDefault({ parent }: ts.Node): boolean {
  if (!ts.isBinaryExpression(parent)) return false;
  return ['??', '||'].includes(parent.operatorToken.getText());
}

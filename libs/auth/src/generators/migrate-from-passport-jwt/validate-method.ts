/** What a strategy's `validate` makes of the payload, where that is all that it does. */
import ts from 'typescript';
import { descendants } from '../source-edits.js';

/**
 * Which claim each member of the user is: empty where the user is the payload itself, or where there
 * is no `validate`. Undefined where it does more, such as looking the person up: that is a rule of the
 * application, and must not get lost.
 */
export function claimsOfUser(declaration: ts.ClassDeclaration): Map<string, string> | undefined {
  const method = declaration.members
    .filter(ts.isMethodDeclaration)
    .find(({ name }) => name.getText() === 'validate');
  if (method === undefined) return new Map();
  const parameter = method.parameters[0]?.name.getText();
  const [statement, ...others] = method.body?.statements ?? [];
  if (others.length > 0 || statement === undefined || !ts.isReturnStatement(statement)) {
    return undefined;
  }
  const user = withoutParentheses(statement.expression);
  if (user === undefined || [user, ...descendants(user)].some(decides)) return undefined;
  const claims = new Map<string, string>();
  if (!ts.isObjectLiteralExpression(user)) {
    return user.getText() === parameter ? claims : undefined;
  }
  for (const property of user.properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const value = property.initializer;
    if (ts.isPropertyAccessExpression(value) && value.expression.getText() === parameter) {
      claims.set(property.name.getText(), value.name.text);
    }
  }
  return claims;
}

function withoutParentheses(expression: ts.Expression | undefined): ts.Expression | undefined {
  return expression !== undefined && ts.isParenthesizedExpression(expression)
    ? withoutParentheses(expression.expression)
    : expression;
}

function decides(node: ts.Node): boolean {
  return (
    node.kind === ts.SyntaxKind.ThisKeyword ||
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isConditionalExpression(node)
  );
}

/** What a strategy of passport-jwt on jwks-rsa says, as text of its source, and what of it has no like. */
import ts from 'typescript';
import { type NestProject } from '../nest-project.js';
import { findAll } from '../source-edits.js';
import { readOptions } from './strategy-options.js';
import { claimsOfUser } from './validate-method.js';

/** A parameter of the strategy's constructor. */
export interface Dependency {
  readonly name: string;
  readonly type: string;
  /** What it is injected by. */
  readonly token: string;
}

/** One strategy, read. */
export interface PassportStrategy {
  readonly path: string;
  readonly className: string;
  readonly declaration: ts.ClassDeclaration;
  /** The strategy's options and those of passportJwtSecret by name. */
  readonly options: ReadonlyMap<string, ts.Expression>;
  readonly dependencies: readonly Dependency[];
  /** Which claim each member of `request.user` was, where `validate` says. */
  readonly userClaims: ReadonlyMap<string, string>;
  /** Why it cannot be rewritten; empty where it can. */
  readonly problems: readonly string[];
  /** What is different afterwards. */
  readonly notes: readonly string[];
}

/** Every class of the project that extends `PassportStrategy(Strategy)` of passport-jwt. */
export function passportStrategies(project: NestProject): PassportStrategy[] {
  return project.sources
    .filter((path) => project.tree.read(path, 'utf8')?.includes('passport-jwt'))
    .flatMap((path) =>
      findAll(project.read(path).source, ts.isClassDeclaration).flatMap((declaration) => {
        const base = baseCall(declaration);
        return base === undefined ? [] : [readStrategy(path, declaration, base)];
      }),
    );
}

function baseCall(declaration: ts.ClassDeclaration): ts.CallExpression | undefined {
  const base = declaration.heritageClauses?.find(
    ({ token }) => token === ts.SyntaxKind.ExtendsKeyword,
  )?.types[0]?.expression;
  return base && ts.isCallExpression(base) && base.expression.getText() === 'PassportStrategy'
    ? base
    : undefined;
}

function readStrategy(
  path: string,
  declaration: ts.ClassDeclaration,
  base: ts.CallExpression,
): PassportStrategy {
  const problems: string[] = [];
  const notes: string[] = [];
  const name = base.arguments[1];
  if (name !== undefined && !(ts.isStringLiteral(name) && name.text === 'jwt')) {
    problems.push(`it is named ${name.getText()}; AuthModule answers AuthGuard('jwt') alone`);
  }
  const constructor = declaration.members.find(ts.isConstructorDeclaration);
  const options = new Map<string, ts.Expression>();
  const call = constructor?.body?.statements[0];
  const given =
    call && ts.isExpressionStatement(call) && ts.isCallExpression(call.expression)
      ? call.expression.arguments[0]
      : undefined;
  if (given === undefined || !ts.isObjectLiteralExpression(given)) {
    problems.push('its constructor does not begin with super({ ... })');
  } else {
    readOptions(given, options, problems, notes);
  }
  if ((constructor?.body?.statements.length ?? 0) > 1) {
    problems.push('its constructor does more than to call super');
  }
  if (given !== undefined && !options.has('jwksUri')) {
    problems.push('its keys do not come from passportJwtSecret({ jwksUri })');
  }
  const userClaims = claimsOfUser(declaration);
  if (userClaims === undefined) {
    problems.push(
      'validate() does more than to shape the user; move what it checks into a guard, or into ' +
        '`validate` of the trust, which sees the claims',
    );
  }
  const extra = declaration.members.filter(
    (member) => !ts.isConstructorDeclaration(member) && member.name?.getText() !== 'validate',
  );
  if (extra.length > 0) {
    problems.push(
      `it has members of its own: ${extra.map((one) => one.name?.getText()).join(', ')}`,
    );
  }
  return {
    path,
    className: declaration.name?.text ?? '',
    declaration,
    options,
    dependencies: (constructor?.parameters ?? ([] as const)).map(dependencyOf),
    userClaims: userClaims ?? new Map(),
    problems,
    notes,
  };
}

function dependencyOf(parameter: ts.ParameterDeclaration): Dependency {
  const type = parameter.type?.getText() ?? 'unknown';
  const inject = (ts.getDecorators(parameter) ?? [])
    .map(({ expression }) => expression)
    .filter(ts.isCallExpression)
    .find(({ expression }) => expression.getText() === 'Inject');
  const token = inject?.arguments[0]?.getText() ?? type.replace(/<.*$/s, '');
  return { name: parameter.name.getText(), type, token };
}

/** Writes AuthModule's options for what a passport-jwt strategy said. */
import ts from 'typescript';
import { type Dependency, type PassportStrategy } from './passport-strategy.js';
import { safeText } from './safe-expression.js';

/** What the strategy does not say. */
export interface GivenTrust {
  readonly issuer?: string;
  readonly audience?: string;
}

/** The options as source, or why there are none. */
export interface WrittenTrust {
  /** The whole declaration of `accessTokenModule`. */
  readonly text: string;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly usesConfigModule: boolean;
}

const ASYMMETRIC = /^'(ES|RS|PS)(256|384|512)'$|^'EdDSA'$/;
const MODULE = 'accessTokenModule';

/** Writes the declaration that takes the strategy's place. */
export function writeTrust(
  { options, dependencies }: PassportStrategy,
  given: GivenTrust,
  authModule: string,
): WrittenTrust {
  const problems: string[] = [];
  const notes: string[] = [];
  const expression = (name: string): ts.Expression | undefined => options.get(name);
  const issuers = issuersOf(expression('issuer'), given.issuer, dependencies);
  const audience = expression('audience')
    ? safeText(expression('audience'), dependencies)
    : quoted(given.audience);
  if (issuers.length === 0) {
    problems.push('it checks no issuer: run again with --issuer=<iss of your tokens>');
  }
  if (audience === undefined) {
    problems.push(
      'it checks no audience, and so takes tokens for anyone: run again with --audience=<this service>',
    );
  } else if (expression('audience')?.kind === ts.SyntaxKind.RegularExpressionLiteral) {
    problems.push('its audience is a regular expression; AuthModule compares to the letter');
  }
  const algorithms = expression('algorithms');
  if (algorithms === undefined)
    notes.push("algorithms: ['RS256'], which jwks-rsa is mostly used with");
  else if (!isListOfAlgorithms(algorithms)) {
    problems.push(`algorithms is ${algorithms.getText()}, no list of asymmetric ones to read`);
  }
  const tolerance = expression('clockTolerance');
  if (tolerance !== undefined && !(Number(tolerance.getText()) <= 300)) {
    problems.push(
      `clockTolerance is ${tolerance.getText()}; AuthModule allows 300 seconds at most`,
    );
  }
  const trusts = issuers.map((issuer) =>
    [
      '{',
      `issuer: ${issuer},`,
      `audience: ${audience},`,
      `algorithms: ${algorithms === undefined ? "['RS256']" : algorithms.getText()},`,
      `jwksUri: ${safeText(expression('jwksUri'), dependencies)},`,
      tolerance === undefined ? '' : `clockToleranceSeconds: ${tolerance.getText()},`,
      '// passport-jwt looks at no typ, so that ID tokens pass as well: leave `typ` out as soon as the',
      '// issuer writes at+jwt, and the next two lines as soon as it keeps to RFC 9068.',
      "typ: ['at+jwt', 'application/at+jwt', 'JWT', null],",
      "requiredClaims: ['sub', 'iat'],",
      'maxLifetimeSeconds: 86_400,',
      '}',
    ]
      .filter(Boolean)
      .join('\n'),
  );
  const text = trusts.join(', ');
  const used = dependencies.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));
  const foreign = used.filter(({ token }) => token !== 'ConfigService' && !token.endsWith('.KEY'));
  for (const { name, type } of foreign) {
    problems.push(`it is configured by ${name}: ${type}, which only its own module may know`);
  }
  if (used.some(({ token }) => token.endsWith('.KEY'))) {
    notes.push('its configuration has to be global, or loaded by ConfigModule.forRoot');
  }
  const usesConfigModule = used.length > 0;
  return { text: declaration(authModule, used, text), problems, notes, usesConfigModule };
}

function declaration(authModule: string, used: readonly Dependency[], trusts: string): string {
  const parameters = used.map(({ name, type }) => `${name}: ${type}`).join(', ');
  return [
    "/** Which access tokens this application takes; `AuthGuard('jwt')` asks it. */",
    `export const ${MODULE} = ${authModule}.forRootAsync({`,
    used.length === 0 ? '' : 'imports: [ConfigModule],',
    used.length === 0 ? '' : `inject: [${used.map(({ token }) => token).join(', ')}],`,
    '// Handlers keep their own guards. Without this line every handler is guarded.',
    'global: false,',
    `useFactory: (${parameters}) => ({`,
    `trusts: [${trusts}],`,
    '// Names the handlers without @Scopes, @Authenticated or @Public; by default they stop the start.',
    "routeAudit: 'warn',",
    '}),',
    '});',
    trusts.includes("environment('") ? ENVIRONMENT : '',
  ]
    .filter(Boolean)
    .join('\n');
}

const ENVIRONMENT = `
// Without it a check would be left out, or compare with the text 'undefined'.
function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(\`\${name} is not set in the environment\`);
  return value;
}`;

function issuersOf(
  issuer: ts.Expression | undefined,
  given: string | undefined,
  dependencies: readonly Dependency[],
): (string | undefined)[] {
  if (issuer === undefined) return given === undefined ? [] : [quoted(given)];
  const each = ts.isArrayLiteralExpression(issuer) ? [...issuer.elements] : [issuer];
  return each.map((one) => safeText(one, dependencies));
}

function isListOfAlgorithms(expression: ts.Expression): boolean {
  return (
    ts.isArrayLiteralExpression(expression) &&
    expression.elements.length > 0 &&
    expression.elements.every((one) => ts.isStringLiteral(one) && ASYMMETRIC.test(`'${one.text}'`))
  );
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text);
}

/** The options of passport-jwt and jwks-rsa: what AuthModule has a like of, does by itself, or lacks. */
import ts from 'typescript';

const KEPT = new Set(['issuer', 'audience', 'algorithms', 'jwksUri', 'clockTolerance']);
/** What AuthModule does by itself, or does not need. */
const DROPPED = new Map([
  ['cache', 'keys are always cached'],
  ['cacheMaxAge', 'keys live as long as the JWK Set says'],
  ['cacheMaxAgeFallback', 'known keys serve for a day while the issuer is down (jwksOptions)'],
  ['cacheMaxEntries', 'the whole JWK Set is kept'],
  ['rateLimit', 'fetches are always limited'],
  ['jwksRequestsPerMinute', 'fetches are limited by a token bucket (jwksOptions)'],
  ['timeout', 'fetches have a time limit (jwksOptions)'],
  ['handleSigningKeyError', 'an AuthObserver is told of keys that cannot be fetched'],
]);

/** Reads an object of options, and those inside: values into `options`, the rest as text for people. */
export function readOptions(
  object: ts.ObjectLiteralExpression,
  options: Map<string, ts.Expression>,
  problems: string[],
  notes: string[],
): void {
  for (const property of object.properties) {
    const name = property.name?.getText() ?? property.getText();
    const value = valueOf(property);
    const text = value?.getText() ?? '';
    if (value === undefined) {
      problems.push(`${name} cannot be read`);
    } else if (name === 'secretOrKeyProvider' && isPassportJwtSecret(value)) {
      const argument = value.arguments[0];
      if (argument !== undefined && ts.isObjectLiteralExpression(argument)) {
        readOptions(argument, options, problems, notes);
      }
    } else if (name === 'jsonWebTokenOptions' && ts.isObjectLiteralExpression(value)) {
      readOptions(value, options, problems, notes);
    } else if (name === 'jwtFromRequest') {
      if (text !== 'ExtractJwt.fromAuthHeaderAsBearerToken()') {
        problems.push(
          `its token comes from ${text}; AuthModule takes the Authorization header alone`,
        );
      }
    } else if (name === 'ignoreExpiration' || name === 'passReqToCallback') {
      if (text === 'false') continue;
      if (name === 'ignoreExpiration') notes.push('expired tokens are refused from now on');
      else problems.push('passReqToCallback: validate() sees the request');
    } else if (DROPPED.has(name)) {
      notes.push(`${name} is left out: ${DROPPED.get(name)}`);
    } else if (KEPT.has(name)) {
      options.set(name, value);
    } else {
      problems.push(`${name} has no like in AuthModule`);
    }
  }
}

function valueOf(property: ts.ObjectLiteralElementLike): ts.Expression | undefined {
  if (ts.isPropertyAssignment(property)) return property.initializer;
  return ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
}

function isPassportJwtSecret(value: ts.Expression): value is ts.CallExpression {
  return ts.isCallExpression(value) && /(^|\.)passportJwtSecret$/.test(value.expression.getText());
}

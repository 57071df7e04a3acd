/** Where handlers read `request.user`, which is a Principal once the strategy is gone. */
import ts from 'typescript';
import { type NestProject } from '../nest-project.js';
import { findAll } from '../source-edits.js';

const PRINCIPAL = new Map([
  ['sub', 'subject'],
  ['iss', 'issuer'],
  ['aud', 'audience'],
  ['scope', 'scopes'],
  ['client_id', 'clientId'],
  ['azp', 'clientId'],
  ['jti', 'tokenId'],
  ['exp', 'expiresAt'],
  ['iat', 'issuedAt'],
]);

/**
 * `file:line: what is read` of each, with what to read instead where that is known.
 *
 * @param userClaims which claim each member of the user was
 */
export function userReads(project: NestProject, userClaims: ReadonlyMap<string, string>): string[] {
  return project.sources.flatMap((path) => {
    const { source } = project.read(path);
    return findAll(source, ts.isPropertyAccessExpression)
      .filter(({ name, expression }) => name.text === 'user' && isRequest(expression))
      .map((read) => {
        const line = source.getLineAndCharacterOfPosition(read.getStart()).line + 1;
        const { parent } = read;
        const member =
          ts.isPropertyAccessExpression(parent) && parent.expression === read
            ? parent.name.text
            : undefined;
        return `${path}:${line}: ${read.getText()}${memberHint(member, userClaims)}`;
      });
  });
}

function memberHint(member: string | undefined, userClaims: ReadonlyMap<string, string>): string {
  if (member === undefined) return '';
  const claim = userClaims.size === 0 ? member : userClaims.get(member);
  if (claim === undefined) return `.${member}`;
  return `.${member} -> ${PRINCIPAL.get(claim) ?? `claims['${claim}']`}`;
}

function isRequest(expression: ts.Expression): boolean {
  return /(^|\.)(req|request|getRequest(<.*>)?\(\))$/s.test(expression.getText());
}

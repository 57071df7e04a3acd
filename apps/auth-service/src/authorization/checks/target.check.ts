/** What the client asks for, by scope and by details, is well-formed, known, and its to ask for. */
import { parseRequestedScope, parseResources } from '../../token/token-request.parser.js';
import { type CheckServices, type CheckSubject } from './authorization.check.js';

/**
 * @throws InvalidScopeError for a scope that is malformed, unknown or not registered for the client
 * @throws InvalidTargetError for a resource that is malformed, unknown or not for the client
 * @throws InvalidAuthorizationDetailsError for details that are malformed, of a type that is not the
 *   client's, or not as their type says
 * @throws TemporarilyUnavailableError where resources or types cannot be read
 * @see RFC 6749 section 3.3, RFC 8707 section 2.1, RFC 9396 sections 3 and 5
 */
export async function checkTarget(
  { parameters, client }: CheckSubject,
  { targets, details }: Pick<CheckServices, 'targets' | 'details'>,
) {
  const resolved = await details.resolve(client, parameters.authorizationDetails);
  const request = {
    scope: parseRequestedScope(parameters.scope),
    resources: parseResources(parameters.resources),
  };
  const { scope, resources } = await details.resolveTarget(client, request, resolved, (byScope) =>
    targets.resolve(client, byScope),
  );
  return { scope, resources, authorizationDetails: resolved.authorizationDetails };
}

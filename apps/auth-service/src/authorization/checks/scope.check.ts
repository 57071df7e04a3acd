/** What the client asks for is well-formed, known, and its to ask for. */
import { parseRequestedScope, parseResources } from '../../token/token-request.parser.js';
import { type CheckServices, type CheckSubject } from './authorization.check.js';

/**
 * @throws InvalidScopeError for a scope that is malformed, unknown or not registered for the client
 * @throws InvalidTargetError for a resource that is malformed, unknown or not for the client
 * @throws TemporarilyUnavailableError where the resources cannot be read
 * @see RFC 6749 section 3.3, RFC 8707 section 2.1
 */
export async function checkScope({ parameters, client }: CheckSubject, { targets }: CheckServices) {
  const { scope, resources } = await targets.resolve(client, {
    scope: parseRequestedScope(parameters.scope),
    resources: parseResources(parameters.resources),
  });
  return { scope, resources };
}

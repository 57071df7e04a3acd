/** Reads what is the token exchange's own in a token request (RFC 8693 section 2.1). */
import {
  ACCESS_TOKEN_TYPE,
  InvalidRequestError,
  InvalidTargetError,
  JWT_TYPE,
} from '@keyward/oauth';
import { type FormParameters } from '../../http/form.parser.js';
import { MAX_RESOURCES, type TokenRequest } from '../token-request.parser.js';

/** An exchange, well-formed; of its tokens nothing is believed yet. */
export interface TokenExchangeRequest {
  readonly subjectToken: string;
  readonly actorToken: string | null;
  /** What is named as `resource` and as `audience`, each once. */
  readonly resources: readonly string[];
}

/** What a token may be called that is presented: ours are JWTs, and access tokens alone are taken. */
const PRESENTED_TYPES = [ACCESS_TOKEN_TYPE, JWT_TYPE];

/**
 * @throws InvalidRequestError for a parameter that is missing, repeated, of an unknown type, or there
 *   without the one that it belongs to
 * @throws InvalidTargetError for too many audiences
 */
export function parseTokenExchangeRequest({
  parameters,
  resources,
}: Pick<TokenRequest, 'parameters' | 'resources'>): TokenExchangeRequest {
  const subjectToken = parameters.required('subject_token');
  checkType('subject_token_type', parameters.required('subject_token_type'), PRESENTED_TYPES);
  const requested = parameters.single('requested_token_type');
  if (requested !== null) checkType('requested_token_type', requested, [ACCESS_TOKEN_TYPE]);
  const audiences = parameters.repeated('audience');
  if (audiences.length > MAX_RESOURCES) {
    throw new InvalidTargetError(`more than ${MAX_RESOURCES} audiences are requested`);
  }
  return {
    subjectToken,
    actorToken: parseActorToken(parameters),
    resources: [...new Set([...resources, ...audiences])],
  };
}

function parseActorToken(parameters: FormParameters): string | null {
  const actorToken = parameters.single('actor_token');
  const type = parameters.single('actor_token_type');
  if ((actorToken === null) !== (type === null)) {
    throw new InvalidRequestError('actor_token and actor_token_type go together');
  }
  if (type !== null) checkType('actor_token_type', type, PRESENTED_TYPES);
  return actorToken;
}

function checkType(parameter: string, type: string, accepted: readonly string[]): void {
  if (!accepted.includes(type)) {
    throw new InvalidRequestError(`the parameter ${parameter} is not one that is supported`);
  }
}

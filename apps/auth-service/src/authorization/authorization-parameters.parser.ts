/** Reads the parameters of an authorization request, from a query, a form or a pushed form. */
import { InvalidRequestError } from '@keyward/oauth';
import { MAX_DETAILS_LENGTH } from '../authorization-details/authorization-details.parser.js';
import { type FormParameters } from '../http/form.parser.js';

/** The parameters as sent, each at most once and of a bearable length; null where absent. */
export interface AuthorizationParameters {
  readonly responseType: string | null;
  readonly responseMode: string | null;
  readonly scope: string | null;
  readonly resources: readonly string[];
  readonly state: string | null;
  readonly nonce: string | null;
  readonly codeChallenge: string | null;
  readonly codeChallengeMethod: string | null;
  readonly prompt: string | null;
  readonly maxAge: string | null;
  readonly loginHint: string | null;
  readonly acrValues: string | null;
  readonly idTokenHint: string | null;
  /** A request object (RFC 9101), which is not supported. */
  readonly request: string | null;
  readonly requestUri: string | null;
  readonly registration: string | null;
  readonly dpopJkt: string | null;
  readonly authorizationDetails: string | null;
}

/** The longest value of each parameter, in characters. A parameter that is not here is ignored. */
const MAX_LENGTHS = {
  client_id: 255,
  redirect_uri: 2048,
  response_type: 64,
  response_mode: 64,
  scope: 4096,
  resource: 2048,
  state: 2048,
  nonce: 512,
  code_challenge: 128,
  code_challenge_method: 16,
  prompt: 64,
  max_age: 16,
  login_hint: 320,
  acr_values: 1024,
  id_token_hint: 8192,
  request: 16_384,
  request_uri: 2048,
  registration: 4096,
  dpop_jkt: 64,
  authorization_details: MAX_DETAILS_LENGTH,
} as const;

/** A parameter that this server knows. */
export type AuthorizationParameterName = keyof typeof MAX_LENGTHS;

/** Every parameter that this server knows. */
export const AUTHORIZATION_PARAMETERS = Object.keys(MAX_LENGTHS) as AuthorizationParameterName[];

/**
 * One parameter.
 * @returns null where it is absent or empty
 * @throws InvalidRequestError where it was sent twice or is too long
 */
export function readAuthorizationParameter(
  form: FormParameters,
  name: AuthorizationParameterName,
): string | null {
  const value = form.single(name);
  if (value !== null) checkLength(name, value);
  return value;
}

/**
 * All but `client_id` and `redirect_uri`, which are trusted first.
 * @throws InvalidRequestError where one that must not repeat was sent twice, or one is too long
 * @see RFC 6749 section 3.1
 */
export function parseAuthorizationParameters(form: FormParameters): AuthorizationParameters {
  const read = (name: AuthorizationParameterName) => readAuthorizationParameter(form, name);
  const resources = form.repeated('resource');
  for (const resource of resources) checkLength('resource', resource);
  return {
    responseType: read('response_type'),
    responseMode: read('response_mode'),
    scope: read('scope'),
    resources,
    state: read('state'),
    nonce: read('nonce'),
    codeChallenge: read('code_challenge'),
    codeChallengeMethod: read('code_challenge_method'),
    prompt: read('prompt'),
    maxAge: read('max_age'),
    loginHint: read('login_hint'),
    acrValues: read('acr_values'),
    idTokenHint: read('id_token_hint'),
    request: read('request'),
    requestUri: read('request_uri'),
    registration: read('registration'),
    dpopJkt: read('dpop_jkt'),
    authorizationDetails: read('authorization_details'),
  };
}

function checkLength(name: AuthorizationParameterName, value: string): void {
  if (value.length > MAX_LENGTHS[name]) {
    throw new InvalidRequestError(`the parameter ${name} is too long`);
  }
}

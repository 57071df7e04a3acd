/** Why a token was refused, in the words that the operator's log and metrics use. */
import { type CertificateHeaderReason } from '../client-certificate/certificate-header.js';
import { type ProofRefusalReason } from '../sender-constraint/dpop-proof.refusal.js';

/** The step at which a request was refused, in the order in which the steps are taken. */
export type RefusalStage =
  | 'context'
  | 'extraction'
  | 'canonical'
  | 'trust'
  | 'key'
  | 'signature'
  | 'claims'
  | 'revocation'
  | 'introspection'
  | 'confirmation'
  | 'policy';

/** The rule that a refused request broke: one name a rule, stable enough to alert on. */
export type RefusalReason =
  // context
  | 'unknown_context'
  | 'undecorated_handler'
  | 'cross_origin'
  // extraction
  | 'no_token'
  | 'malformed_authorization'
  | 'more_than_one_token'
  | 'malformed_cookie'
  // extraction from a cookie: whether a page of the application made the request
  | 'csrf_origin_missing'
  | 'csrf_origin'
  | 'csrf_site'
  | 'csrf_token_missing'
  | 'csrf_token'
  // canonical: what is refused before any key is looked up
  | 'token_too_long'
  | 'not_a_jws'
  | 'encrypted_token'
  | 'not_a_jwe'
  | 'compressed_token'
  | 'password_header'
  | 'encryption_not_allowed'
  | 'cty_not_jwt'
  | 'ephemeral_key'
  | 'not_base64url'
  | 'not_utf8'
  | 'not_a_json_object'
  | 'duplicate_member'
  | 'proto_member'
  | 'critical_header'
  | 'unencoded_payload'
  | 'algorithm_type'
  | 'algorithm_not_allowed'
  | 'typ_not_allowed'
  | 'key_id_type'
  | 'key_id_missing'
  // trust
  | 'issuer_type'
  | 'issuer_not_trusted'
  | 'not_encrypted'
  | 'jwt_not_accepted'
  // key
  | 'key_unknown'
  | 'key_algorithm'
  | 'decryption_key_unknown'
  | 'decryption_failed'
  | 'keys_unavailable'
  // signature
  | 'signature_mismatch'
  // claims
  | 'claim_missing'
  | 'claim_type'
  | 'audience'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_the_future'
  | 'lifetime_too_long'
  | 'custom_rule'
  // revocation
  | 'revoked'
  | 'revocations_unavailable'
  // introspection
  | 'inactive'
  | 'token_type'
  | 'introspection_mismatch'
  | 'introspection_unavailable'
  // confirmation: whether whoever presents the token is whom it is bound to
  | 'bound_token_alone'
  | 'unbound_token_with_proof'
  | 'confirmation_malformed'
  | 'confirmation_not_supported'
  | 'certificate_missing'
  | 'certificate_other'
  | CertificateHeaderReason
  | 'replays_unavailable'
  | ProofRefusalReason
  // policy
  | 'insufficient_scope'
  | 'insufficient_role'
  | 'insufficient_authorization_details'
  | 'insufficient_authentication'
  | 'introspection_missing';

/** One refusal, as the observer gets it. It never holds the token or a part of its signature. */
export interface Refusal {
  readonly stage: RefusalStage;
  readonly reason: RefusalReason;
  /** What was expected and what came, shortened and safe to write into a log line. */
  readonly detail?: string;
  /** The trusted issuer that was being asked, once one was found. */
  readonly issuer?: string;
}

/** A token that failed a check. Its message is for the operator, not for the client. */
export class RefusedTokenError extends Error implements Refusal {
  constructor(
    readonly stage: RefusalStage,
    readonly reason: RefusalReason,
    readonly detail?: string,
    readonly issuer?: string,
  ) {
    super(detail === undefined ? `${stage}: ${reason}` : `${stage}: ${reason} (${detail})`);
    this.name = 'RefusedTokenError';
  }
}

/**
 * The keys that could decide are out of reach: neither valid nor invalid can be said, so the answer
 * is 503 and never 401, which would make clients throw good tokens away.
 */
export class KeysUnavailableError extends Error implements Refusal {
  readonly stage = 'key';
  readonly reason = 'keys_unavailable';

  constructor(
    readonly issuer: string,
    readonly detail: string,
    /** Sent as `Retry-After`, in seconds. */
    readonly retryAfterSeconds: number,
  ) {
    super(`no keys of ${issuer}: ${detail}`);
    this.name = 'KeysUnavailableError';
  }
}

/**
 * The feed of revocations is too old to rely on, and the trust says that this is no time to guess:
 * neither valid nor invalid, so the answer is 503 and never 401.
 */
export class RevocationsUnavailableError extends Error implements Refusal {
  readonly stage = 'revocation';
  readonly reason = 'revocations_unavailable';

  constructor(
    readonly issuer: string,
    readonly detail: string,
    /** Sent as `Retry-After`, in seconds. */
    readonly retryAfterSeconds: number,
  ) {
    super(`revocations of ${issuer} are not known: ${detail}`);
    this.name = 'RevocationsUnavailableError';
  }
}

/**
 * The issuer could not be asked about a token, or did not answer as it should: neither valid nor
 * invalid, so the answer is 503 and never 401.
 */
export class IntrospectionUnavailableError extends Error implements Refusal {
  readonly stage = 'introspection';
  readonly reason = 'introspection_unavailable';

  constructor(
    readonly issuer: string,
    readonly detail: string,
    /** Sent as `Retry-After`, in seconds. */
    readonly retryAfterSeconds: number,
  ) {
    super(`${issuer} could not be asked: ${detail}`);
    this.name = 'IntrospectionUnavailableError';
  }
}

const SHOWN = 64;

/** A value from a token as a log may show it: cut, quoted, and in printable ASCII alone. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : `(${value === null ? 'null' : typeof value})`;
  const quoted = JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
  // JSON leaves line separators, C1 controls and changes of direction alone; terminals act on them.
  return quoted.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Takes whatever looks like a secret out of a text, before a line of the log is made of it. */

/** What stands in its place. */
export const REDACTED = '[redacted]';

// Not `request`: a request object is a token, and the log calls its own id of a request so.
const PARAMETERS =
  'access_token|refresh_token|id_token|id_token_hint|logout_token|token|subject_token|actor_token|code|' +
  'code_verifier|client_secret|client_assertion|assertion|password|secret|state|nonce|' +
  'registration_access_token|session_state|api_key';

/** In the order in which they are applied: what is whole goes first. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // PEM, on one line or on several.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  // Compact JWS and JWE: tokens, assertions, proofs, request objects.
  [/\beyJ[\w-]{5,}\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]*)?/g, REDACTED],
  // Refresh tokens, secrets and keys of this server's own making.
  [/\bkw[a-z]_[\w-]{8,}/g, REDACTED],
  [/\b(Bearer|DPoP|Basic)\s+[\w.~+/=-]{16,}/gi, `$1 ${REDACTED}`],
  // The password of a connection URL.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${REDACTED}@`],
  // Parameters of a query or a form, and members of JSON.
  [new RegExp(`([?&\\s]|^)(${PARAMETERS})=[^&\\s"']+`, 'gi'), `$1$2=${REDACTED}`],
  [
    new RegExp(
      `("(?:${PARAMETERS}|cookie|set-cookie|authorization|dpop|d|k)"\\s*:\\s*)"[^"]*"`,
      'gi',
    ),
    `$1"${REDACTED}"`,
  ],
  [/\b((?:set-)?cookie|authorization|dpop)(:\s*)[^\r\n]+/gi, `$1$2${REDACTED}`],
];

/**
 * The text without what looks like a secret. The second line of defence: whoever writes a line leaves
 * secrets out of it; this is for errors and objects of others.
 */
export function redact(text: string): string {
  let redacted = text;
  for (const [pattern, replacement] of RULES) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

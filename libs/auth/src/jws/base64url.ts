/** Strict base64url: one text for each sequence of bytes (RFC 7515 section 2, RFC 4648 section 3.5). */

/**
 * Decodes base64url as JWS wants it: no padding, no whitespace, no other alphabet, and no spare
 * bits set in the last character. Node's decoder forgives all of these; encoding its answer again
 * gives the canonical text, so whatever differs from that was not canonical.
 *
 * @returns undefined where `text` is not canonical
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** Makes an error description of sentences that quote what a client sent. */

const MAX_LENGTH = 2000;

/**
 * One line that an `error_description` may hold.
 * @see RFC 6749 section 5.2: printable ASCII without the quotation mark and the backslash
 */
export function errorDescription(problems: readonly string[]): string {
  const text = problems.join('; ').replaceAll('"', "'").replaceAll('\\', '/');
  const printable = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return printable.length <= MAX_LENGTH ? printable : `${printable.slice(0, MAX_LENGTH)} ...`;
}

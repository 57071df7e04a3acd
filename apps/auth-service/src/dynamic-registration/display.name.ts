/** What people are shown of the name that a stranger gives itself. */

const MAX_CHARACTERS = 80;

/** Shown where a client gives itself none. */
export const UNNAMED = 'An application without a name';

/**
 * One short line that reads as it is written: without controls, characters that nobody sees and those that
 * turn the direction of the text around them.
 * @see Unicode Technical Report 36 section 2.10
 */
export function displayName(name: string): string {
  const readable = name
    .normalize('NFC')
    // Spaces of every kind first: line and paragraph separators among them.
    .replaceAll(/[\s\p{Z}]+/gu, ' ')
    .replaceAll(/[\p{C}\u115f\u1160\u3164\uffa0]/gu, '')
    .replaceAll(/\p{M}{3,}/gu, (marks) => marks.slice(0, 2))
    .trim();
  const characters = [...readable];
  if (characters.length === 0) return UNNAMED;
  if (characters.length <= MAX_CHARACTERS) return readable;
  return `${characters.slice(0, MAX_CHARACTERS).join('').trim()}…`;
}

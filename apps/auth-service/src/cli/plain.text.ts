/** Makes texts of others fit for a terminal: what a client is named must not move the cursor. */

// Control characters of both sets, line separators, and marks that turn the direction of writing.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

export function plainText(text: string): string {
  return text.replaceAll(UNPRINTABLE, '?');
}

/** The same for a text of lines that are ours, with words of others in them. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

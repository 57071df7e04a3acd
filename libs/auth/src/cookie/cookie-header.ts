/** Reads one cookie out of a Cookie header (RFC 6265 sections 4.2.1 and 5.4). */

/**
 * Every value that the header gives to `name`, in its order. Names are compared byte by byte, and
 * only blanks and tabs are taken off: a parser that takes off more, or knows `$Version` and quotes,
 * reads `__Host-` where the browser saw another name, and lets a sibling domain plant it.
 */
export function cookieValues(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  name: string,
): readonly string[] {
  const { cookie } = headers;
  if (cookie === undefined) return [];
  return [cookie].flat().flatMap((line) =>
    line.split(';').flatMap((pair) => {
      const equals = pair.indexOf('=');
      const isNamed = equals >= 0 && withoutBlanks(pair.slice(0, equals)) === name;
      return isNamed ? [withoutBlanks(pair.slice(equals + 1))] : [];
    }),
  );
}

/** String.trim would take off what browsers keep, such as U+00A0. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

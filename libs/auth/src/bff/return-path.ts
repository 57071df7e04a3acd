/** Where people go on after a sign-in: a path of the application and nowhere else. */

const MAX_LENGTH = 2000;

// What URL parsers of browsers drop or take for a slash.
const DOUBTFUL = /[\\\p{Cc}\p{Z}]/u;

/**
 * @param asked what a request asks for
 * @param origin of the application
 * @returns `/` for anything but a path of this origin: there is no open redirect
 * @see RFC 9700 section 4.11.1
 */
export function returnPath(asked: string | null, origin: string): string {
  if (asked === null || asked.length > MAX_LENGTH || DOUBTFUL.test(asked)) return '/';
  if (!asked.startsWith('/') || asked.startsWith('//')) return '/';
  if (!URL.canParse(asked, origin)) return '/';
  const url = new URL(asked, origin);
  // A path of dot segments may become one that begins with two slashes: another host.
  if (url.origin !== origin || url.pathname.startsWith('//')) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

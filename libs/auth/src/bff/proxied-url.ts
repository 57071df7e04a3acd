/** Where a call of a page goes at a service: below the target's path, whoever reads the URL. */
import { isWithin, type CheckedTarget } from './bff.settings.js';

// What one server takes for a slash or a dot segment and the next one does not.
const DOUBTFUL = /%(?:2[ef]|5c|[01][0-9a-f]|7f)|[\\\p{Cc}]/iu;

/**
 * The URL at the service.
 * @param path of the request, as it was sent; `query` with its question mark, or empty
 * @returns null for a path that could lead out of the target
 */
export function proxiedUrl(target: CheckedTarget, path: string, query: string): URL | null {
  const rest = path.slice(target.path.length);
  const segments = rest.split('/');
  if (DOUBTFUL.test(rest) || segments.slice(1).includes('')) return null;
  if (segments.some((segment) => segment === '.' || segment === '..')) return null;
  const url = new URL(target.url.href);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${rest}`;
  url.search = query;
  const isInside =
    url.origin === target.url.origin &&
    isWithin(url.pathname, target.url.pathname.replace(/\/$/, ''));
  return isInside ? url : null;
}

/**
 * Where a page finds what a service's `Location` names; undefined for anything outside of the target.
 * @param url of the request, which the header may be relative to
 */
export function pageLocation(
  target: CheckedTarget,
  url: URL,
  location: string | undefined,
): string | undefined {
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  const named = new URL(location, url.href);
  const root = target.url.pathname.replace(/\/$/, '');
  if (named.origin !== target.url.origin || !isWithin(named.pathname, root)) return undefined;
  return `${target.path}${named.pathname.slice(root.length)}${named.search}`;
}

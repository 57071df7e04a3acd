/** What a page may load and where its form may go: nothing inline, nothing from anyone unnamed. */

/** What one page needs beyond its style sheet. */
export interface PageNeeds {
  /** The client's logo, where the page shows one. */
  readonly logo: string | null;
  /** Where the answer to the page's form may redirect to; null for a form that stays here. */
  readonly redirectUri: string | null;
  /** Where else the answers to the page's forms may redirect to. Default: nowhere. */
  readonly alsoTo?: readonly string[];
  /** Whether the form itself goes to {@link redirectUri} and a script of ours may submit it. */
  readonly submitsToClient: boolean;
  /** Whether a script of ours runs on it for another reason. Default false. */
  readonly scripts?: boolean;
}

/**
 * The Content-Security-Policy of a page.
 * @see Content Security Policy Level 3
 */
export function contentSecurityPolicy(needs: PageNeeds): string {
  const { logo, redirectUri, alsoTo = [], submitsToClient, scripts = false } = needs;
  const images = ["'self'", ...(logo === null ? [] : [new URL(logo).origin])];
  const targets = [
    ...(submitsToClient ? [] : ["'self'"]),
    ...[...(redirectUri === null ? [] : [redirectUri]), ...alsoTo].flatMap(redirectTargets),
  ];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src ${images.join(' ')}`,
    ...(submitsToClient || scripts ? ["script-src 'self'"] : []),
    `form-action ${[...new Set(targets)].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * The sources that `form-action` needs for a redirect to a client. Chromium and WebKit hold every
 * redirect after a submit against it, those that the client makes from its redirect_uri included, and
 * nobody but the client knows these: for the web it is "anywhere by https". A form of ours is not
 * turned elsewhere by that, since nothing that is not ours gets into a page unescaped.
 */
function redirectTargets(redirectUri: string): string[] {
  const { protocol, hostname, port, origin } = new URL(redirectUri);
  if (protocol === 'https:') return ['https:'];
  if (protocol !== 'http:') return [protocol];
  // A source list has no form for an IPv6 address; the port keeps it to whoever listens there.
  return [hostname.startsWith('[') ? `http://*:${port || '80'}` : origin, 'https:'];
}

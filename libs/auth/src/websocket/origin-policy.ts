/** Decides which web pages may open a connection: browsers ask no one before they do. */

/** What a request to open a connection says of where it comes from. */
interface OpeningRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The same-origin policy does not hold for WebSockets: any page may open one to any server, and only
 * the server can refuse. A request without `Origin` comes from no page.
 *
 * @see RFC 6455 sections 4.2.2 and 10.2
 */
export class OriginPolicy {
  readonly #allowed: ReadonlySet<string>;

  /**
   * @param allowed origins besides the server's own, as browsers write them: `https://shop.example`
   * @throws TypeError for what no browser would send
   */
  constructor(allowed: readonly string[] = []) {
    for (const origin of allowed) {
      if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
        throw new TypeError(`allowedOrigins: ${JSON.stringify(origin)} is not an origin`);
      }
    }
    this.#allowed = new Set(allowed);
  }

  /** Whether a page that such a request comes from may open a connection. */
  allows({ headers }: OpeningRequest): boolean {
    const { origin, host } = headers;
    if (origin === undefined) return true;
    if (typeof origin !== 'string') return false;
    return this.#allowed.has(origin) || isOwn(origin, host);
  }
}

/** The scheme is not compared: behind a proxy that ends TLS nobody here knows it. */
function isOwn(origin: string, host: unknown): boolean {
  if (typeof host !== 'string' || !URL.canParse(origin)) return false;
  const { protocol, host: ofOrigin } = new URL(origin);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === ofOrigin;
}

/** Records what a page of one origin sends and gets, and looks for tokens in it. */
import { type Page, type Request } from 'playwright-core';

/** A JWT, a refresh token, or a code: whatever an attacker in a page would look for. */
const TOKEN = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+|kwr_[\w-]{20,}|"(?:access|refresh|id)_token"|Bearer /g;

export class PageTraffic {
  /** What was seen, as text, by where it was. */
  readonly #seen: { readonly where: string; readonly text: string }[] = [];
  readonly #reading = new Set<Promise<void>>();

  private constructor(private readonly origin: string) {}

  /** Records from now on, in every tab of the page's browser. */
  static of(page: Page, origin: string): PageTraffic {
    const traffic = new PageTraffic(origin);
    page.context().on('request', (request) => traffic.#request(request));
    page.context().on('requestfinished', (request) => traffic.#answer(request));
    return traffic;
  }

  /** How many requests and answers of the origin were looked at. */
  get count(): number {
    return this.#seen.length;
  }

  /** Resolves when every answer so far has been read. */
  async settled(): Promise<void> {
    while (this.#reading.size > 0) await Promise.all(this.#reading);
  }

  /** Where tokens were seen. */
  tokens(): string[] {
    return this.#seen.flatMap(({ where, text }) =>
      [...text.matchAll(TOKEN)].map(([token]) => `${where}: ${token}`),
    );
  }

  #request(request: Request): void {
    if (!this.#isOurs(request)) return;
    const headers = JSON.stringify(request.headers());
    const text = `${request.url()} ${headers} ${request.postData() ?? ''}`;
    this.#seen.push({ where: `request ${request.url()}`, text });
  }

  #answer(request: Request): void {
    if (!this.#isOurs(request)) return;
    const reading = this.#read(request).finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
  }

  async #read(request: Request): Promise<void> {
    const response = await request.response();
    if (response === null) return;
    const { location, ...headers } = await response.allHeaders();
    // A redirect has no body, and no script of a page sees where it leads: to the issuer, with the hint
    // that is the issuer's own.
    const isHintForIssuer = new URL(request.url()).pathname === '/bff/logout';
    const body = location === undefined ? await response.text().catch(() => '') : '';
    const text = `${JSON.stringify(headers)} ${body} ${isHintForIssuer ? '' : (location ?? '')}`;
    this.#seen.push({ where: `answer to ${request.url()}`, text });
  }

  #isOurs(request: Request): boolean {
    return new URL(request.url()).origin === this.origin;
  }
}

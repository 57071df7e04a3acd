/** A browser without screen and scripts: keeps cookies, follows redirects, reads pages, submits forms. */

/** A form of a page, with the values that it came with. */
export interface HtmlForm {
  /** Where it is sent, absolute. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Its buttons that have a name and a value. */
  readonly buttons: Readonly<Record<string, readonly string[]>>;
}

/** Where the browser has come to. */
export interface HttpPage {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Null on a page without form. */
  readonly form: HtmlForm | null;
  /** What a form posted here; null after anything else, and on pages that answered themselves. */
  readonly posted: URLSearchParams | null;
}

type Fields = Readonly<Record<string, string>>;

const MAX_REDIRECTS = 20;

/**
 * Goes wherever it is sent within `origins`, and stops at the door of any other: there the page has
 * status 0. Like every browser it sends the cookies of a host to all of that host's ports.
 */
export class HttpBrowser {
  /** By host name, then by name. */
  readonly cookies = new Map<string, Map<string, string>>();

  constructor(private readonly origins: readonly string[]) {}

  /** Opens a URL as a link or the address bar does. */
  open(url: string | URL): Promise<HttpPage> {
    return this.go(new URL(url), { method: 'GET' });
  }

  /** Submits the form of a page with these values, by this button. */
  submit(page: HttpPage, fields: Fields = {}): Promise<HttpPage> {
    if (page.form === null) throw new Error(`there is no form on the page:\n${page.html}`);
    return this.post(page.form.action, { ...page.form.fields, ...fields }, page.url.origin);
  }

  /** Posts a form as a page of `origin` would; `headers` have the last word. */
  post(url: string | URL, fields: Fields, origin: string, headers: Fields = {}): Promise<HttpPage> {
    const target = new URL(url);
    const site = origin === target.origin ? 'same-origin' : 'cross-site';
    return this.go(target, {
      method: 'POST',
      headers: { origin, 'sec-fetch-site': site, ...headers },
      body: new URLSearchParams(fields),
    });
  }

  /** The cookies of a host, by name. */
  cookiesOf(url: string | URL): Map<string, string> {
    const { hostname } = new URL(url);
    const jar = this.cookies.get(hostname) ?? new Map<string, string>();
    this.cookies.set(hostname, jar);
    return jar;
  }

  private async go(target: URL, init: RequestInit): Promise<HttpPage> {
    let [url, request] = [target, init];
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      if (!this.origins.includes(url.origin)) return outside(url, request);
      const response = await this.fetch(url, request);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        return arrived(url, response);
      }
      await response.arrayBuffer();
      url = new URL(location, url);
      request = { method: 'GET' };
    }
    throw new Error(`redirected more than ${MAX_REDIRECTS} times, last to ${url.href}`);
  }

  private async fetch(url: URL, init: RequestInit): Promise<Response> {
    const jar = this.cookiesOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Fields), ...(cookie !== '' && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(/; */);
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair) ?? [];
  const attribute = (key: string) =>
    attributes.find((text) => text.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
  const expires = attribute('expires');
  const over = expires !== undefined && Date.parse(expires) <= Date.now();
  if (value === '' || attribute('max-age') === '0' || over) jar.delete(name);
  else jar.set(name, value);
}

function outside(url: URL, { body }: RequestInit): HttpPage {
  const posted = body instanceof URLSearchParams ? body : null;
  return { url, status: 0, headers: new Headers(), html: '', form: null, posted };
}

async function arrived(url: URL, response: Response): Promise<HttpPage> {
  const html = await response.text();
  const { status, headers } = response;
  return { url, status, headers, html, form: formOf(html, url), posted: null };
}

/** The first form of a page as this project writes them: attributes in double quotes. */
function formOf(html: string, base: URL): HtmlForm | null {
  const [, tag, content = ''] = /<form\b([^>]*)>(.*?)<\/form>/s.exec(html) ?? [];
  if (tag === undefined) return null;
  const fields: Record<string, string> = {};
  for (const [, input = ''] of content.matchAll(/<input\b([^>]*)>/g)) {
    const name = attributeOf(input, 'name');
    if (name !== null) fields[name] = attributeOf(input, 'value') ?? '';
  }
  const buttons: Record<string, string[]> = {};
  for (const [, button = ''] of content.matchAll(/<button\b([^>]*)>/g)) {
    const name = attributeOf(button, 'name');
    if (name !== null) (buttons[name] ??= []).push(attributeOf(button, 'value') ?? '');
  }
  return { action: new URL(attributeOf(tag, 'action') ?? '', base).href, fields, buttons };
}

function attributeOf(tag: string, name: string): string | null {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? null : unescape(value);
}

const CHARACTERS: Fields = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'" };

function unescape(text: string): string {
  return text.replace(/&(#?\w+);/g, (entity, name: string) => CHARACTERS[name] ?? entity);
}

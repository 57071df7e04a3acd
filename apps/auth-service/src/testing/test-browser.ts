/** A browser without screen or scripts: keeps cookies, reads pages, submits their forms, follows nothing. */
import { createHash, randomBytes } from 'node:crypto';
import { ISSUER, type TestApplication } from './test-application.js';

/** What a request was answered with. */
export interface BrowserAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Where the browser is sent, as sent. */
  readonly location: string | null;
  readonly html: string;
}

/** One browser at a test application; its cookies outlive it for nobody else. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly server: TestApplication) {}

  /** Gives the browser the cookie by which pages recognise it, as if it had been here before. */
  become(): { readonly browserSha256: string } {
    const value = randomBytes(32).toString('base64url');
    this.cookies.set('__Host-keyward-browser', value);
    return { browserSha256: createHash('sha256').update(value).digest('base64url') };
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<BrowserAnswer> {
    return this.send(path, { headers });
  }

  /** Posts a form as a page of the issuer would; `headers` have the last word. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<BrowserAnswer> {
    return this.send(path, {
      method: 'POST',
      headers: { origin: ISSUER, 'sec-fetch-site': 'same-origin', ...headers },
      body: new URLSearchParams(fields),
    });
  }

  /** Submits the one form of a page: its hidden fields, and these. */
  submit(
    page: BrowserAnswer,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<BrowserAnswer> {
    const { action, hidden } = formOf(page);
    return this.post(action, { ...hidden, ...fields }, headers);
  }

  private async send(path: string, init: RequestInit): Promise<BrowserAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.server.url(path), {
      redirect: 'manual',
      ...init,
      headers: { ...(init.headers as Record<string, string>), ...(cookie !== '' && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return {
      status: response.status,
      headers: response.headers,
      location: response.headers.get('location'),
      html: await response.text(),
    };
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The action and the hidden fields of a page's form, which is the first that needs no script. */
export function formOf({ html }: Pick<BrowserAnswer, 'html'>): {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
} {
  const [, action, form = ''] =
    /<form method="post" action="([^"]+)">(.*?)<\/form>/s.exec(html) ?? [];
  if (action === undefined) throw new Error(`there is no form on the page: ${html}`);
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return {
    action: unescape(action),
    hidden: Object.fromEntries(hidden.map(([, name, value]) => [unescape(name), unescape(value)])),
  };
}

function unescape(text = ''): string {
  const characters: Record<string, string> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&#34;': '"',
    '&#39;': "'",
  };
  return text.replace(/&(amp|lt|gt|#34|#39);/g, (entity) => characters[entity] ?? entity);
}

/** Remembers every secret that passes through this process's `fetch`, as what sees both ends of it. */

/** Parameters of a query, a form or a JSON object whose value nobody else may learn. */
const SECRET_MEMBERS = new Set([
  'password',
  'new_password',
  'code',
  'code_verifier',
  'client_secret',
  'client_assertion',
  'assertion',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'subject_token',
  'actor_token',
  'token',
  'logout_token',
  'request',
  'state',
  'nonce',
  'csrf',
  'form',
  'secret',
]);

/** Shorter ones are words or numbers that may stand anywhere by chance. */
const MIN_LENGTH = 8;

export class SecretRecorder {
  private readonly found = new Map<string, string>();
  private readonly original = globalThis.fetch;

  /** Takes the place of `fetch` until {@link stop}. */
  start(): void {
    globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      await this.readRequest(request.clone());
      const response = await this.original(input, init);
      await this.readResponse(response.clone());
      return response;
    };
  }

  stop(): void {
    globalThis.fetch = this.original;
  }

  add(value: string, kind: string): void {
    if (value.length >= MIN_LENGTH) this.found.set(value, kind);
  }

  /** How many there are of each kind: a search for nothing would find nothing. */
  get kinds(): Readonly<Record<string, number>> {
    const kinds: Record<string, number> = {};
    for (const kind of this.found.values()) kinds[kind] = (kinds[kind] ?? 0) + 1;
    return kinds;
  }

  /** The kinds of those that are in a text, with the line that each is in. */
  in(text: string): readonly string[] {
    return [...this.found]
      .filter(([secret]) => text.includes(secret))
      .map(([secret, kind]) => {
        const line = text.split('\n').find((one) => one.includes(secret));
        return `${kind}: ${line?.slice(0, 400)}`;
      });
  }

  private async readRequest(request: Request): Promise<void> {
    this.readUrl(request.url);
    const authorization = request.headers.get('authorization')?.split(' ')[1];
    if (authorization !== undefined) this.add(authorization, 'authorization');
    const proof = request.headers.get('dpop');
    if (proof !== null) this.add(proof, 'dpop');
    for (const pair of (request.headers.get('cookie') ?? '').split('; ')) {
      this.add(pair.slice(pair.indexOf('=') + 1), 'cookie');
    }
    const body = await request.text();
    if (request.headers.get('content-type')?.includes('json')) this.readJson(body);
    else this.readParameters(new URLSearchParams(body));
  }

  private async readResponse(response: Response): Promise<void> {
    for (const line of response.headers.getSetCookie()) {
      this.add(/^[^=]*=([^;]*)/.exec(line)?.[1] ?? '', 'cookie');
    }
    const location = response.headers.get('location');
    if (location !== null && URL.canParse(location)) this.readUrl(location);
    const type = response.headers.get('content-type') ?? '';
    if (type.includes('json')) this.readJson(await response.text());
    if (type.includes('html')) this.readPage(await response.text());
  }

  private readUrl(url: string): void {
    this.readParameters(new URL(url).searchParams);
  }

  private readParameters(parameters: URLSearchParams): void {
    for (const [name, value] of parameters) if (SECRET_MEMBERS.has(name)) this.add(value, name);
  }

  private readJson(text: string): void {
    if (text === '') return;
    JSON.parse(text, (name: string, value: unknown) => {
      if (typeof value === 'string' && SECRET_MEMBERS.has(name)) this.add(value, name);
      return value;
    });
  }

  /** What a page brings in its forms, and the secret of an authenticator app. */
  private readPage(html: string): void {
    for (const [tag] of html.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)) {
      const value = /value="([^"]{20,})"/.exec(tag)?.[1];
      if (value !== undefined) this.add(value, 'form');
    }
    for (const [, secret = ''] of html.matchAll(/<code class="secret">([^<]+)</g)) {
      this.add(secret, 'totp');
      this.add(secret.replace(/\s/g, ''), 'totp');
    }
  }
}

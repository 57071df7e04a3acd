/** An OpenID provider over a real port that says exactly what a test wants it to say. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** With what its one client authenticates. */
export const TEST_PROVIDER_CLIENT = { id: 'keyward', secret: 'upstream-secret-upstream-secret-1' };

/** Parameters of an authorization response; null leaves one out. */
export type ResponseChange = Readonly<Record<string, string | null>>;

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

interface Pending {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

const KEYS = await generateKeyPair('ES256');
const KID = 'test-provider-1';

export class TestProvider {
  /** Who it says the person is, at userinfo. */
  person: Record<string, unknown> = { sub: 'person-1' };
  /** In its ID tokens, in place of what is right. */
  idTokenClaims: JWTPayload = {};
  /** With which it signs them; those that it publishes are {@link KEYS}. */
  signingKey = KEYS.privateKey;
  /** In its metadata, in place of what is right. */
  metadata: Record<string, unknown> = {};
  /** What answers a path in place of the provider. */
  readonly handlers = new Map<string, Handler>();
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  private readonly codes = new Map<string, Pending>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(): Promise<TestProvider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestProvider(server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Says everything right again. */
  reset(person: Record<string, unknown>): void {
    this.person = person;
    this.idTokenClaims = {};
    this.signingKey = KEYS.privateKey;
    this.handlers.clear();
    this.requests.length = 0;
  }

  /** What the person's browser is sent back with, once they signed in here. */
  authorize(url: string, change: ResponseChange = {}): URL {
    const asked = new URL(url).searchParams;
    const read = (name: string) => asked.get(name) ?? '';
    const code = randomBytes(16).toString('base64url');
    this.codes.set(code, {
      redirectUri: read('redirect_uri'),
      challenge: read('code_challenge'),
      nonce: read('nonce'),
    });
    const callback = new URL(read('redirect_uri'));
    const said = { code, state: read('state'), iss: this.issuer, ...change };
    for (const [name, value] of Object.entries(said)) {
      if (value !== null) callback.searchParams.set(name, value);
    }
    return callback;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.requests.push(path);
    const handler = this.handlers.get(path);
    if (handler !== undefined) return handler(request, response);
    if (path === '/.well-known/openid-configuration') return json(response, 200, this.discovery());
    if (path === '/jwks') {
      const jwk = { ...(await exportJWK(KEYS.publicKey)), kid: KID, alg: 'ES256', use: 'sig' };
      return json(response, 200, { keys: [jwk] });
    }
    if (path === '/token') return this.redeem(request, response);
    if (path === '/userinfo') return json(response, 200, this.person);
    json(response, 404, {});
  }

  private discovery(): object {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    };
  }

  /** As a good provider does: client, redirect_uri and PKCE are checked, a code is taken once. */
  private async redeem(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await bodyOf(request));
    const { id, secret } = TEST_PROVIDER_CLIENT;
    const [, credentials = ''] = (request.headers.authorization ?? '').split(' ');
    const [user = '', password = ''] = Buffer.from(credentials, 'base64').toString().split(':');
    // RFC 6749 section 2.3.1: both are form-encoded first.
    if (decodeURIComponent(user) !== id || decodeURIComponent(password) !== secret) {
      return json(response, 401, { error: 'invalid_client' });
    }
    const code = form.get('code') ?? '';
    const pending = this.codes.get(code);
    this.codes.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const isRight =
      pending?.challenge === challenge && pending.redirectUri === form.get('redirect_uri');
    if (!isRight) return json(response, 400, { error: 'invalid_grant' });
    json(response, 200, {
      access_token: 'an-access-token',
      token_type: 'Bearer',
      expires_in: 60,
      id_token: await this.idToken(pending.nonce),
    });
  }

  private idToken(nonce: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const { sub } = this.person;
    const right = { iss: this.issuer, sub, aud: TEST_PROVIDER_CLIENT.id, iat: now, exp: now + 60 };
    return new SignJWT({ ...right, nonce, ...this.idTokenClaims } as JWTPayload)
      .setProtectedHeader({ alg: 'ES256', kid: KID })
      .sign(this.signingKey);
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

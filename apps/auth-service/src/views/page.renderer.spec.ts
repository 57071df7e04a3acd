import { type FastifyReply, fastify } from 'fastify';
import { PageRenderer } from './page.renderer.js';
import { PageSender } from './page.sender.js';
import { PageTemplates } from './page.templates.js';
import { ViewFiles } from './view.files.js';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(1)'>{{ formToken }}`;

describe('PageRenderer', () => {
  const pages = new PageRenderer(new PageSender(new PageTemplates(ViewFiles.load())));

  async function shown(show: (reply: FastifyReply) => void) {
    const server = fastify();
    server.get('/', (_request, reply) => show(reply));
    const response = await fetch(await server.listen({ host: '127.0.0.1', port: 0 }));
    await server.close();
    return { response, html: await response.text() };
  }

  const client = { name: 'Harbour', logoUri: 'https://cdn.example.com/logo.png' };
  const form = {
    client,
    action: '/there',
    formToken: 'the-token',
    redirectUri: 'https://harbour.example.com/cb',
  };
  const hostileForm = {
    ...form,
    client: { name: HOSTILE, logoUri: `https://a.example/${HOSTILE}` },
  };
  const account = { name: 'Ada', username: 'ada' };
  const hostileAccount = { name: HOSTILE, username: HOSTILE };
  const signIn = { ...form, username: null, usernameFixed: false, passkey: null, problem: null };

  const EVERY_PAGE: [string, (reply: FastifyReply) => void][] = [
    ['sign-in', (reply) => pages.signIn(reply, signIn)],
    ['account', (reply) => pages.selectAccount(reply, { ...form, account })],
    [
      'consent',
      (reply) => pages.consent(reply, { ...form, account, permissions: [], details: [] }),
    ],
    [
      'error',
      (reply) =>
        pages.error(reply, { status: 200, code: 'invalid_request', message: 'no', reference: 'r' }),
    ],
    [
      'form_post',
      (reply) => pages.formPost(reply, { client, redirectUri: form.redirectUri, parameters: {} }),
    ],
    [
      'sign-out',
      (reply) => pages.signOutConfirmation(reply, { action: '/o', fields: {}, client: null }),
    ],
    ['signed-out', (reply) => pages.signedOut(reply)],
  ];

  it.each(EVERY_PAGE)('sends the %s page with every header that protects it', async (_, show) => {
    const { response, html } = await shown(show);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy':
        'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    });
    const policy = response.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; .*base-uri 'none'; frame-ancestors 'none'$/);
    expect(html).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<style|style=|javascript:|\son\w+=|<script(?! src="\/assets\/)/i);
  });

  it.each([
    [
      'sign-in',
      (reply: FastifyReply) =>
        pages.signIn(reply, { ...signIn, ...hostileForm, username: HOSTILE, action: HOSTILE }),
    ],
    [
      'account',
      (reply: FastifyReply) =>
        pages.selectAccount(reply, { ...hostileForm, account: hostileAccount }),
    ],
    [
      'consent',
      (reply: FastifyReply) =>
        pages.consent(reply, {
          ...hostileForm,
          account: hostileAccount,
          permissions: [
            { name: HOSTILE, permissions: [{ scope: HOSTILE, description: null }] },
            { name: HOSTILE, permissions: [{ scope: 'a', description: HOSTILE }] },
          ],
          details: [
            {
              name: HOSTILE,
              description: HOSTILE,
              fields: [{ label: HOSTILE, value: HOSTILE }],
            },
          ],
        }),
    ],
    [
      'error',
      (reply: FastifyReply) =>
        pages.error(reply, {
          status: 200,
          code: HOSTILE,
          message: HOSTILE,
          detail: HOSTILE,
          reference: HOSTILE,
        }),
    ],
    [
      'form_post',
      (reply: FastifyReply) =>
        pages.formPost(reply, {
          client: hostileForm.client,
          redirectUri: `https://a.example/?${HOSTILE}`,
          parameters: { state: HOSTILE, [HOSTILE]: 'x' },
        }),
    ],
    [
      'sign-out',
      (reply: FastifyReply) =>
        pages.signOutConfirmation(reply, {
          action: HOSTILE,
          fields: { [HOSTILE]: HOSTILE },
          client: hostileForm.client,
        }),
    ],
  ])('shows hostile texts on the %s page as texts', async (_, show) => {
    const { html } = await shown(show);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<img src=x');
    expect(html).not.toContain(`onerror='`);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('{{ formToken }}');
  });

  it('answers 429 with Retry-After, and the time to wait, to someone who is to wait', async () => {
    const problem = { kind: 'braked', retryAfterSeconds: 90 } as const;
    const { response, html } = await shown((reply) => pages.signIn(reply, { ...signIn, problem }));
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('90');
    expect(html).toContain('2 minutes');
  });

  it('ties the problem to both fields, and keeps the username', async () => {
    const { html } = await shown((reply) =>
      pages.signIn(reply, { ...signIn, username: 'ada', problem: { kind: 'refused' } }),
    );
    expect(html).toContain('id="problem" role="alert"');
    expect(html.match(/aria-describedby="problem" aria-invalid="true"/g)).toHaveLength(2);
    expect(html).toContain('value="ada"');
    expect(html).toMatch(/id="password"[^>]* autofocus/);
  });

  it('shows a username that is fixed as one that cannot be changed', async () => {
    const { html } = await shown((reply) =>
      pages.signIn(reply, { ...signIn, username: 'ada', usernameFixed: true }),
    );
    expect(html).toMatch(/id="username"[^>]* readonly/);
  });

  it('posts a response to the client with a button, and with a script of this server', async () => {
    const { response, html } = await shown((reply) =>
      pages.formPost(reply, {
        client,
        redirectUri: form.redirectUri,
        parameters: { code: 'c', state: 's&' },
      }),
    );
    expect(html).toContain('<form method="post" action="https://harbour.example.com/cb">');
    expect(html).toContain('<input type="hidden" name="code" value="c">');
    expect(html).toContain('<input type="hidden" name="state" value="s&amp;">');
    expect(html).toMatch(/<script src="\/assets\/form-post\.[0-9a-f]{16}\.js" defer><\/script>/);
    expect(html).toContain('<button class="primary" type="submit">Continue</button>');
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; font-src 'self'; " +
        "img-src 'self' https://cdn.example.com; script-src 'self'; form-action https:; " +
        "base-uri 'none'; frame-ancestors 'none'",
    );
  });
});

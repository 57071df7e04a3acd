/** An application with BffModule, on either platform, before a real auth-service and a service that echoes. */
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { BffModule } from '@keyward/auth/bff';
import { EchoService } from './echo-service.js';
import { freeLoopbackPort } from './free-loopback-port.js';
import { HttpBrowser, type HttpPage } from './http-browser.js';
import { OpenIdProvider } from './openid-provider.js';
import { CLIENT_SECRET } from './openid-provider.clients.js';

@Controller('mine')
class OwnController {
  @Get()
  show() {
    return { own: true };
  }
}

export type Platform = 'Express' | 'Fastify';

export class BffStack {
  private constructor(
    readonly url: string,
    readonly provider: OpenIdProvider,
    readonly service: EchoService,
    private readonly app: INestApplication,
  ) {}

  static async start(platform: Platform): Promise<BffStack> {
    const port = await freeLoopbackPort();
    const url = `http://127.0.0.1:${port}`;
    const service = await EchoService.start();
    const resource = `${service.url}/things`;
    const provider = await OpenIdProvider.start({
      resources: [{ identifier: resource, name: 'Things', scopes: ['things:read'] }],
      clients: [
        {
          client_id: 'bff',
          name: 'Backend',
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: { env: 'CLIENT_SECRET' },
          grant_types: ['authorization_code', 'refresh_token'],
          scope: 'openid profile things:read',
          redirect_uris: [`${url}/bff/callback`],
          post_logout_redirect_uris: [`${url}/`],
          backchannel_logout_uri: `${url}/bff/backchannel-logout`,
          first_party: true,
        },
      ],
    });
    @Module({
      imports: [
        BffModule.forRoot({
          publicUrl: url,
          issuer: provider.issuer,
          clientId: 'bff',
          clientAuthentication: { clientSecret: CLIENT_SECRET },
          scope: 'openid profile things:read',
          targets: [
            {
              path: '/api/things',
              url: resource,
              resource,
              maxRequestBytes: 1000,
              maxResponseBytes: 1_000_000,
              timeoutMs: 500,
            },
          ],
        }),
      ],
      controllers: [OwnController],
    })
    class BffApplication {}
    const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
    const app = await NestFactory.create(BffApplication, adapter as ExpressAdapter, {
      logger: false,
      bodyParser: false,
    });
    await app.listen(port, '127.0.0.1');
    return new BffStack(url, provider, service, app);
  }

  browser(): HttpBrowser {
    return new HttpBrowser([this.url, this.provider.issuer]);
  }

  /** One that stops where the issuer sends it back. */
  issuerBrowser(): HttpBrowser {
    return new HttpBrowser([this.provider.issuer]);
  }

  /** Signs alice in; the page that she lands on. */
  async signIn(browser: HttpBrowser, query = ''): Promise<HttpPage> {
    const page = await browser.open(`${this.url}/bff/login${query}`);
    return this.provider.complete(browser, page);
  }

  /** A call as a page makes it, with the cookies of the browser; `headers` have the last word. */
  call(
    browser: HttpBrowser,
    path: string,
    init: RequestInit & { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Response> {
    const jar = [...browser.cookiesOf(this.url)].map(([name, value]) => `${name}=${value}`);
    return fetch(`${this.url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: {
        'x-csrf': '1',
        'sec-fetch-site': 'same-origin',
        cookie: jar.join('; '),
        ...init.headers,
      },
    });
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.service.stop();
    await this.provider.stop();
  }
}

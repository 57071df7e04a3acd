/** The Nest module that makes of an application a backend for its own pages. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { ConfigurableModuleBuilder, Inject, Module, type NestModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type BffOptions } from './bff.options.js';
import { BffRouter } from './bff.router.js';
import { bffSettings } from './bff.settings.js';

/** Under which the options of {@link BffModule} are injected. */
export const BFF_OPTIONS = Symbol.for('@keyward/auth:bff-options');

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<BffOptions>({
  optionsInjectionToken: BFF_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** A request or an answer as Fastify passes it on, or as Express does. */
type Platform<T> = T | { readonly raw: T };

/**
 * Signs browsers in and keeps every token from them: the pages have a session cookie, and call services
 * through this application.
 *
 * ```ts
 * BffModule.forRoot({ publicUrl, issuer, clientId, clientAuthentication: { clientSecret }, scope, targets })
 * ```
 *
 * It answers `GET /bff/login`, `GET /bff/callback`, `GET /bff/user`, `POST /bff/logout`,
 * `POST /bff/backchannel-logout` and whatever is below the path of a target, before any controller. On
 * Express create the application with `{ bodyParser: false }`: bodies are passed on as they come.
 *
 * @see draft-ietf-oauth-browser-based-apps section 6.1
 */
@Module({})
export class BffModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(BFF_OPTIONS) private readonly options: BffOptions,
  ) {
    super();
  }

  /**
   * Puts the backend in front of the application's routes: of the platform itself, so that no prefix,
   * version or guard of the application is asked.
   *
   * @throws TypeError for an option that is wrong
   */
  configure(): void {
    const router = new BffRouter(bffSettings(this.options));
    this.adapterHost.httpAdapter.use(
      (
        request: Platform<IncomingMessage>,
        response: Platform<ServerResponse>,
        next: (error?: unknown) => void,
      ) => {
        const [from, to] = [rawOf(request), rawOf(response)];
        router.handle(from, to).then((taken) => {
          if (!taken) next();
        }, next);
      },
    );
  }
}

function rawOf<T>(platform: Platform<T>): T {
  return 'raw' in (platform as object) ? (platform as { raw: T }).raw : (platform as T);
}

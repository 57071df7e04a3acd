/** OpenAPI documents by @nestjs/swagger, with security from the access decorators alone. */
import {
  Controller,
  Get,
  Post,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ApiOperation,
  ApiUnauthorizedResponse,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  AnyScope,
  Authenticated,
  AuthModule,
  defineScopes,
  describeSecurity,
  Public,
  Roles,
  Scopes,
  StepUp,
  UnmatchedOperationError,
  type AccessTokenCookieOptions,
  type SecurityDescriptionOptions,
} from '@keyward/auth';
import { createSigningKey } from './support/token-forge.js';

const JWK = createSigningKey('ES256', 'ec-1').jwk;
const ISSUER = 'https://as.example';

@Controller('things')
@Scopes('things:read')
class ThingsController {
  @Get('inherited') inherited() {
    return null;
  }
  @Get('both') @Scopes('things:read', 'things:audit') both() {
    return null;
  }
  @Get('either') @Scopes('things:read') @AnyScope('things:write', 'things:own') either() {
    return null;
  }
  @Get('open') @Public() open() {
    return null;
  }
  @Get('named')
  @ApiOperation({ operationId: 'listThings', summary: 'Lists things' })
  @ApiUnauthorizedResponse({ description: 'Of my own' })
  named() {
    return null;
  }
  @Get(['alias', 'other-alias']) alias() {
    return null;
  }
  @Get('versioned') @Version('2') versioned() {
    return null;
  }
}

@Controller('anyone')
@Authenticated()
class AnyoneController {
  @Get() anyone() {
    return null;
  }
  @Get('admin') @Roles('admin') admin() {
    return null;
  }
  @Get('strong') @StepUp({ acr: ['gold', 'silver'], maxAgeSeconds: 300 }) strong() {
    return null;
  }
}

@Controller('changes')
class ChangesController {
  @Post() @Scopes('things:write') change() {
    return null;
  }
}

const elsewhere = (): { readonly ThingsController: new () => object } => {
  @Controller('elsewhere')
  @Scopes('things:elsewhere')
  class ThingsController {
    @Get('inherited') inherited() {
      return null;
    }
  }
  return { ThingsController };
};

describe('describeSecurity', () => {
  const apps: INestApplication[] = [];
  afterAll(() => Promise.all(apps.map((app) => app.close())));

  async function documentOf(
    options: SecurityDescriptionOptions = {},
    {
      controllers = [ThingsController, AnyoneController] as (new () => object)[],
      issuers = [ISSUER],
      factory = undefined as ((controller: string, method: string) => string) | undefined,
      cookie = undefined as AccessTokenCookieOptions | undefined,
    } = {},
  ): Promise<OpenAPIObject> {
    const auth = AuthModule.forRoot({
      trusts: issuers.map((issuer) => ({
        issuer,
        audience: 'https://rs.example',
        jwks: { keys: [JWK] },
      })),
      cookie,
      scopes: defineScopes({ 'things:read': 'See things', 'things:write': 'Change things' }),
    });
    const root = { module: class RootModule {}, imports: [auth], controllers };
    // Never initialised: a document is made before the application starts.
    const app = await NestFactory.create(root, { logger: false });
    apps.push(app);
    app.enableVersioning({ type: VersioningType.URI });
    const base = new DocumentBuilder().build();
    const document = SwaggerModule.createDocument(app, base, { operationIdFactory: factory });
    describeSecurity(app, document, options);
    return document;
  }
  const operation = (document: OpenAPIObject, path: string) => document.paths[path]?.get;

  it.each([
    ['/things/inherited', [{ oauth2: ['things:read'] }], 'scope things:read'],
    [
      '/things/both',
      [{ oauth2: ['things:read', 'things:audit'] }],
      'scope things:read and things:audit',
    ],
    [
      '/things/either',
      [{ oauth2: ['things:read', 'things:write'] }, { oauth2: ['things:read', 'things:own'] }],
      'scope things:read and things:write, or things:read and things:own',
    ],
    ['/things/open', [], undefined],
    ['/things/named', [{ oauth2: ['things:read'] }], 'Lists things'],
    ['/things/alias', [{ oauth2: ['things:read'] }], 'scope things:read'],
    ['/things/other-alias', [{ oauth2: ['things:read'] }], 'scope things:read'],
    ['/v2/things/versioned', [{ oauth2: ['things:read'] }], 'scope things:read'],
    ['/anyone', [{ oauth2: [] }], 'any access token'],
  ])('says what %s asks for', async (path, security, summary) => {
    const described = operation(await documentOf(), path);
    expect(described?.security).toEqual(security);
    expect(described?.summary || undefined).toBe(summary);
  });

  it('documents the refusals, and leaves what a team wrote alone', async () => {
    const document = await documentOf();
    const [open, named, admin, strong] = [
      '/things/open',
      '/things/named',
      '/anyone/admin',
      '/anyone/strong',
    ].map((path) => operation(document, path)?.responses);
    expect(open).not.toHaveProperty('401');
    expect(named).toMatchObject({ 401: { description: 'Of my own' } });
    expect(admin).toMatchObject({ 403: { description: expect.stringContaining('role: admin') } });
    expect(strong).toMatchObject({
      401: { description: expect.stringContaining('acr gold or silver, at most 300 s ago') },
    });
  });

  it('describes an issuer by its OpenID configuration, or by the flows that it is given', async () => {
    expect((await documentOf()).components?.securitySchemes).toEqual({
      oauth2: {
        type: 'openIdConnect',
        openIdConnectUrl: `${ISSUER}/.well-known/openid-configuration`,
      },
    });
    const tokenUrl = `${ISSUER}/token`;
    const authorizationUrl = `${ISSUER}/authorize`;
    const document = await documentOf({ flows: { [ISSUER]: { tokenUrl, authorizationUrl } } });
    const scopes = {
      'things:audit': '',
      'things:own': '',
      'things:read': 'See things',
      'things:write': 'Change things',
    };
    expect(document.components?.securitySchemes).toEqual({
      oauth2: {
        type: 'oauth2',
        flows: {
          clientCredentials: { tokenUrl, scopes },
          authorizationCode: { authorizationUrl, tokenUrl, scopes },
        },
      },
    });
  });

  it('takes a token of any of several issuers', async () => {
    const issuers = [ISSUER, 'https://other.example/realms/one'];
    const document = await documentOf({}, { issuers });
    expect(operation(document, '/things/inherited')?.security).toEqual([
      { 'as.example': ['things:read'] },
      { 'other.example_realms_one': ['things:read'] },
    ]);
  });

  it('describes the cookie where tokens are taken from one, and the header that goes with a change', async () => {
    const token = { keys: [Buffer.alloc(32, 7)], headerName: 'X-Shop-CSRF' };
    const csrf = { allowedOrigins: ['https://shop.example'], token };
    const cookie: AccessTokenCookieOptions = { name: '__Host-shop-token', csrf };
    const controllers = [ThingsController, ChangesController];
    const document = await documentOf({}, { cookie, controllers });
    expect(operation(document, '/things/inherited')?.security).toEqual([
      { oauth2: ['things:read'] },
      { accessTokenCookie: [] },
    ]);
    expect(document.paths['/changes']?.post?.security).toEqual([
      { oauth2: ['things:write'] },
      { accessTokenCookie: [], csrfToken: [] },
    ]);
    expect(operation(document, '/things/open')?.security).toEqual([]);
    expect(document.components?.securitySchemes).toMatchObject({
      oauth2: {},
      accessTokenCookie: { type: 'apiKey', in: 'cookie', name: '__Host-shop-token' },
      csrfToken: { type: 'apiKey', in: 'header', name: 'x-shop-csrf' },
    });
    expect(JSON.stringify(document)).not.toContain(Buffer.alloc(32, 7).toString('base64'));
    const without = (await documentOf({}, { controllers })).components?.securitySchemes;
    expect(Object.keys(without ?? {})).toEqual(['oauth2']);
  });

  it('follows ids of a team’s own making where it knows how they are made', async () => {
    const factory = (controller: string, method: string) => `${method}.${controller}`;
    const document = await documentOf({ operationIdFactory: factory }, { factory });
    expect(operation(document, '/things/both')?.security).toHaveLength(1);
    await expect(documentOf({}, { factory })).rejects.toBeInstanceOf(UnmatchedOperationError);
  });

  it('guesses nothing where two controllers of one name differ', async () => {
    const controllers = [ThingsController, elsewhere().ThingsController];
    await expect(documentOf({}, { controllers })).rejects.toThrow(/share the operation id/);
  });
});

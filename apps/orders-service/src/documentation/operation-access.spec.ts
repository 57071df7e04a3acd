import { Controller, Get } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { AnyScope, AuthModule, Authenticated, Public, Scopes } from '@keyward/auth';
import { documentAccess, operationId } from './operation-access.js';

@Controller('things')
@Scopes('things:read')
class ThingsController {
  @Get('inherited')
  inherited() {
    return null;
  }

  @Get('both')
  @Scopes('things:read', 'things:audit')
  both() {
    return null;
  }

  @Get('either')
  @Scopes('things:read')
  @AnyScope('things:write', 'things:own')
  either() {
    return null;
  }

  @Get('open')
  @Public()
  open() {
    return null;
  }
}

@Controller('anyone')
class AnyoneController {
  @Get()
  @Authenticated()
  anyone() {
    return null;
  }
}

describe('documentAccess', () => {
  let document: OpenAPIObject;
  let scopes: readonly string[];

  beforeAll(async () => {
    // Never initialised, so nothing is fetched.
    const trusts = [{ issuer: 'https://as.test', audience: 'https://rs.test' }];
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule, AuthModule.forRoot({ trusts })],
      controllers: [ThingsController, AnyoneController],
    }).compile();
    const app = module.createNestApplication();
    document = SwaggerModule.createDocument(app, new DocumentBuilder().build(), {
      operationIdFactory: operationId,
    });
    scopes = documentAccess(app, document, 'oauth2');
  });

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
    ['/anyone', [{ oauth2: [] }], 'any access token'],
    ['/things/open', undefined, undefined],
  ])('describes what %s asks for', (path, security, summary) => {
    const operation = document.paths[path]?.get;
    expect(operation?.security).toEqual(security);
    expect(operation?.summary || undefined).toBe(summary);
  });

  it('returns every scope once, sorted', () => {
    expect(scopes).toEqual(['things:audit', 'things:own', 'things:read', 'things:write']);
  });
});

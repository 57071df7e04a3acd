/** How access decorators add up: method and class, inheritance, overriding, composition. */
import { applyDecorators, Controller, Get } from '@nestjs/common';
import { AnyScope, Authenticated, Public, Roles, Scopes } from '@keyward/auth';
import { TestClock } from '../support/resource-server-clock.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);

@Controller('scoped')
@Scopes('class')
class ScopedController {
  @Get('silent') silent(): string {
    return 'ok';
  }
  @Get('own') @Scopes('own') own(): string {
    return 'ok';
  }
  @Get('public') @Public() open(): string {
    return 'ok';
  }
  @Get('authenticated') @Authenticated() authenticated(): string {
    return 'ok';
  }
  @Get('role') @Roles('admin') role(): string {
    return 'ok';
  }
  @Get('any') @AnyScope('a', 'b') any(): string {
    return 'ok';
  }
}

@Controller('open')
@Public()
class OpenController {
  @Get('silent') silent(): string {
    return 'ok';
  }
  @Get('authenticated') @Authenticated() authenticated(): string {
    return 'ok';
  }
  @Get('scoped') @Scopes('own') scoped(): string {
    return 'ok';
  }
}

class BaseController {
  @Get('item') @Scopes('base') item(): string {
    return 'base';
  }
  @Get('shared') shared(): string {
    return 'shared';
  }
}

@Controller('derived')
@Authenticated()
class DerivedController extends BaseController {
  @Get('item') override item(): string {
    return 'derived';
  }
}

@Controller('derived-public')
@Public()
class PublicDerivedController extends BaseController {
  @Get('item') override item(): string {
    return 'derived';
  }
}

@Controller('derived-own')
@Scopes('derived')
class OwnDerivedController extends BaseController {
  @Get('item') @Scopes('override') override item(): string {
    return 'derived';
  }
}

@Controller('grandchild')
class GrandchildController extends OwnDerivedController {
  @Get('new') fresh(): string {
    return 'ok';
  }
}

const Audited = (): MethodDecorator & ClassDecorator =>
  applyDecorators(Scopes('audit'), Scopes('audit:all'), Roles('auditor'));

@Controller('composed')
class ComposedController {
  @Get('composed') @Audited() composed(): string {
    return 'ok';
  }
  @Get('added') @Audited() @Scopes('more') added(): string {
    return 'ok';
  }
  @Get('twice') @Scopes('one') @Scopes('two') twice(): string {
    return 'ok';
  }
  @Get('any-twice') @AnyScope('a', 'b') @AnyScope('c', 'd') anyTwice(): string {
    return 'ok';
  }
  @Get('roles-twice') @Roles('a', 'b') @Roles('c') rolesTwice(): string {
    return 'ok';
  }
  @Get('all-kinds') @Scopes('s') @AnyScope('a', 'b') @Roles('r') allKinds(): string {
    return 'ok';
  }
  @Get('copy') @OtherCopyScopes('copied') copy(): string {
    return 'ok';
  }
}

/** What `@Scopes` of a second copy of the library writes: the key is text, so that both agree. */
function OtherCopyScopes(...scopes: string[]): MethodDecorator {
  return (_target, _property, descriptor) =>
    Reflect.defineMetadata('@keyward/auth:access', { scopes }, descriptor.value as object);
}

const controllers = [
  ScopedController,
  OpenController,
  DerivedController,
  PublicDerivedController,
  OwnDerivedController,
  GrandchildController,
  ComposedController,
];

/** Path, status, and what the caller has: scopes, then roles. Without scopes it has no token. */
const requests: readonly [string, number, string?, string[]?][] = [
  ['/scoped/silent', 401],
  ['/scoped/silent', 403, 'own'],
  ['/scoped/silent', 200, 'class'],
  ['/scoped/own', 403, 'class'],
  ['/scoped/own', 200, 'own'],
  ['/scoped/public', 200],
  ['/scoped/authenticated', 401],
  ['/scoped/authenticated', 403, 'other'],
  ['/scoped/authenticated', 200, 'class'],
  ['/scoped/role', 403, 'class'],
  ['/scoped/role', 403, 'other', ['admin']],
  ['/scoped/role', 200, 'class', ['admin']],
  ['/scoped/any', 403, 'a'],
  ['/scoped/any', 403, 'class'],
  ['/scoped/any', 200, 'class b'],
  ['/open/silent', 200],
  ['/open/authenticated', 401],
  ['/open/authenticated', 200, 'other'],
  ['/open/scoped', 401],
  ['/open/scoped', 403, 'other'],
  ['/open/scoped', 200, 'own'],
  ['/derived/item', 401],
  ['/derived/item', 403, 'other'],
  ['/derived/item', 200, 'base'],
  ['/derived/shared', 401],
  ['/derived/shared', 200, 'other'],
  ['/derived-public/item', 401],
  ['/derived-public/item', 403, 'other'],
  ['/derived-public/item', 200, 'base'],
  ['/derived-public/shared', 200],
  ['/derived-own/item', 403, 'base derived'],
  ['/derived-own/item', 200, 'override'],
  ['/derived-own/shared', 403, 'base'],
  ['/derived-own/shared', 200, 'derived'],
  ['/grandchild/item', 403, 'derived'],
  ['/grandchild/item', 200, 'override'],
  ['/grandchild/new', 401],
  ['/grandchild/new', 403, 'override'],
  ['/grandchild/new', 200, 'derived'],
  ['/composed/composed', 403, 'audit', ['auditor']],
  ['/composed/composed', 403, 'audit audit:all'],
  ['/composed/composed', 200, 'audit audit:all', ['auditor']],
  ['/composed/added', 403, 'audit audit:all', ['auditor']],
  ['/composed/added', 200, 'audit audit:all more', ['auditor']],
  ['/composed/twice', 403, 'one'],
  ['/composed/twice', 403, 'two'],
  ['/composed/twice', 200, 'one two'],
  ['/composed/any-twice', 403, 'a b'],
  ['/composed/any-twice', 403, 'd'],
  ['/composed/any-twice', 200, 'b c'],
  ['/composed/roles-twice', 403, '', ['a', 'b']],
  ['/composed/roles-twice', 200, '', ['b', 'c']],
  ['/composed/all-kinds', 403, 's a'],
  ['/composed/all-kinds', 403, 's', ['r']],
  ['/composed/all-kinds', 403, 'a', ['r']],
  ['/composed/all-kinds', 200, 's b', ['r']],
  ['/composed/copy', 401],
  ['/composed/copy', 403, 'other'],
  ['/composed/copy', 200, 'copied'],
];

describe.each(PLATFORMS)('access decorators together, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          jwks: { keys: [forge.key.jwk] },
          claims: { roles: ['roles'] },
        },
      ],
      clock: clock.nowMs,
      controllers,
    });
  });

  afterAll(() => server.stop());

  it.each(requests.map(([path, status, scope, roles = []]) => ({ path, status, scope, roles })))(
    'answers $status at $path to scope $scope and roles $roles',
    async (request) => {
      const { path, status, scope, roles } = request;
      const token = forge.forge({ payload: forge.claims({ scope, roles }) });
      const answer = await (scope === undefined ? server.send(path) : server.get(path, token));
      expect(answer.status).toBe(status);
      expect(server.reached).toHaveLength(status === 200 ? 1 : 0);
      expect(server.refusals).toHaveLength(status === 200 ? 0 : 1);
    },
  );
});

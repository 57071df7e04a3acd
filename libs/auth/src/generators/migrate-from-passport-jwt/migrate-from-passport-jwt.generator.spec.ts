import { readJson, updateJson, type Tree } from '@nx/devkit';
import {
  APPLICATION,
  contents,
  source,
  toldBy,
  workspaceWith,
  type Sources,
} from '../../spec-support/nest-workspace.js';
import {
  migrateFromPassportJwtGenerator,
  type MigrateOptions,
} from './migrate-from-passport-jwt.generator.js';

/** The set-up that the guides of identity providers show. */
const STRATEGY = `
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { PassportStrategy } from '@nestjs/passport';
import { passportJwtSecret } from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';

export interface JwtPayload { sub: string; email: string }

/** Checks tokens. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly config: ConfigService) {
    super({
      secretOrKeyProvider: passportJwtSecret({
        cache: true,
        rateLimit: true,
        jwksRequestsPerMinute: 5,
        jwksUri: \`\${config.get<string>('ISSUER')}.well-known/jwks.json\`,
      }),
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      ignoreExpiration: false,
      audience: process.env.AUDIENCE,
      issuer: config.get<string>('ISSUER'),
      algorithms: ['RS256'],
    });
  }

  validate(payload: JwtPayload) {
    return { id: payload.sub, email: payload.email };
  }
}
`;

const MODULE = `
import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { JwtStrategy } from './jwt.strategy';

@Module({
  imports: [PassportModule.register({ defaultStrategy: 'jwt' })],
  providers: [JwtStrategy],
  exports: [PassportModule, JwtStrategy],
})
export class AuthModule {}
`;

const CONTROLLER = `import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';

@Controller('cart')
@UseGuards(AuthGuard('jwt'))
export class CartController {
  @Get()
  mine(@Req() req: { user: { id: string; email: string } }) {
    return [req.user.id, req.user.email];
  }
}
`;

const SOURCES: Sources = {
  ...APPLICATION,
  'auth/jwt.strategy.ts': STRATEGY,
  'auth/auth.module.ts': MODULE,
  'cart.controller.ts': CONTROLLER,
};

async function migrate(tree: Tree, options: Partial<MigrateOptions> = {}): Promise<string> {
  return toldBy(() => migrateFromPassportJwtGenerator(tree, { project: 'shop', ...options }));
}

describe('migrate-from-passport-jwt', () => {
  it('writes as options of AuthModule what the strategy said', async () => {
    const tree = workspaceWith(SOURCES);
    await migrate(tree);
    expect(source(tree, 'auth/jwt.strategy.ts'))
      .toBe(`import { ConfigService, ConfigModule } from '@nestjs/config';
import { AuthModule } from '@keyward/auth';

export interface JwtPayload {
  sub: string;
  email: string;
}

/** Which access tokens this application takes; \`AuthGuard('jwt')\` asks it. */
export const accessTokenModule = AuthModule.forRootAsync({
  imports: [ConfigModule],
  inject: [ConfigService],
  // Handlers keep their own guards. Without this line every handler is guarded.
  global: false,
  useFactory: (config: ConfigService) => ({
    trusts: [
      {
        issuer: config.getOrThrow<string>('ISSUER'),
        audience: environment('AUDIENCE'),
        algorithms: ['RS256'],
        jwksUri: \`\${config.getOrThrow<string>('ISSUER')}.well-known/jwks.json\`,
        // passport-jwt looks at no typ, so that ID tokens pass as well: leave \`typ\` out as soon as the
        // issuer writes at+jwt, and the next two lines as soon as it keeps to RFC 9068.
        typ: ['at+jwt', 'application/at+jwt', 'JWT', null],
        requiredClaims: ['sub', 'iat'],
        maxLifetimeSeconds: 86_400,
      },
    ],
    // Names the handlers without @Scopes, @Authenticated or @Public; by default they stop the start.
    routeAudit: 'warn',
  }),
});

// Without it a check would be left out, or compare with the text 'undefined'.
function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(\`\${name} is not set in the environment\`);
  return value;
}
`);
  });

  it('puts it where the strategy was provided, and leaves guards alone', async () => {
    const tree = workspaceWith(SOURCES);
    await migrate(tree);
    expect(source(tree, 'auth/auth.module.ts')).toBe(`import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { accessTokenModule } from './jwt.strategy';

@Module({
  imports: [PassportModule.register({ defaultStrategy: 'jwt' }), accessTokenModule],
  providers: [],
  exports: [PassportModule],
})
export class AuthModule {}
`);
    expect(source(tree, 'cart.controller.ts')).toBe(CONTROLLER);
  });

  it('says what request.user was, and what it is', async () => {
    const told = await migrate(workspaceWith(SOURCES));
    expect(told).toContain('apps/shop/src/cart.controller.ts:9: req.user.id -> subject');
    expect(told).toContain("apps/shop/src/cart.controller.ts:9: req.user.email -> claims['email']");
    expect(told).toContain('jwksRequestsPerMinute is left out');
  });

  it('takes out the packages that nothing needs any more', async () => {
    const tree = workspaceWith(SOURCES);
    const dependencies = { 'passport-jwt': '4', 'jwks-rsa': '3', '@nestjs/passport': '11' };
    updateJson(tree, 'package.json', (json) => ({ ...json, dependencies }));
    tree.write('apps/other/src/keys.ts', "import { JwksClient } from 'jwks-rsa';");
    await migrate(tree);
    expect(Object.keys(readJson(tree, 'package.json').dependencies).toSorted()).toEqual([
      '@keyward/auth',
      '@nestjs/passport',
      'jwks-rsa',
    ]);
  });

  it('finds nothing more to do when it is run again', async () => {
    const tree = workspaceWith(SOURCES);
    await migrate(tree);
    const once = contents(tree);
    expect(await migrate(tree)).toContain('nothing to migrate');
    expect(contents(tree)).toEqual(once);
  });

  it('takes issuer and audience from the command where the strategy has none', async () => {
    const strategy = STRATEGY.replace(/ +audience: .*\n +issuer: .*\n/, '');
    const tree = workspaceWith({ ...SOURCES, 'auth/jwt.strategy.ts': strategy });
    await migrate(tree, { issuer: 'https://as.example/', audience: "it's" });
    expect(source(tree, 'auth/jwt.strategy.ts')).toMatch(
      /issuer: 'https:\/\/as\.example\/',\s+audience: "it's",/,
    );
  });

  it('makes one trust of each issuer, and keeps a clock tolerance', async () => {
    const strategy = STRATEGY.replace(
      /issuer: .*,\n/,
      "issuer: ['https://a.example', 'https://b.example'],\n",
    ).replace('ignoreExpiration: false', 'jsonWebTokenOptions: { clockTolerance: 30 }');
    const tree = workspaceWith({ ...SOURCES, 'auth/jwt.strategy.ts': strategy });
    await migrate(tree);
    const text = source(tree, 'auth/jwt.strategy.ts');
    expect(text.match(/issuer: 'https:..(a|b)\.example',/g)).toHaveLength(2);
    expect(text.match(/clockToleranceSeconds: 30,/g)).toHaveLength(2);
  });

  it('leaves a default in the place of what may be undefined', async () => {
    const strategy = STRATEGY.replace(
      'process.env.AUDIENCE',
      "process.env.AUDIENCE ?? 'https://shop'",
    );
    const tree = workspaceWith({ ...SOURCES, 'auth/jwt.strategy.ts': strategy });
    await migrate(tree);
    expect(source(tree, 'auth/jwt.strategy.ts')).toContain(
      "audience: process.env.AUDIENCE ?? 'https://shop',",
    );
    expect(source(tree, 'auth/jwt.strategy.ts')).not.toContain('function environment');
  });

  it.each([
    ['has another name', 'Strategy) {', "Strategy, 'azure') {", "it is named 'azure'"],
    ['checks no issuer', /issuer: .*,\n/, '', 'it checks no issuer'],
    ['checks no audience', /audience: .*,\n/, '', 'it checks no audience'],
    ['has an audience by pattern', /audience: .*,\n/, 'audience: /shop/,\n', 'regular expression'],
    [
      'shares a secret',
      /secretOrKeyProvider: [^]*?\}\),/,
      "secretOrKey: 'x',",
      'secretOrKey has no',
    ],
    [
      'takes the token from a cookie',
      'ExtractJwt.fromAuthHeaderAsBearerToken()',
      'fromCookie',
      'fromCookie',
    ],
    ['accepts a symmetric algorithm', "['RS256']", "['RS256', 'HS256']", 'no list of asymmetric'],
    ['chooses algorithms elsewhere', "['RS256']", 'ALGORITHMS', 'no list of asymmetric'],
    ['fetches keys its own way', 'cache: true', 'fetcher: ours', 'fetcher has no like'],
    [
      'checks a nonce',
      'ignoreExpiration: false',
      "jsonWebTokenOptions: { nonce: 'n' }",
      'nonce has no like',
    ],
    ['spreads its options', 'ignoreExpiration: false', '...shared', '...shared cannot be read'],
    ['sees the request', 'ignoreExpiration: false', 'passReqToCallback: true', 'passReqToCallback'],
    [
      'looks the person up',
      'return { id',
      'if (!payload.sub) throw new Error(); return { id',
      'validate() does more',
    ],
    [
      'asks a service',
      'id: payload.sub',
      'id: this.users.find(payload.sub)',
      'validate() does more',
    ],
    [
      'does more when it is made',
      'validate(',
      'extra() {}\n  validate(',
      'members of its own: extra',
    ],
    [
      'is configured by a class of its own',
      'config: ConfigService',
      'config: OurSettings',
      'config: OurSettings',
    ],
  ])('touches nothing of a strategy that %s, and says why', async (_, from, to, why) => {
    const strategy = STRATEGY.replace(from, to);
    expect(strategy).not.toBe(STRATEGY);
    const tree = workspaceWith({ ...SOURCES, 'auth/jwt.strategy.ts': strategy });
    const before = contents(tree);
    const told = await toldBy(() =>
      migrateFromPassportJwtGenerator(tree, { project: 'shop', skipFormat: true }),
    );
    expect(told).toContain('Not migrated: apps/shop/src/auth/jwt.strategy.ts: JwtStrategy');
    expect(told).toContain(why);
    expect(contents(tree)).toEqual(before);
  });

  it.each([
    ['nobody provides', { 'auth/auth.module.ts': '' }, 'no module provides it'],
    [
      'another class uses',
      { 'other.ts': `import { JwtStrategy } from './auth/jwt.strategy'; new JwtStrategy();` },
      'other.ts uses it elsewhere',
    ],
    [
      'comes by way of another file',
      { 'other.ts': `import { JwtStrategy } from './auth/index';` },
      'imports it by way of ./auth/index',
    ],
    [
      'is exported again',
      { 'x.ts': `export { JwtStrategy } from './auth/jwt.strategy';` },
      'again',
    ],
    ['stands beside another', { 'second.strategy.ts': STRATEGY }, 'another strategy'],
  ])('touches nothing of a strategy that %s', async (_, sources, why) => {
    const tree = workspaceWith({ ...SOURCES, ...sources });
    const before = contents(tree);
    const told = await toldBy(() =>
      migrateFromPassportJwtGenerator(tree, { project: 'shop', skipFormat: true }),
    );
    expect(told).toContain(why);
    expect(contents(tree)).toEqual(before);
  });

  it('names the tests that still know the strategy', async () => {
    const test = "import { JwtStrategy } from './jwt.strategy';";
    const tree = workspaceWith({ ...SOURCES, 'auth/jwt.strategy.spec.ts': test });
    expect(await migrate(tree)).toContain('jwt.strategy.spec.ts still names JwtStrategy');
    expect(source(tree, 'auth/jwt.strategy.spec.ts')).toContain('JwtStrategy');
  });
});

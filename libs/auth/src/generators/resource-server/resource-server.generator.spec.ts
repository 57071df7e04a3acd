import { readJson } from '@nx/devkit';
import {
  APPLICATION,
  contents,
  source,
  toldBy,
  workspaceWith,
} from '../../spec-support/nest-workspace.js';
import { resourceServerGenerator } from './resource-server.generator.js';

const WIRED = `import { Module } from '@nestjs/common';
import { ResourceServerModule } from '../auth/resource-server.module';
@Module({ imports: [ResourceServerModule] })
export class AppModule {}
`;

describe('resource-server', () => {
  it('imports a module of its own where the application begins', async () => {
    const tree = workspaceWith(APPLICATION);
    await toldBy(() => resourceServerGenerator(tree, { project: 'shop' }));
    expect(source(tree, 'app/app.module.ts')).toBe(WIRED);
    expect(tree.children('apps/shop/src/auth')).toEqual([
      'auth.configuration.ts',
      'example.controller.ts',
      'resource-server.module.ts',
      'resource-server.spec.ts',
    ]);
    expect(readJson(tree, 'package.json').dependencies['@keyward/auth']).toMatch(/^\^\d/);
  });

  it('changes nothing when it is run again, nor what was changed by hand', async () => {
    const tree = workspaceWith(APPLICATION);
    const options = { project: 'shop', issuer: 'https://as.example', audience: 'https://shop' };
    await toldBy(() => resourceServerGenerator(tree, options));
    const example = 'apps/shop/src/auth/example.controller.ts';
    tree.write(example, `${tree.read(example, 'utf8')}// ours\n`);
    const once = contents(tree);
    await toldBy(() => resourceServerGenerator(tree, options));
    expect(contents(tree)).toEqual(once);
  });

  it('keeps what the root module has', async () => {
    const tree = workspaceWith({
      ...APPLICATION,
      'app/app.module.ts': `
        import { Module } from '@nestjs/common';
        import { Orders } from './orders';
        @Module({
          imports: [
            Orders.forRoot(), // all of them
          ],
        })
        export class AppModule {}
      `,
    });
    await toldBy(() => resourceServerGenerator(tree, { project: 'shop' }));
    const text = source(tree, 'app/app.module.ts');
    expect(text).toMatch(/Orders\.forRoot\(\),\s+ResourceServerModule, \/\/ all of them/);
  });

  it('ends imports in .js where the application does, and adds to a module without imports', async () => {
    const tree = workspaceWith({
      'main.ts': String(APPLICATION['main.ts']).replace('app.module', 'app.module.js'),
      'app/app.module.ts': `import { Module } from '@nestjs/common';
        @Module({ providers: [] }) export class AppModule {}`,
    });
    await toldBy(() => resourceServerGenerator(tree, { project: 'shop' }));
    expect(source(tree, 'app/app.module.ts')).toContain(
      "import { ResourceServerModule } from '../auth/resource-server.module.js';",
    );
    expect(source(tree, 'app/app.module.ts')).toContain(
      'imports: [ResourceServerModule], providers',
    );
    expect(source(tree, 'auth/resource-server.module.ts')).toContain("'./example.controller.js'");
  });

  it('writes the test for the platform and the runner of the application', async () => {
    const tree = workspaceWith({
      ...APPLICATION,
      'platform.ts': `export { FastifyAdapter } from '@nestjs/platform-fastify';`,
    });
    tree.write('apps/shop/vitest.config.ts', '');
    await toldBy(() => resourceServerGenerator(tree, { project: 'shop' }));
    const test = source(tree, 'auth/resource-server.spec.ts');
    expect(test).toContain('NestFactory.create(ResourceServerModule, new FastifyAdapter(), {');
    expect(test).toContain("from 'vitest'");
  });

  it('puts issuer and audience where the application reads its environment', async () => {
    const tree = workspaceWith(APPLICATION);
    tree.write('apps/shop/.env', 'PORT=1\nAUTH_ISSUER=https://kept.example');
    const options = { project: 'shop', issuer: 'https://as.example', audience: 'https://shop' };
    expect(await toldBy(() => resourceServerGenerator(tree, options))).not.toContain('Set ');
    expect(tree.read('apps/shop/.env', 'utf8')).toBe(
      'PORT=1\nAUTH_ISSUER=https://kept.example\nAUTH_AUDIENCE=https://shop\n',
    );
  });

  it('says what has to be set, and which handlers nobody decided about', async () => {
    const tree = workspaceWith({
      ...APPLICATION,
      'cart.controller.ts': `
        @Controller('cart')
        export class CartController {
          @Get() list() {}
          @Post() @Public() add() {}
          helper() {}
        }
        @Controller() @Public()
        export class HealthController { @Get() ready() {} }
      `,
    });
    const told = await toldBy(() => resourceServerGenerator(tree, { project: 'shop' }));
    expect(told).toContain('Set AUTH_ISSUER and AUTH_AUDIENCE');
    expect(told).toContain('  apps/shop/src/cart.controller.ts: CartController.list');
    expect(told).not.toMatch(/CartController\.(add|helper)|HealthController|ExampleController/);
  });

  it.each([
    ['no application is made', { 'main.ts': '' }, 'no root module found'],
    [
      'more than one is',
      {
        'main.ts': `${APPLICATION['main.ts']}
          class OtherModule {}
          void NestFactory.createMicroservice(OtherModule);`,
      },
      'more than one root module found',
    ],
    [
      'its imports are made elsewhere',
      { 'app/app.module.ts': '@Module({ imports }) export class AppModule {}' },
      'AppModule has no list of imports',
    ],
  ])('writes nothing where %s', async (_, sources, problem) => {
    const tree = workspaceWith({ ...APPLICATION, ...sources });
    const before = contents(tree);
    await expect(resourceServerGenerator(tree, { project: 'shop' })).rejects.toThrow(problem);
    expect(contents(tree)).toEqual(before);
  });
});

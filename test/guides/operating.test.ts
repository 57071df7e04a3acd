/** The guides to migrating and to observability show the very lines that are compiled and started here. */
import { readFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OrdersModule } from './migrating.example.js';
import { ObservedModule } from './observability.example.js';
import { AppModule } from './shadow.example.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

async function withServer(module: Type, work: (url: string) => Promise<void>): Promise<void> {
  const app = await NestFactory.create(module, { logger: false });
  try {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    await work(`http://127.0.0.1:${port}`);
  } finally {
    await app.close();
  }
}

describe('the guides', () => {
  it.each([
    ['migrating', 'migrating'],
    ['migrating', 'shadow'],
    ['observability', 'observability'],
  ])('%s: shows what is compiled as %s', async (guide, name) => {
    const example = await read(`./${name}.example.ts`);
    expect(await read(`../../docs/guides/${guide}.md`)).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
  });

  it('to migrating starts, and leaves the answer to passport', () => {
    process.env['JWT_PUBLIC_KEY'] = 'no token is signed by it';
    return withServer(OrdersModule, async (url) => {
      const { status, headers } = await fetch(`${url}/orders`);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBeNull();
    });
  });

  it('to shadow rules starts', () =>
    withServer(AppModule, async (url) => {
      expect((await fetch(url)).status).toBe(404);
    }));

  it('to observability starts, keeps the metrics to itself, and tells its health', () =>
    withServer(ObservedModule, async (url) => {
      expect((await fetch(`${url}/metrics`)).status).toBe(401);
      const health = await fetch(`${url}/health`);
      expect(await health.json()).toMatchObject({
        details: { keyward: { enforcement: 'enforced' } },
      });
    }));
});

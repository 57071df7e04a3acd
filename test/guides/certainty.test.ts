/** The guides to introspection and to step-up show the very lines that are compiled and started here. */
import { readFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PaymentsModule } from './introspection.example.js';
import { AccountModule } from './step-up.example.js';

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
  it.each(['introspection', 'step-up'])('%s: shows what is compiled', async (name) => {
    const example = await read(`./${name}.example.ts`);
    expect(await read(`../../docs/guides/${name}.md`)).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
  });

  it('to introspection starts, and wants a token', () =>
    withServer(PaymentsModule, async (url) => {
      expect((await fetch(`${url}/payments`)).status).toBe(401);
    }));

  it('to step-up starts, and says where its metadata is', () =>
    withServer(AccountModule, async (url) => {
      const { status, headers } = await fetch(`${url}/account`, { method: 'DELETE' });
      const metadata = 'https://accounts.example.com/.well-known/oauth-protected-resource';
      expect([status, headers.get('www-authenticate')]).toEqual([
        401,
        `Bearer resource_metadata="${metadata}"`,
      ]);
      const document = await fetch(`${url}${new URL(metadata).pathname}`);
      expect(await document.json()).toMatchObject({
        resource: 'https://accounts.example.com',
        scopes_supported: ['account:delete'],
      });
    }));
});

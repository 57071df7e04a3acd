import { readFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { OrdersModule } from './orders.module.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

describe('README', () => {
  it('shows the library by the very lines that are compiled here', async () => {
    const example = await read('./orders.module.ts');
    expect(await read('../../README.md')).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
    expect(example.trim().split('\n').filter(Boolean).length).toBeLessThanOrEqual(15);
  });

  it('shows an application that starts and wants a token', async () => {
    const app = await NestFactory.create(OrdersModule, { logger: false });
    try {
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}/orders`);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    } finally {
      await app.close();
    }
  });
});

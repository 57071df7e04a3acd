/** The guide to DPoP shows the very lines that are compiled and started here. */
import { readFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { describeWithRedis } from '@keyward/auth-service/testing';
import { NestFactory } from '@nestjs/core';
import { OrdersModule } from './dpop.example.js';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

it('shows what is compiled', async () => {
  const example = await read('./dpop.example.ts');
  expect(await read('../../docs/guides/dpop.md')).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
});

describeWithRedis('the guide to DPoP', () => {
  it('starts, and tells of both schemes', async () => {
    const app = await NestFactory.create(OrdersModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const { status, headers } = await fetch(`http://127.0.0.1:${port}/orders`);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs="ES256 /);
    await app.close();
  });
});

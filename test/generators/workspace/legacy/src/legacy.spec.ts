/** What the application answers, before it is migrated and after: the same. */
import { generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LegacyModule } from './legacy.module.js';

describe('LegacyModule', () => {
  let issuer: Server;
  let url: string;
  let key: KeyObject;
  let app: INestApplication;

  beforeAll(async () => {
    const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    key = pair.privateKey;
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: '1', use: 'sig', alg: 'RS256' };
    issuer = createServer((_, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
    process.env.LEGACY_ISSUER = url;
    app = await NestFactory.create(LegacyModule, { logger: false });
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    issuer.closeAllConnections();
    await new Promise((resolve) => issuer.close(resolve));
  });

  function tokenWith(claims: object): string {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: 'RS256', typ: 'JWT', kid: '1' };
    const payload = {
      iss: url,
      aud: 'https://legacy.test',
      sub: 'alice',
      iat: now,
      exp: now + 7200,
      ...claims,
    };
    const input = [header, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  }

  async function get(path: string, token?: string): Promise<[number, unknown]> {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return [response.status, await response.json()];
  }

  it("lets in by AuthGuard('jwt') who has a token", async () => {
    expect(await get('/cart', tokenWith({}))).toEqual([200, { items: 3 }]);
  });

  it.each([
    ['no token', undefined],
    ['a token for someone else', { aud: 'https://other.test' }],
    ['a token of someone else', { iss: 'https://other.test' }],
    ['a token that has expired', { exp: Math.floor(Date.now() / 1000) - 600 }],
  ])('refuses %s', async (_, claims) => {
    expect((await get('/cart', claims && tokenWith(claims)))[0]).toBe(401);
  });

  it('leaves open what no guard stands before', async () => {
    expect(await get('/cart/offers')).toEqual([200, ['keys']]);
  });
});

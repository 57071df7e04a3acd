/** A signer as an operator would run it, for tests: `node signer.program.ts <socket> <directory of keys>`. */
import { createPrivateKey, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { makeKeyPair, makeSignature } from '../keys/signature.js';

/** What it does wrong, as the last line on its standard input says. */
type Fault = 'none' | 'slow' | 'hang' | 'garbage' | 'malformed' | 'foreign' | 'refuse' | 'die';

const [socket = '', directory = ''] = process.argv.slice(2);
let fault: Fault = 'none';
process.stdin.on('data', (line: Buffer) => (fault = line.toString().trim() as Fault));

const fileOf = (key: string) => join(directory, `${basename(key)}.pem`);

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
}

async function create(algorithm: SigningAlgorithm): Promise<[number, object]> {
  const { publicKey, privateKey } = await makeKeyPair(algorithm);
  const key = randomUUID();
  writeFileSync(fileOf(key), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  return [201, { key, jwk: publicKey.export({ format: 'jwk' }) }];
}

async function sign(key: string, alg: SigningAlgorithm, data: string): Promise<[number, object]> {
  if (!existsSync(fileOf(key))) return [404, { error: 'unknown key' }];
  const own = createPrivateKey(readFileSync(fileOf(key)));
  const used = fault === 'foreign' ? (await makeKeyPair(alg)).privateKey : own;
  const signature = await makeSignature(alg, Buffer.from(data, 'base64url'), used);
  return [200, { signature: signature.toString('base64url') }];
}

async function answer(request: IncomingMessage): Promise<[number, object | string]> {
  const body = await bodyOf(request);
  const [, , key = '', action] = (request.url ?? '').split('/').map(decodeURIComponent);
  if (fault === 'die') process.kill(process.pid, 'SIGKILL');
  if (fault === 'slow') await sleep(300);
  if (fault === 'hang') await sleep(60_000);
  if (fault === 'garbage') return [200, 'not JSON {'];
  if (fault === 'malformed') return [200, { signature: 42 }];
  if (fault === 'refuse') return [500, { error: 'the module is locked' }];
  const alg = body['alg'] as SigningAlgorithm;
  if (request.method === 'POST' && key === '') return create(alg);
  if (request.method === 'POST' && action === 'signatures')
    return sign(key, alg, body['data'] ?? '');
  if (request.method !== 'DELETE') return [405, {}];
  rmSync(fileOf(key), { force: true });
  return [204, ''];
}

mkdirSync(directory, { recursive: true, mode: 0o700 });
rmSync(socket, { force: true });
createServer((request, response) => {
  void answer(request).then(([status, body]) => {
    response.statusCode = status;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}).listen(socket, () => {
  chmodSync(socket, 0o660);
  process.stdout.write('ready\n');
});

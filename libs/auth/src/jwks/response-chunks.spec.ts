import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { responseChunks } from './response-chunks.js';

describe('responseChunks', () => {
  let server: Server;
  let answer: string[];
  beforeEach(async () => {
    answer = [];
    server = createServer((request, response) => {
      for (const part of answer) response.write(part);
      if (request.url !== '/stalls') response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const urlOf = (path: string) =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  it('gives all of a body', async () => {
    answer = ['a', 'b'];
    const signal = AbortSignal.timeout(5000);
    const chunks: Uint8Array[] = [];
    for await (const chunk of responseChunks(await fetch(urlOf('/'), { signal }), signal)) {
      chunks.push(chunk);
    }
    expect(Buffer.concat(chunks).toString()).toBe('ab');
    expect(await responseChunks({ body: null }, signal).next()).toMatchObject({ done: true });
  });

  it('stops a body that stalls, also after the collector took the request', async () => {
    answer = ['a'];
    const stop = new AbortController();
    const chunks = responseChunks(
      await fetch(urlOf('/stalls'), { signal: stop.signal }),
      stop.signal,
    );
    expect((await chunks.next()).done).toBe(false);
    const next = chunks.next().then(
      () => 'went on',
      (error: unknown) => (error as Error).message,
    );
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 5; round += 1) {
      await sleep(20);
      collect();
    }
    stop.abort(new Error('enough'));
    expect(await Promise.race([next, sleep(2000, 'still waiting', { ref: false })])).toBe('enough');
  });
});

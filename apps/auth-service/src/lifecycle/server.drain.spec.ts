import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerDrain } from './server.drain.js';

describe('ServerDrain', () => {
  let server: Server;
  let drain: ServerDrain;
  const start = async (listener: RequestListener) => {
    server = http.createServer(listener);
    drain = new ServerDrain(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  };
  const port = () => (server.address() as AddressInfo).port;
  const slow: RequestListener = (_request, response) => {
    setTimeout(() => response.end('answered'), 700);
  };

  it('answers what is under way, then has no connection', async () => {
    await start(slow);
    const agent = new http.Agent({ keepAlive: true });
    const request = http.get({ port: port(), agent });
    const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
    await once(server, 'request');
    const closed = drain.close(5000);
    const [response] = await answered;
    expect(await response.toArray()).toEqual([Buffer.from('answered')]);
    expect(await closed).toBe(true);
    agent.destroy();
  });

  it('makes each answer the last of its connection, once it is told to', async () => {
    await start((_request, response) => response.end());
    const agent = new http.Agent({ keepAlive: true });
    const connectionHeader = async () => {
      const [response] = (await once(http.get({ port: port(), agent }), 'response')) as [
        http.IncomingMessage,
      ];
      response.resume();
      await once(response, 'end');
      return response.headers.connection;
    };
    expect(await connectionHeader()).toBe('keep-alive');
    drain.endConnections();
    expect(await connectionHeader()).toBe('close');
    expect(await drain.close(5000)).toBe(true);
    agent.destroy();
  });

  it('does not wait for a connection that nobody uses', async () => {
    await start(slow);
    const socket = connect(port(), '127.0.0.1');
    await once(server, 'connection');
    const beganMs = Date.now();
    expect(await drain.close(20_000)).toBe(true);
    expect(Date.now() - beganMs).toBeLessThan(15_000);
    socket.destroy();
  });

  it('cuts what takes too long, and says so', async () => {
    await start(() => undefined);
    const request = http.get({ port: port() });
    const failed = once(request, 'error');
    await once(server, 'request');
    expect(await drain.close(200)).toBe(false);
    await expect(failed).resolves.toMatchObject([{ code: 'ECONNRESET' }]);
    await sleep(10);
    expect(server.listening).toBe(false);
  });
});

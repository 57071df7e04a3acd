import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { loopbackOutbound } from '../testing/outbound.fixture.js';
import { LogoutRefusedError, LogoutSender } from './logout.sender.js';

const NEVER = new AbortController().signal;

describe('LogoutSender', () => {
  const sender = new LogoutSender(loopbackOutbound());
  const refusalOf = async (uri: string, signal = NEVER) => {
    const error: unknown = await sender
      .send(uri, 'the.logout.token', signal)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LogoutRefusedError);
    expect(String(error)).not.toContain('the.logout.token');
    return String(error);
  };

  it.each([
    'http://web.example.com/logout',
    'http://127.0.0.1.example.com/logout',
    'ftp://127.0.0.1/logout',
  ])('sends nothing to %s', async (uri) => {
    expect(await refusalOf(uri)).toContain('neither https nor on a machine that is developed on');
  });

  it('says that nobody listens', async () => {
    expect(await refusalOf('http://127.0.0.1:1/logout')).toContain('cannot be reached');
  });

  it('waits five seconds for an answer, and not at all while the server stops', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`;
    const start = Date.now();
    const stopping = new AbortController();
    const stopped = refusalOf(uri, stopping.signal);
    stopping.abort();
    await stopped;
    expect(Date.now() - start).toBeLessThan(2000);
    await refusalOf(uri);
    expect(Date.now() - start).toBeGreaterThan(4500);
    server.closeAllConnections();
    server.close();
  });

  it('does not wait for the end of a body', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200).write('x');
      const timer = setInterval(() => response.write('x'.repeat(1000)), 10);
      response.on('close', () => clearInterval(timer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await sender.send(`http://127.0.0.1:${port}/logout`, 'the.logout.token', NEVER);
    server.closeAllConnections();
    server.close();
  });
});

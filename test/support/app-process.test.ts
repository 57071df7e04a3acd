import { AppProcess } from './app-process.js';
import { freeLoopbackPort } from './free-loopback-port.js';

const SERVER = `
  import { createServer } from 'node:http';
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.statusCode = request.url === '/ready' && asked < 3 ? 503 : 200;
    response.end(JSON.stringify({ ...process.env, asked }));
  });
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
  process.on('SIGTERM', () => process.env.DEAF || server.close(() => process.exit(7)));
`;

describe('AppProcess', () => {
  const running: AppProcess[] = [];
  const start = async (code: string, env: Record<string, string> = {}) => {
    const port = String(await freeLoopbackPort());
    const app = await AppProcess.start({
      args: ['--input-type=module', `--eval=${code}`],
      env: { PORT: port, ...env },
      url: `http://127.0.0.1:${port}`,
      readyPath: '/ready',
    });
    running.push(app);
    return app;
  };
  afterEach(async () => {
    for (const app of running.splice(0)) await app.kill();
  });

  it('waits until the process says that it is ready, and gathers what it says', async () => {
    const app = await start(SERVER);
    const answer = (await (await fetch(`${app.url}/`)).json()) as { asked: number };
    expect(answer.asked).toBeGreaterThan(3);
    expect(app.output).toBe('listening\n');
  });

  it('passes on no setting of the tests by itself', async () => {
    process.env['KEYWARD_TEST_LEAK'] = '1';
    try {
      const app = await start(SERVER, { GIVEN: 'yes' });
      const environment = (await (await fetch(`${app.url}/`)).json()) as Record<string, string>;
      expect(environment).toMatchObject({ GIVEN: 'yes' });
      expect(Object.keys(environment)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(KEYWARD|DATABASE|REDIS|NODE_OPTIONS)/)]),
      );
    } finally {
      delete process.env['KEYWARD_TEST_LEAK'];
    }
  });

  it('ends the process in order, and tells how it ended', async () => {
    const app = await start(SERVER);
    expect(await app.stop()).toEqual({ code: 7, signal: null });
    await expect(fetch(app.url)).rejects.toThrow('fetch failed');
    expect(await app.stop()).toEqual({ code: 7, signal: null });
  });

  it('kills the process, and nothing but it', async () => {
    const [one, other] = [await start(SERVER), await start(SERVER)];
    expect(await one.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    expect((await fetch(other.url)).status).toBe(200);
  });

  it('says what a process said that ended before it was ready', async () => {
    const failing = start('console.error("no database"); process.exit(4);');
    await expect(failing).rejects.toThrow('The process ended (4):\nno database');
  });

  it('kills a process that does not heed SIGTERM, and says so', async () => {
    const app = await start(SERVER, { DEAF: '1' });
    await expect(app.stop(300)).rejects.toThrow('did not end on SIGTERM');
    expect(() => process.kill(app.pid, 0)).toThrow('ESRCH');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ChildProgram } from '../../testing/child-program.js';
import { removeDataDirectory } from './data-directory-removal.js';
import { DirectoryInUseError } from './directory-lock.js';
import {
  type EmbeddedPostgresOptions,
  EmbeddedPostgresServer,
} from './embedded-postgres-server.js';
import { processStartTime } from './process-identity.js';

const MODULE = new URL('./embedded-postgres-server.ts', import.meta.url).href;
// Only root can run a server as somebody else, who may be kept out.
const asRoot = process.geteuid?.() === 0 ? it : it.skip;
const START = `
  const [, module, directory] = process.argv;
  const { EmbeddedPostgresServer } = await import(module);
  const server = await EmbeddedPostgresServer.start({ directory, unsafeWithoutFsync: true });
  console.log(server.url);
`;

describe('EmbeddedPostgresServer', () => {
  let root: string;
  let directory: string;
  const running: EmbeddedPostgresServer[] = [];
  const children: ChildProgram[] = [];

  const start = async (options: Partial<EmbeddedPostgresOptions> = {}) => {
    const server = await EmbeddedPostgresServer.start({
      directory,
      unsafeWithoutFsync: true,
      ...options,
    });
    running.push(server);
    return server;
  };
  const startChild = (rest: string) => {
    const child = ChildProgram.start(START + rest, MODULE, directory);
    children.push(child);
    return child;
  };
  const postmasterPid = () =>
    Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const query = async (url: string, text: string): Promise<unknown[][]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
    } finally {
      await client.end();
    }
  };

  // One folder for all: making its data is most of a test's time.
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'keyward-embedded-'));
    // Where root runs the tests, the server's own user has to pass.
    if (process.geteuid?.() === 0) chmodSync(root, 0o711);
    directory = join(root, 'postgres');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    for (const { child } of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await removeDataDirectory(directory);
    rmSync(root, { recursive: true, force: true });
  });

  it('keeps the data from one start to the next, on a folder that it makes', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE stopped AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'SELECT answer FROM stopped')).toEqual([[42]]);
  });

  asRoot('keeps the data also in a folder that its user cannot enter', async () => {
    const closed = join(root, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const wanted = join(closed, 'postgres');
    const sharedPlace = join(root, 'place');
    const options = { directory: wanted, sharedPlace };
    const first = await start(options);
    await query(first.url, 'CREATE TABLE stopped AS SELECT 42 AS answer');
    await expect(removeDataDirectory(wanted, { sharedPlace })).rejects.toThrow(DirectoryInUseError);
    await first.stop();
    const second = await start(options);
    expect(await query(second.url, 'SELECT answer FROM stopped')).toEqual([[42]]);
    expect(await query(second.url, 'SHOW data_directory')).toEqual([
      [join(readlinkSync(wanted), 'data')],
    ]);
    await second.stop();
    await removeDataDirectory(wanted, { sharedPlace });
    expect(readdirSync(join(sharedPlace, 'data'))).toEqual([]);
    const empty = await start(options);
    await expect(query(empty.url, 'SELECT answer FROM stopped')).rejects.toThrow('does not exist');
  });

  it('is reachable over loopback alone, and not without the password', async () => {
    const { url } = await start();
    expect(await query(url, 'SHOW listen_addresses')).toEqual([['127.0.0.1']]);
    expect(await query(url, 'SHOW unix_socket_directories')).toEqual([['']]);
    const guess = new URL(url);
    guess.password = 'guess';
    await expect(query(guess.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'data')).mode & 0o077).toBe(0);
  });

  it('flushes to the disk unless it is told not to', async () => {
    const safe = await EmbeddedPostgresServer.start({ directory });
    running.push(safe);
    expect(await query(safe.url, 'SHOW fsync')).toEqual([['on']]);
    await safe.stop();
    expect(await query((await start()).url, 'SHOW fsync')).toEqual([['off']]);
  });

  it('refuses a second owner of the folder, in this process as in another, naming the first', async () => {
    await start();
    const refused = start();
    await expect(refused).rejects.toBeInstanceOf(DirectoryInUseError);
    await expect(refused).rejects.toMatchObject({ ownerPid: process.pid });
    const { code } = await startChild('').ended();
    expect(code).not.toBe(0);
    expect(children[0]?.errorOutput).toContain(
      `in use by process ${process.pid}. Stop that process`,
    );
  });

  it('gives the folder free when its start fails', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port} (EADDRINUSE)`,
    );
    taken.close();
    await once(taken, 'close');
    expect(new URL((await start({ port })).url).port).toBe(String(port));
  });

  it('takes the folder over from a process that was killed, and the server that outlived it', async () => {
    const child = startChild('setInterval(() => {}, 1000);');
    const url = await child.line(0);
    await query(url, 'CREATE TABLE killed AS SELECT 42 AS answer');
    const orphan = postmasterPid();
    child.child.kill('SIGKILL');
    await child.ended();
    expect(processStartTime(orphan)).not.toBeNull();

    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    expect(processStartTime(orphan)).toBeNull();
    expect(lines.join('\n')).toContain(`(process ${orphan})`);
    expect(await query(server.url, 'SELECT answer FROM killed')).toEqual([[42]]);
  });

  it('leaves a stranger alone that was given the process id of a dead server', async () => {
    await (await start()).stop();
    const stranger = spawn('sleep', ['60']);
    const file = join(directory, 'data', 'postmaster.pid');
    writeFileSync(file, `${stranger.pid}\n${join(directory, 'data')}\n0\n1\n\n\n\n`);
    try {
      const { url } = await start();
      expect(await query(url, 'SELECT 1')).toEqual([[1]]);
      expect(processStartTime(stranger.pid as number)).not.toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it.each([
    ['has nothing left to do', '', null, { code: 0, signal: null }],
    ['calls process.exit', 'process.exit(3);', null, { code: 3, signal: null }],
    ['throws', 'setTimeout(() => { throw new Error("boom"); });', null, { code: 1, signal: null }],
    ['gets SIGINT', 'setInterval(() => {}, 1e3);', 'SIGINT', { code: null, signal: 'SIGINT' }],
    ['gets SIGTERM', 'setInterval(() => {}, 1e3);', 'SIGTERM', { code: null, signal: 'SIGTERM' }],
    [
      'handles SIGTERM by itself',
      'setInterval(() => {}, 1e3); process.on("SIGTERM", () => process.exit(5));',
      'SIGTERM',
      { code: 5, signal: null },
    ],
  ] as const)('ends with a process that %s', async (_name, rest, signal, end) => {
    const child = startChild(
      `const { readFileSync } = await import('node:fs');
       console.log(readFileSync(directory + '/data/postmaster.pid', 'utf8').split('\\n')[0]);
       console.log('up');` + rest,
    );
    await child.line(2);
    if (signal !== null) child.child.kill(signal);
    const { lines, ...ended } = await child.ended();
    expect(ended).toEqual(end);
    // Init takes the ended server from the list of processes when it gets to it.
    const isListed = () => processStartTime(Number(lines[1])) !== null;
    for (const end = Date.now() + 10_000; isListed() && Date.now() < end;) await sleep(50);
    expect(isListed()).toBe(false);
    await start();
  });
});

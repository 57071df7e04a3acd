import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildProgram } from '../../testing/child-program.js';
import { DirectoryInUseError, DirectoryLock } from './directory-lock.js';
import { processStartTime } from './process-identity.js';

const MODULE = new URL('./directory-lock.ts', import.meta.url).href;

describe('DirectoryLock', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'keyward-lock-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const leave = (pid: number, startTime: string | null) =>
    writeFileSync(join(directory, 'owner-7.lock'), JSON.stringify({ pid, startTime }));

  it('refuses a directory that is held, naming the holder and the ways out', () => {
    DirectoryLock.acquire(directory);
    const refused = () => DirectoryLock.acquire(directory);
    expect(refused).toThrow(DirectoryInUseError);
    expect(refused).toThrow(`in use by process ${process.pid}. Stop that process, or`);
    expect(refused).toThrow('set DATABASE_URL');
  });

  it('can be taken again after its release, and a repeated release does not free the next holder', () => {
    const first = DirectoryLock.acquire(directory);
    first.release();
    DirectoryLock.acquire(directory);
    first.release();
    expect(() => DirectoryLock.acquire(directory)).toThrow(DirectoryInUseError);
  });

  it('takes over from a dead process, and leaves one file', async () => {
    const program = ChildProgram.start('console.log(process.pid); setInterval(() => {}, 1000);');
    const pid = Number(await program.line(0));
    const startTime = processStartTime(pid);
    expect(startTime).not.toBeNull();
    program.child.kill('SIGKILL');
    await program.ended();
    leave(pid, startTime);
    DirectoryLock.acquire(directory);
    expect(readdirSync(directory)).toEqual(['owner-8.lock']);
  });

  it('takes over from a dead process whose id another process bears now', () => {
    leave(process.pid, 'another time');
    DirectoryLock.acquire(directory);
    expect(readdirSync(directory)).toEqual(['owner-8.lock']);
  });

  it('does not take a living process for dead, whoever asks', () => {
    leave(process.ppid, processStartTime(process.ppid));
    expect(() => DirectoryLock.acquire(directory)).toThrow(`in use by process ${process.ppid}`);
  });

  it.each([['text'], ['{"pid":1}'], ['null'], ['{"pid":"1","startTime":"x"}']])(
    'refuses a lock that it cannot read: %s',
    (content) => {
      writeFileSync(join(directory, 'owner-1.lock'), content);
      expect(() => DirectoryLock.acquire(directory)).toThrow('owner-1.lock is damaged');
    },
  );

  it('lets exactly one of many racing processes take over a dead lock, over and over', async () => {
    // Every process holds until all have tried, so that a second winner would be seen.
    const racer = `
      import { setTimeout as sleep } from 'node:timers/promises';
      const [, module, directory, start] = process.argv;
      const { DirectoryLock } = await import(module);
      const { mkdirSync, writeFileSync } = await import('node:fs');
      console.log('ready');
      for (let round = 0; round < 20; round += 1) {
        const place = directory + '/round-' + round;
        mkdirSync(place, { recursive: true });
        try { writeFileSync(place + '/owner-3.lock', '{"pid":${process.pid},"startTime":"dead"}', { flag: 'wx' }); } catch {}
        const at = Number(start) + round * 100;
        await sleep(Math.max(0, at - 2 - Date.now()));
        while (Date.now() < at);
        try { DirectoryLock.acquire(place); console.log('won ' + round); }
        catch (error) { console.log(error.name + ' ' + round); }
      }
      await sleep(Number(start) + 20 * 100 + 500 - Date.now());
    `;
    const start = String(Date.now() + 6_000);
    const racers = Array.from({ length: 5 }, () =>
      ChildProgram.start(racer, MODULE, directory, start),
    );
    const lines = (await Promise.all(racers.map((one) => one.ended()))).flatMap((end) => end.lines);
    for (let round = 0; round < 20; round += 1) {
      expect(lines.filter((line) => line === `won ${round}`)).toHaveLength(1);
      expect(lines.filter((line) => line === `DirectoryInUseError ${round}`)).toHaveLength(4);
      const owner = readFileSync(join(directory, `round-${round}`, 'owner-4.lock'), 'utf8');
      expect(racers.map(({ child }) => child.pid)).toContain(
        (JSON.parse(owner) as { pid: number }).pid,
      );
    }
  });
});

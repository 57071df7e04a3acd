import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
    const rounds = Array.from({ length: 20 }, (_, round) => join(directory, `round-${round}`));
    for (const place of rounds) {
      mkdirSync(place);
      writeFileSync(join(place, 'owner-3.lock'), '{"pid":1,"startTime":"of another process"}');
    }
    const racer = `
      import { existsSync, readFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      const [, module, gate, ...rounds] = process.argv;
      const { DirectoryLock } = await import(module);
      console.log('ready');
      while (!existsSync(gate)) await sleep(10);
      let at = Number(readFileSync(gate, 'utf8'));
      for (const place of rounds) {
        await sleep(Math.max(0, at - 2 - Date.now()));
        while (Date.now() < at);
        try { DirectoryLock.acquire(place); console.log('won'); }
        catch (error) { console.log(error.name); }
        at += 50;
      }
      setInterval(() => {}, 1000);
    `;
    const gate = join(directory, 'gate');
    const racers = Array.from({ length: 5 }, () =>
      ChildProgram.start(racer, MODULE, gate, ...rounds),
    );
    try {
      for (const one of racers) await one.line(0);
      writeFileSync(`${gate}.draft`, String(Date.now() + 200));
      renameSync(`${gate}.draft`, gate);
      for (const [index, place] of rounds.entries()) {
        // Nobody ends before all have tried, so a second winner would be seen.
        const outcomes = await Promise.all(racers.map((one) => one.line(index + 1)));
        expect(outcomes.toSorted()).toEqual([
          ...Array<string>(4).fill('DirectoryInUseError'),
          'won',
        ]);
        const owner = JSON.parse(readFileSync(join(place, 'owner-4.lock'), 'utf8')) as object;
        expect(owner).toMatchObject({ pid: racers[outcomes.indexOf('won')]?.child.pid });
      }
    } finally {
      for (const { child } of racers) child.kill('SIGKILL');
    }
  });
});

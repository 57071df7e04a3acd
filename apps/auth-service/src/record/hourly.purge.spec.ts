import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { HourlyPurge } from './hourly.purge.js';

const HOUR_MS = 3_600_000;

class RowPurge extends HourlyPurge {
  readonly limits: number[] = [];
  work: () => Promise<void> = () => Promise.resolve();

  constructor(private rows: number) {
    super();
  }

  purge(): Promise<void> {
    return this.inBatches(async (limit) => {
      this.limits.push(limit);
      await this.work();
      const removed = Math.min(limit, this.rows);
      this.rows -= removed;
      return removed;
    });
  }
}

describe('HourlyPurge', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('goes on, batch after batch, until nothing is left', async () => {
    const purge = new RowPurge(2500);
    await purge.purge();
    expect(purge.limits).toEqual([1000, 1000, 1000]);
  });

  it('runs every hour, also after a failure', async () => {
    const purge = new RowPurge(0);
    purge.work = () => Promise.reject(new Error('PostgreSQL is away'));
    purge.onApplicationBootstrap();
    expect(purge.limits).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(HOUR_MS);
    expect(Logger.prototype.warn).toHaveBeenCalledWith('put off: Error: PostgreSQL is away');
    await jest.advanceTimersByTimeAsync(HOUR_MS);
    expect(purge.limits).toHaveLength(2);
    await purge.onModuleDestroy();
    await jest.advanceTimersByTimeAsync(3 * HOUR_MS);
    expect(purge.limits).toHaveLength(2);
  });

  it('ends with the batch that is under way', async () => {
    const purge = new RowPurge(5000);
    let release: () => void = () => undefined;
    purge.work = () => new Promise((resolve) => (release = resolve));
    purge.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(HOUR_MS);
    let ended = false;
    const ending = purge.onModuleDestroy().then(() => (ended = true));
    await Promise.resolve();
    expect(ended).toBe(false);
    release();
    await ending;
    expect(purge.limits).toHaveLength(1);
  });
});

import { jest } from '@jest/globals';
import { whenReachable } from './start.wait.js';

describe('whenReachable', () => {
  const isPassing = (error: unknown) => (error as Error).message === 'not yet';

  it('asks again until there is an answer, and says once that it waits', async () => {
    const onWait = jest.fn();
    let attempts = 0;
    const attempt = async () => {
      attempts += 1;
      if (attempts < 4) throw new Error('not yet');
      return attempts;
    };
    await expect(whenReachable(attempt, { timeoutMs: 10_000, isPassing, onWait })).resolves.toBe(4);
    expect(onWait).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['when the time is up', 300, 'not yet'],
    ['at once where waiting would not help', 60_000, 'wrong password'],
    ['at once where it may not wait', 0, 'not yet'],
  ])('gives up %s, with the reason', async (_when, timeoutMs, message) => {
    const attempt = () => Promise.reject(new Error(message));
    const wait = { timeoutMs, isPassing, onWait: () => undefined };
    await expect(whenReachable(attempt, wait)).rejects.toThrow(message);
  });
});

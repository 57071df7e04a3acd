/** The queue of the shadow: later, a few at a time, and never more than it holds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ShadowQueue } from './shadow.queue.js';

describe('ShadowQueue', () => {
  it('begins in a later turn of the event loop, one a turn and in order', async () => {
    const queue = new ShadowQueue(10);
    const begun: number[] = [];
    for (const number of [1, 2, 3]) {
      queue.offer(async () => {
        begun.push(number);
      });
    }
    await Promise.resolve();
    expect(begun).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).toEqual([1]);
    await sleep(20);
    expect(begun).toEqual([1, 2, 3]);
    expect(queue.state()).toEqual({ pending: 0, dropped: 0 });
  });

  it('drops what it cannot hold, and takes more once there is room', async () => {
    const queue = new ShadowQueue(2);
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    expect(queue.offer(() => finished)).toBe(true);
    expect(queue.offer(() => finished)).toBe(true);
    expect(queue.offer(() => finished)).toBe(false);
    await sleep(20);
    expect(queue.state()).toEqual({ pending: 2, dropped: 1 });
    finish();
    await sleep(20);
    expect(queue.state()).toEqual({ pending: 0, dropped: 1 });
    expect(queue.offer(() => finished)).toBe(true);
  });

  it('has eight under way at most', async () => {
    const queue = new ShadowQueue(100);
    let running = 0;
    let most = 0;
    for (let count = 0; count < 30; count++) {
      queue.offer(async () => {
        most = Math.max(most, (running += 1));
        await sleep(2);
        running -= 1;
      });
    }
    while (queue.state().pending > 0) await sleep(5);
    expect(most).toBe(8);
  });

  it('forgets what waits when it is cleared', async () => {
    const queue = new ShadowQueue(10);
    let begun = 0;
    queue.offer(async () => {
      begun += 1;
    });
    queue.clear();
    await sleep(20);
    expect(begun).toBe(0);
    expect(queue.state().pending).toBe(0);
  });
});

import { jest } from '@jest/globals';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { BACKGROUND, type Origin } from '../http/request.origin.js';
import { AuditRecord, type AuditPage, type RecordedAuditEvent } from './audit.record.js';
import { BufferedAuditTrail, MAX_BUFFERED_EVENTS } from './buffered.audit-trail.js';

/** A record that can be down, slow, or refuse single events. */
class ListedRecord extends AuditRecord {
  readonly events: RecordedAuditEvent[] = [];
  readonly batches: number[] = [];
  down = false;
  hangs = false;

  async append(events: readonly RecordedAuditEvent[]): Promise<void> {
    if (this.hangs) await new Promise(() => undefined);
    if (this.down) throw new TemporarilyUnavailableError('down');
    if (events.some(({ type }) => type === 'refused')) throw new Error('a value it cannot hold');
    this.batches.push(events.length);
    this.events.push(...events);
  }

  find(): Promise<AuditPage> {
    throw new Error('not used');
  }

  purge(): Promise<number> {
    throw new Error('not used');
  }
}

describe('BufferedAuditTrail', () => {
  let record: ListedRecord;
  let trail: BufferedAuditTrail;
  beforeEach(() => {
    jest.useFakeTimers();
    record = new ListedRecord();
    trail = new BufferedAuditTrail(record);
  });
  afterEach(() => jest.useRealTimers());

  const types = () => record.events.map(({ type }) => type);
  const say = (type: string, origin: Origin = BACKGROUND) =>
    trail.record({ origin, type, outcome: 'success' });

  it('writes behind the caller, in order, as one batch, under the references it gave', async () => {
    const references = ['a', 'b', 'c'].map((type) => say(type));
    expect(record.events).toEqual([]);
    await jest.advanceTimersByTimeAsync(100);
    expect(types()).toEqual(['a', 'b', 'c']);
    expect(record.batches).toEqual([3]);
    expect(record.events.map(({ reference }) => reference)).toEqual(references);
  });

  it('writes address and correlation id of the origin, and nothing for what nobody asked', async () => {
    say('a', { correlationId: 'c-1', address: '192.0.2.1' });
    say('b');
    await jest.advanceTimersByTimeAsync(100);
    expect(record.events.map(({ address, correlationId }) => [address, correlationId])).toEqual([
      ['192.0.2.1', 'c-1'],
      [undefined, undefined],
    ]);
  });

  it('does not compile where nobody says whose doing it was', () => {
    // @ts-expect-error -- an event without an origin
    expect(() => trail.record({ type: 'a', outcome: 'success' })).toThrow(TypeError);
  });

  it('keeps what it cannot write, and writes it in order when it can', async () => {
    record.down = true;
    say('a');
    await jest.advanceTimersByTimeAsync(30_000);
    say('b');
    await jest.advanceTimersByTimeAsync(1000);
    expect(record.events).toEqual([]);
    record.down = false;
    await jest.advanceTimersByTimeAsync(5000);
    expect(types()).toEqual(['a', 'b']);
  });

  it('drops the oldest where more wait than it holds', async () => {
    record.down = true;
    for (let index = 0; index < MAX_BUFFERED_EVENTS + 3; index += 1) say(String(index));
    await jest.advanceTimersByTimeAsync(1000);
    record.down = false;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(record.events).toHaveLength(MAX_BUFFERED_EVENTS);
    expect(types()[0]).toBe('3');
    expect(types().at(-1)).toBe(String(MAX_BUFFERED_EVENTS + 2));
  });

  it('gives up the one event that the record refuses, and none beside it', async () => {
    ['a', 'refused', 'b'].forEach((type) => say(type));
    await jest.advanceTimersByTimeAsync(100);
    expect(types()).toEqual(['a', 'b']);
  });

  it('writes everything before it shuts down', async () => {
    for (let index = 0; index < 1200; index += 1) say(String(index));
    await trail.onApplicationShutdown();
    expect(record.events).toHaveLength(1200);
  });

  it.each(['down', 'hangs'] as const)(
    'does not hold up the shutdown where the record %s',
    async (fault) => {
      record[fault] = true;
      say('a');
      const closed = jest.fn();
      void trail.onApplicationShutdown().then(closed);
      await jest.advanceTimersByTimeAsync(6000);
      expect(closed).toHaveBeenCalled();
    },
  );
});

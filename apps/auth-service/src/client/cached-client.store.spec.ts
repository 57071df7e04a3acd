import { TemporarilyUnavailableError } from '@keyward/oauth';
import { eventually } from '../testing/eventually.js';
import { clientFixture } from '../testing/client.fixture.js';
import { CachedClientStore, CLIENT_FRESH_MS, CLIENT_STALE_MS } from './cached-client.store.js';
import { type Client } from './client.js';
import { ClientStore } from './client.store.js';

class ListedClientStore extends ClientStore {
  client: Client | null = clientFixture();
  failure: Error | null = null;
  reads = 0;
  /** Resolves when an answer may go. */
  delay: Promise<void> = Promise.resolve();

  async find(): Promise<Client | null> {
    this.reads += 1;
    await this.delay;
    if (this.failure !== null) throw this.failure;
    return this.client;
  }
}

describe('CachedClientStore', () => {
  let record: ListedClientStore;
  let nowMs: number;
  let store: CachedClientStore;
  beforeEach(() => {
    record = new ListedClientStore();
    nowMs = 0;
    store = new CachedClientStore(record, () => nowMs);
  });

  it('reads a client once in a while, and sees within that time that it is disabled', async () => {
    await store.find('shop');
    record.client = clientFixture({ disabledAt: new Date() });
    nowMs = CLIENT_FRESH_MS - 1;
    expect((await store.find('shop'))?.disabledAt).toBeNull();
    expect(record.reads).toBe(1);
    nowMs = CLIENT_FRESH_MS;
    expect((await store.find('shop'))?.disabledAt).toBeInstanceOf(Date);
  });

  it('goes on with what it knows while the record is down, and not for ever', async () => {
    await store.find('shop');
    record.failure = new TemporarilyUnavailableError('down');
    nowMs = CLIENT_STALE_MS - 1;
    expect((await store.find('shop'))?.clientId).toBe('shop');
    await expect(store.find('other')).rejects.toThrow(TemporarilyUnavailableError);
    nowMs = CLIENT_STALE_MS;
    await expect(store.find('shop')).rejects.toThrow(TemporarilyUnavailableError);
  });

  it('does not wait for a record that is down at every request', async () => {
    await store.find('shop');
    record.failure = new TemporarilyUnavailableError('down');
    nowMs = CLIENT_FRESH_MS;
    for (let n = 0; n < 5; n += 1) await store.find('shop');
    expect(record.reads).toBe(2);
    record.failure = null;
    nowMs += 1000;
    await store.find('shop');
    expect(record.reads).toBe(3);
  });

  it('goes on with what it knows while the record stands still, by one reading that is used when it ends', async () => {
    await store.find('shop');
    let go: () => void = () => undefined;
    record.delay = new Promise((resolve) => (go = resolve));
    record.client = clientFixture({ disabledAt: new Date() });
    nowMs = CLIENT_FRESH_MS;
    const answers = await Promise.all([store.find('shop'), store.find('shop')]);
    expect(answers.map((client) => client?.disabledAt)).toEqual([null, null]);
    expect(record.reads).toBe(2);
    go();
    await record.delay;
    nowMs += 1;
    const disabled = await eventually(
      () => store.find('shop'),
      (client) => client?.disabledAt !== null,
    );
    expect(disabled?.disabledAt).toBeInstanceOf(Date);
    expect(record.reads).toBe(2);
  });

  it('joins no reading that may be older than an answer may be', async () => {
    await store.find('shop');
    let go: () => void = () => undefined;
    record.delay = new Promise((resolve) => (go = resolve));
    nowMs = CLIENT_FRESH_MS;
    const first = store.find('shop');
    nowMs += CLIENT_FRESH_MS;
    const second = store.find('shop');
    expect(record.reads).toBe(3);
    go();
    await Promise.all([first, second]);
  });

  it('takes no fault but an outage for a reason to go on', async () => {
    await store.find('shop');
    nowMs = CLIENT_FRESH_MS;
    record.failure = new TypeError('a bug');
    await expect(store.find('shop')).rejects.toThrow(TypeError);
  });

  it('does not remember that there is no such client, nor one that is gone', async () => {
    record.client = null;
    expect(await store.find('shop')).toBeNull();
    record.client = clientFixture();
    expect(await store.find('shop')).not.toBeNull();
    record.client = null;
    nowMs = CLIENT_FRESH_MS;
    expect(await store.find('shop')).toBeNull();
    record.failure = new TemporarilyUnavailableError('down');
    await expect(store.find('shop')).rejects.toThrow(TemporarilyUnavailableError);
  });

  it('remembers no more than so many', async () => {
    for (let n = 0; n <= 10_000; n += 1) await store.find(`client ${n}`);
    record.failure = new TemporarilyUnavailableError('down');
    nowMs = CLIENT_FRESH_MS;
    await expect(store.find('client 0')).rejects.toThrow(TemporarilyUnavailableError);
    expect(await store.find('client 10000')).not.toBeNull();
  });
});

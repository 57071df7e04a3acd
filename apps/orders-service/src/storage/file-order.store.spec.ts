import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OrderContent } from '../order/order.js';
import { sampleOrders } from '../order/sample-orders.js';
import { OrderLockedError } from '../order/order.store.js';
import { FileOrderStore } from './file-order.store.js';

const content = (sku: string): OrderContent => ({
  currency: 'EUR',
  items: [{ sku, quantity: 1, unitPriceMinor: 100 }],
});

describe('FileOrderStore', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyward-orders-'));
    path = join(folder, 'deep', 'orders.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('creates the file with the initial orders, once', async () => {
    const first = await FileOrderStore.open(path, sampleOrders('alice'));
    const orders = await first.list('alice');
    expect(orders).toHaveLength(3);
    await first.remove('alice', orders[0]?.id ?? '');

    const second = await FileOrderStore.open(path, sampleOrders('alice'));
    expect(await second.list('alice')).toEqual(orders.slice(1));
  });

  it('gives back after a restart exactly what it kept', async () => {
    const before = await FileOrderStore.open(path);
    const order = await before.add('alice', { ...content('A'), note: 'ring twice' });
    const replaced = await before.replace('alice', order.id, content('B'));
    const other = await before.add('bob', content('C'));

    const after = await FileOrderStore.open(path);
    expect(await after.list('alice')).toEqual([replaced]);
    expect(await after.list('bob')).toEqual([other]);
    expect(replaced?.createdAt).toEqual(order.createdAt);
    expect(replaced).not.toHaveProperty('note');
  });

  it("neither shows, changes nor removes another customer's order", async () => {
    const store = await FileOrderStore.open(path);
    const order = await store.add('alice', content('A'));
    expect(await store.list('bob')).toEqual([]);
    expect(await store.find('bob', order.id)).toBeNull();
    expect(await store.replace('bob', order.id, content('B'))).toBeNull();
    expect(await store.remove('bob', order.id)).toBe(false);
    expect(await store.find('alice', order.id)).toEqual(order);
  });

  it("removes all of one customer's orders, now and after a restart, and nobody else's", async () => {
    const store = await FileOrderStore.open(path);
    await store.add('alice', content('A'));
    await store.add('alice', content('B'));
    const other = await store.add('bob', content('C'));
    await store.removeAll('alice');
    await store.removeAll('nobody');
    for (const kept of [store, await FileOrderStore.open(path)]) {
      expect(await kept.list('alice')).toEqual([]);
      expect(await kept.list('bob')).toEqual([other]);
    }
  });

  it('loses none of many changes that run at the same time', async () => {
    const store = await FileOrderStore.open(path);
    const added = await Promise.all(
      Array.from({ length: 40 }, (_, index) => store.add('alice', content(`SKU-${index}`))),
    );
    await Promise.all(added.slice(0, 10).map(({ id }) => store.remove('alice', id)));
    const kept = await (await FileOrderStore.open(path)).list('alice');
    expect(kept).toEqual(added.slice(10));
  });

  it('removes an order once when two ask at the same time', async () => {
    const store = await FileOrderStore.open(path);
    const { id } = await store.add('alice', content('A'));
    const answers = await Promise.all([store.remove('alice', id), store.remove('alice', id)]);
    expect(answers.sort()).toEqual([false, true]);
  });

  it('starts from the whole old file when a crash left half a new one beside it', async () => {
    const order = await (await FileOrderStore.open(path)).add('alice', content('A'));
    await writeFile(`${path}.new`, '{"version":1,"orders":[{"id":');
    const store = await FileOrderStore.open(path);
    expect(await store.list('alice')).toEqual([order]);
    await store.add('alice', content('B'));
    expect(await readdir(join(folder, 'deep'))).toEqual(['orders.json']);
  });

  it('is open to its owner only', async () => {
    await FileOrderStore.open(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['half a file', '{"version":1,"orders":[{"id":'],
    ['another version', '{"version":2,"orders":[]}'],
    ['something else', '[]'],
    ['nothing', ''],
  ])('refuses %s and leaves it as it is', async (_name, text) => {
    await FileOrderStore.open(path);
    await writeFile(path, text);
    await expect(FileOrderStore.open(path)).rejects.toThrow('does not hold orders');
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('fails one change whose write fails, keeps memory as the file is, and goes on', async () => {
    const store = await FileOrderStore.open(path);
    const order = await store.add('alice', content('A'));
    await rm(join(folder, 'deep'), { recursive: true });
    // A file in the place of the folder: no write can succeed, not even as root.
    await writeFile(join(folder, 'deep'), '');
    await expect(store.add('alice', content('B'))).rejects.toThrow();
    expect(await store.list('alice')).toEqual([order]);

    await rm(join(folder, 'deep'));
    const next = await store.add('alice', content('C'));
    expect(await (await FileOrderStore.open(path)).list('alice')).toEqual([order, next]);
  });

  it('holds an order as it is from the moment that its payment begins', async () => {
    const store = await FileOrderStore.open(path);
    const { id } = await store.add('alice', content('A'));
    expect((await store.beginPayment('alice', id))?.payment.status).toBe('pending');
    await expect(store.replace('alice', id, content('B'))).rejects.toBeInstanceOf(OrderLockedError);
    await expect(store.remove('alice', id)).rejects.toBeInstanceOf(OrderLockedError);
    await store.removeAll('alice');
    expect((await store.listPending()).map((order) => order.id)).toEqual([id]);

    await store.settlePayment('alice', id, null);
    expect((await store.replace('alice', id, content('B')))?.payment).toEqual({ status: 'unpaid' });
    expect(await store.listPending()).toEqual([]);
  });

  it('keeps a payment for good, over a restart and whatever is said later', async () => {
    const store = await FileOrderStore.open(path);
    const { id } = await store.add('alice', content('A'));
    const receipt = { id: 'payment-1', paidAt: new Date(1000) };
    // What is not pending was not asked for.
    expect((await store.settlePayment('alice', id, receipt))?.payment.status).toBe('unpaid');
    await store.beginPayment('alice', id);
    await store.settlePayment('alice', id, receipt);
    await store.settlePayment('alice', id, null);
    const paid = { status: 'paid', ...receipt };
    expect((await store.beginPayment('alice', id))?.payment).toEqual(paid);
    const after = await FileOrderStore.open(path);
    expect((await after.find('alice', id))?.payment).toEqual(paid);
    expect(await after.beginPayment('bob', id)).toBeNull();
  });

  it('reads orders of before there were payments as unpaid', async () => {
    const { id } = await (await FileOrderStore.open(path)).add('alice', content('A'));
    const text = await readFile(path, 'utf8');
    const old = text
      .replace(/ *"total_minor": \d+,\n/, '')
      .replace(/ *"payment": \{[^}]*\},\n/, '');
    expect(old).not.toContain('payment');
    await writeFile(path, old);
    const order = await (await FileOrderStore.open(path)).find('alice', id);
    expect(order?.payment).toEqual({ status: 'unpaid' });
  });
});

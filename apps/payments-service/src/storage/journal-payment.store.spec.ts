import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Payer } from '../payment/payment.js';
import { PaymentConflictError } from '../payment/payment.store.js';
import { JournalPaymentStore } from './journal-payment.store.js';

const ALICE: Payer = { issuer: 'https://a.example', subject: 'alice', clientId: 'orders' };
const ORDER = { orderId: '00000000-0000-4000-8000-000000000001', currency: 'EUR', amountMinor: 5 };

describe('JournalPaymentStore', () => {
  let folder: string;
  let path: string;
  const stores: JournalPaymentStore[] = [];
  const open = async () => {
    const store = await JournalPaymentStore.open(path);
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyward-payments-'));
    path = join(folder, 'deep', 'payments.jsonl');
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.onApplicationShutdown();
    await rm(folder, { recursive: true });
  });

  it('pays an order once, whoever asks at the same time, also after a restart', async () => {
    const store = await open();
    const all = await Promise.all(Array.from({ length: 50 }, () => store.pay(ALICE, ORDER)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await (await open()).pay(ALICE, ORDER)).toEqual(all[0]);
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['amount', { ...ORDER, amountMinor: 6 }],
    ['currency', { ...ORDER, currency: 'CHF' }],
  ])('refuses another %s for an order that is paid', async (_, other) => {
    const store = await open();
    await store.pay(ALICE, ORDER);
    await expect(store.pay(ALICE, other)).rejects.toBeInstanceOf(PaymentConflictError);
    expect((await store.find(ALICE, ORDER.orderId))?.amountMinor).toBe(5);
  });

  it.each<[string, Payer]>([
    ['person', { ...ALICE, subject: 'bob' }],
    ['issuer', { ...ALICE, issuer: 'https://b.example' }],
    ['client', { ...ALICE, clientId: 'other' }],
  ])('takes the same order id of another %s for another order', async (_, other) => {
    const store = await open();
    const first = await store.pay(ALICE, ORDER);
    const second = await store.pay(other, { ...ORDER, amountMinor: 9 });
    expect(second.id).not.toBe(first.id);
    expect(await store.find(ALICE, ORDER.orderId)).toEqual(first);
  });

  it('lists by person and by client, each of one issuer', async () => {
    const store = await open();
    const own = await store.pay(ALICE, ORDER);
    const bobs = await store.pay({ ...ALICE, subject: 'bob' }, ORDER);
    const direct = await store.pay({ ...ALICE, clientId: 'app' }, ORDER);
    await store.pay({ ...ALICE, issuer: 'https://b.example' }, ORDER);
    expect(await store.listOfSubject(ALICE)).toEqual([own, direct]);
    expect(await store.listOfClient(ALICE)).toEqual([own, bobs]);
  });

  it('goes on behind the last whole line where a crash cut one off', async () => {
    const first = await (await open()).pay(ALICE, ORDER);
    await appendFile(path, '{"id":"00000000-0000-4000-8000-00000');
    const store = await open();
    const second = await store.pay({ ...ALICE, subject: 'bob' }, ORDER);
    const restored = await open();
    expect(await restored.find(ALICE, ORDER.orderId)).toEqual(first);
    expect(await restored.find({ ...ALICE, subject: 'bob' }, ORDER.orderId)).toEqual(second);
  });

  it('leaves alone what holds no payments', async () => {
    path = join(folder, 'other');
    await writeFile(path, 'dear diary\n');
    await expect(JournalPaymentStore.open(path)).rejects.toThrow('does not hold payments');
    expect(await readFile(path, 'utf8')).toBe('dear diary\n');
  });
});

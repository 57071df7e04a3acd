/** Keeps all orders in one JSON file, for one process: enough for a sample, and a restart loses nothing. */
import { randomUUID } from 'node:crypto';
import {
  type Order,
  type OrderContent,
  type OrderPayment,
  type PaymentReceipt,
} from '../order/order.js';
import { OrderLockedError, OrderStore } from '../order/order.store.js';
import { AtomicFile } from './atomic-file.js';
import { formatOrders, parseOrders, type Orders } from './order-file.format.js';

/** What a change made of all orders, and what its caller is told. */
interface Change<T> {
  /** Absent where nothing changed. */
  readonly orders?: Orders;
  readonly result: T;
}

export class FileOrderStore extends OrderStore {
  readonly #file: AtomicFile;
  #orders: Orders;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(file: AtomicFile, orders: Orders) {
    super();
    this.#file = file;
    this.#orders = orders;
  }

  /**
   * Loads the file, or creates it with `initial`.
   * @throws Error where the file holds anything but orders; it is left as it is
   */
  static async open(path: string, initial: readonly Order[] = []): Promise<FileOrderStore> {
    const file = new AtomicFile(path);
    const content = await file.read();
    if (content !== null) return new FileOrderStore(file, parseOrders(path, content));
    const store = new FileOrderStore(file, new Map());
    await store.#change(() => ({
      orders: new Map(initial.map((order) => [order.id, order])),
      result: undefined,
    }));
    return store;
  }

  async list(customer: string): Promise<readonly Order[]> {
    return [...this.#orders.values()].filter((order) => order.customer === customer);
  }

  async find(customer: string, id: string): Promise<Order | null> {
    return ownOrder(this.#orders, customer, id);
  }

  add(customer: string, content: OrderContent): Promise<Order> {
    return this.#change((orders) => {
      const now = new Date();
      const order: Order = {
        ...content,
        ...{ id: randomUUID(), customer, createdAt: now, updatedAt: now },
        payment: { status: 'unpaid' },
      };
      return { orders: new Map(orders).set(order.id, order), result: order };
    });
  }

  replace(customer: string, id: string, content: OrderContent): Promise<Order | null> {
    return this.#change<Order | null>((orders) => {
      const old = ownOrder(orders, customer, id);
      if (old === null) return { result: null };
      const { createdAt, payment } = unlocked(old);
      const order = { ...content, id, customer, createdAt, updatedAt: new Date(), payment };
      return { orders: new Map(orders).set(id, order), result: order };
    });
  }

  remove(customer: string, id: string): Promise<boolean> {
    return this.#change((orders) => {
      const order = ownOrder(orders, customer, id);
      if (order === null) return { result: false };
      unlocked(order);
      const rest = new Map(orders);
      rest.delete(id);
      return { orders: rest, result: true };
    });
  }

  removeAll(customer: string): Promise<void> {
    return this.#change((orders) => {
      const rest = [...orders].filter(
        ([, order]) => order.customer !== customer || order.payment.status === 'pending',
      );
      return { ...(rest.length < orders.size && { orders: new Map(rest) }), result: undefined };
    });
  }

  beginPayment(customer: string, id: string): Promise<Order | null> {
    return this.#changePayment(customer, id, ({ status }) =>
      status === 'unpaid' ? { status: 'pending', since: new Date() } : undefined,
    );
  }

  settlePayment(
    customer: string,
    id: string,
    receipt: PaymentReceipt | null,
  ): Promise<Order | null> {
    return this.#changePayment(customer, id, ({ status }) => {
      if (status !== 'pending') return undefined;
      return receipt === null ? { status: 'unpaid' } : { status: 'paid', ...receipt };
    });
  }

  async listPending(): Promise<readonly Order[]> {
    return [...this.#orders.values()].filter(({ payment }) => payment.status === 'pending');
  }

  /** Waits for writes under way, so that a shutdown never cuts one off. */
  async onApplicationShutdown(): Promise<void> {
    await this.#tail;
  }

  #changePayment(
    customer: string,
    id: string,
    decide: (payment: OrderPayment) => OrderPayment | undefined,
  ): Promise<Order | null> {
    return this.#change<Order | null>((orders) => {
      const old = ownOrder(orders, customer, id);
      const payment = old && decide(old.payment);
      if (old === null || !payment) return { result: old };
      const order = { ...old, payment };
      return { orders: new Map(orders).set(id, order), result: order };
    });
  }

  // Changes wait for each other; memory follows only what is safely on disk.
  #change<T>(decide: (orders: Orders) => Change<T>): Promise<T> {
    const change = this.#tail.then(async () => {
      const { orders, result } = decide(this.#orders);
      if (orders !== undefined) {
        await this.#file.replace(formatOrders(orders));
        this.#orders = orders;
      }
      return result;
    });
    // One failed write is its caller's error and must not stop the row behind it.
    this.#tail = change.catch(() => undefined);
    return change;
  }
}

function ownOrder(orders: Orders, customer: string, id: string): Order | null {
  const order = orders.get(id);
  return order?.customer === customer ? order : null;
}

/** @throws OrderLockedError */
function unlocked(order: Order): Order {
  if (order.payment.status === 'unpaid') return order;
  throw new OrderLockedError();
}

/** Has orders paid, and finds out what became of payments that nobody heard the end of. */
import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type ConfigType } from '@nestjs/config';
import { type Caller } from '@keyward/auth/client';
import { ordersConfig } from '../config/orders.config.js';
import { type Order } from '../order/order.js';
import { OrderStore } from '../order/order.store.js';
import {
  PaymentForbiddenError,
  PaymentGateway,
  PaymentUnavailableError,
  StepUpNeededError,
} from './payment.gateway.js';

/** A request that is this old is not under way any more. */
const UNDER_WAY_MS = 60_000;

@Injectable()
export class OrderPayments implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('OrderPayments');
  /** The last of what is done about each order: its payments wait for each other. */
  readonly #tails = new Map<string, Promise<unknown>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly orders: OrderStore,
    @Optional() @Inject(PaymentGateway) private readonly gateway: PaymentGateway | null,
    @Inject(ordersConfig.KEY) private readonly config: ConfigType<typeof ordersConfig>,
  ) {}

  /** Whether orders can be paid. */
  get isConfigured(): boolean {
    return this.gateway !== null;
  }

  /**
   * Pays for an order of the customer; a paid one is answered as it is. Until the end is known the order
   * is pending, and cannot be changed.
   *
   * @returns null where the customer has no such order
   * @throws StepUpNeededError, PaymentForbiddenError: the order is unpaid
   * @throws PaymentUnavailableError: it is pending where that `isUnknown`, else unpaid
   */
  pay(customer: string, id: string, caller: Caller): Promise<Order | null> {
    return this.#inTurn(id, async () => {
      const order = await this.orders.beginPayment(customer, id);
      if (order === null || order.payment.status === 'paid') return order;
      if (this.gateway === null) throw new Error('payments are not configured');
      try {
        const receipt = await this.gateway.pay(order, caller);
        return await this.orders.settlePayment(customer, id, receipt);
      } catch (error) {
        if (!isUnknownEnd(error)) await this.orders.settlePayment(customer, id, null);
        throw error;
      }
    });
  }

  /** Asks about every payment of which the end is not known, as this service itself. */
  async reconcile(): Promise<void> {
    for (const { customer, id } of await this.orders.listPending()) {
      await this.#inTurn(id, () => this.#reconcile(customer, id));
    }
  }

  onApplicationBootstrap(): void {
    if (this.gateway === null) return;
    const reconcile = () =>
      void this.reconcile().catch((error: unknown) => this.#logger.warn(String(error)));
    reconcile();
    this.#timer = setInterval(reconcile, this.config.reconcileSeconds * 1000).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #reconcile(customer: string, id: string): Promise<void> {
    const order = await this.orders.find(customer, id);
    if (order?.payment.status !== 'pending' || this.gateway === null) return;
    const receipt = await this.gateway.find(order);
    const mayComeYet = Date.now() - order.payment.since.getTime() < UNDER_WAY_MS;
    if (receipt === null && mayComeYet) return;
    await this.orders.settlePayment(customer, id, receipt);
    this.#logger.log(`order ${id} is ${receipt === null ? 'unpaid' : 'paid'}, as payments say`);
  }

  async #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#tails.get(id) ?? Promise.resolve()).then(work);
    const tail = turn.catch(() => undefined);
    this.#tails.set(id, tail);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(id) === tail) this.#tails.delete(id);
    }
  }
}

/** What is not expected says nothing about the payment. */
function isUnknownEnd(error: unknown): boolean {
  if (error instanceof PaymentUnavailableError) return error.isUnknown;
  return !(error instanceof StepUpNeededError || error instanceof PaymentForbiddenError);
}

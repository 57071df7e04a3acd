/** The port behind which orders are kept. */
import { type Order, type OrderContent, type PaymentReceipt } from './order.js';

/** What is paid, or about to be, stays as it is. */
export class OrderLockedError extends Error {
  override readonly name = 'OrderLockedError';
}

/**
 * Keeps orders. Every verb names the customer, so no caller can forget whose order it is: an order
 * of someone else and one that does not exist are the same absence. Every change is atomic and
 * durable when its promise resolves; changes that run at the same time are applied one by one.
 */
export abstract class OrderStore {
  /** The customer's orders, oldest first. */
  abstract list(customer: string): Promise<readonly Order[]>;

  /** The customer's order, or null. */
  abstract find(customer: string, id: string): Promise<Order | null>;

  /** Adds an order under a new id. */
  abstract add(customer: string, content: OrderContent): Promise<Order>;

  /**
   * Puts `content` in the place of what the order held; null where the customer has no such order.
   * @throws OrderLockedError for an order that is not unpaid
   */
  abstract replace(customer: string, id: string, content: OrderContent): Promise<Order | null>;

  /**
   * Removes the order; false where the customer has no such order.
   * @throws OrderLockedError for an order that is not unpaid
   */
  abstract remove(customer: string, id: string): Promise<boolean>;

  /** Removes all that the customer has, but for what is about to be paid; none is fine. */
  abstract removeAll(customer: string): Promise<void>;

  /**
   * Makes an unpaid order pending, so that what is paid for cannot change meanwhile; a pending and a paid
   * one stay as they are. Null where the customer has no such order.
   */
  abstract beginPayment(customer: string, id: string): Promise<Order | null>;

  /** Ends a pending payment: paid by the receipt, or unpaid again by null. A paid order stays paid. */
  abstract settlePayment(
    customer: string,
    id: string,
    receipt: PaymentReceipt | null,
  ): Promise<Order | null>;

  /** Everybody's orders with a payment of which the end is not known. */
  abstract listPending(): Promise<readonly Order[]>;
}

/** The port behind which orders are kept. */
import { type Order, type OrderContent } from './order.js';

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

  /** Puts `content` in the place of what the order held; null where the customer has no such order. */
  abstract replace(customer: string, id: string, content: OrderContent): Promise<Order | null>;

  /** Removes the order; false where the customer has no such order. */
  abstract remove(customer: string, id: string): Promise<boolean>;

  /** Removes all that the customer has; none is fine. */
  abstract removeAll(customer: string): Promise<void>;
}

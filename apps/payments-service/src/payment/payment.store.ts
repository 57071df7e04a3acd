/** Port: where payments are kept. */
import { type Payer, type Payment, type PaymentOrder } from './payment.js';

/** The same order was paid with another amount. */
export class PaymentConflictError extends Error {
  override readonly name = 'PaymentConflictError';
}

/** Payments are only ever added, and durable when the promise resolves. */
export abstract class PaymentStore {
  /** What `payer` paid for the order, or null. */
  abstract find(payer: Payer, orderId: string): Promise<Payment | null>;

  /** The payments of one person, through whomever, oldest first. */
  abstract listOfSubject(payer: Pick<Payer, 'issuer' | 'subject'>): Promise<readonly Payment[]>;

  /** The payments that one client asked for, for whomever, oldest first. */
  abstract listOfClient(client: Pick<Payer, 'issuer' | 'clientId'>): Promise<readonly Payment[]>;

  /**
   * Pays, unless it is paid: then it is the payment that was made. Of any number of calls at once one
   * pays.
   * @throws PaymentConflictError where it was paid with another amount
   */
  abstract pay(payer: Payer, order: PaymentOrder): Promise<Payment>;
}

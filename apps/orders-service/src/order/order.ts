/** An order as this service thinks of it. */

/** One line of an order. */
export interface OrderItem {
  readonly sku: string;
  readonly quantity: number;
  /** Price of one piece in the currency's minor unit (cents). */
  readonly unitPriceMinor: number;
}

/** What the customer decides about an order; a replacement brings all of it. */
export interface OrderContent {
  /** ISO 4217 code. */
  readonly currency: string;
  readonly items: readonly OrderItem[];
  readonly note?: string;
}

/** How far an order is paid. */
export type OrderPayment =
  | { readonly status: 'unpaid' }
  /** Asked for, and not known yet how it ended: until it is, the order cannot be changed. */
  | { readonly status: 'pending'; readonly since: Date }
  | { readonly status: 'paid'; readonly id: string; readonly paidAt: Date };

/** What payments-service says of a payment. */
export type PaymentReceipt = Omit<Extract<OrderPayment, { status: 'paid' }>, 'status'>;

/** An order with what the service decided about it. */
export interface Order extends OrderContent {
  /** A UUID. */
  readonly id: string;
  /** The token's subject that placed it: nobody else sees or changes it. */
  readonly customer: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly payment: OrderPayment;
}

/** What an order costs, in the currency's minor unit. */
export function totalMinor({ items }: OrderContent): number {
  return items.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
}

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

/** An order with what the service decided about it. */
export interface Order extends OrderContent {
  /** A UUID. */
  readonly id: string;
  /** The token's subject that placed it: nobody else sees or changes it. */
  readonly customer: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

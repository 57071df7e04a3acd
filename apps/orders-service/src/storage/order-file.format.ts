/** How orders are written into their file. */
import { z } from 'zod';
import { type Order } from '../order/order.js';
import { keptOrderSchema, representOrder, restoreOrder } from '../order/order.representation.js';

const fileSchema = z.strictObject({
  version: z.literal(1),
  orders: z.array(keptOrderSchema),
});

/** Orders by their ids. */
export type Orders = ReadonlyMap<string, Order>;

/** The text of a file. */
export function formatOrders(orders: Orders): string {
  return `${JSON.stringify({ version: 1, orders: [...orders.values()].map(representOrder) }, null, 1)}\n`;
}

/**
 * Reads a file.
 * @throws Error that names `path` where the text is anything but orders
 */
export function parseOrders(path: string, content: string): Orders {
  try {
    const { orders } = fileSchema.parse(JSON.parse(content));
    return new Map(orders.map((order) => [order.id, restoreOrder(order)]));
  } catch (error) {
    throw new Error(`${path} does not hold orders: repair it, or move it away to start without`, {
      cause: error,
    });
  }
}

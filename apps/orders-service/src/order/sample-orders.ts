/** Three orders to look at in a demonstration. */
import { randomUUID } from 'node:crypto';
import { type Order, type OrderContent } from './order.js';

const CONTENTS: readonly OrderContent[] = [
  { currency: 'EUR', items: [{ sku: 'KEY-BLANK', quantity: 12, unitPriceMinor: 180 }] },
  {
    currency: 'EUR',
    items: [
      { sku: 'PADLOCK-40', quantity: 2, unitPriceMinor: 1450 },
      { sku: 'HASP-100', quantity: 2, unitPriceMinor: 690 },
    ],
    note: 'Leave at the gate',
  },
  { currency: 'EUR', items: [{ sku: 'SAFE-S2', quantity: 1, unitPriceMinor: 48_900 }] },
];

/** The sample orders, as placed by `customer` just now. */
export function sampleOrders(customer: string): Order[] {
  const now = new Date();
  return CONTENTS.map((content) => ({
    ...content,
    id: randomUUID(),
    customer,
    createdAt: now,
    updatedAt: now,
    payment: { status: 'unpaid' },
  }));
}

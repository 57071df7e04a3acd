/** The wire shape of orders: what a request body may hold and what an answer holds. */
import { z } from 'zod';
import { totalMinor, type Order, type OrderContent, type OrderPayment } from './order.js';

const item = z.strictObject({
  sku: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ -'),
  quantity: z.int().min(1).max(10_000),
  unit_price_minor: z.int().min(0).max(1_000_000_000),
});

const contentShape = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, like EUR'),
  items: z.array(item).min(1).max(100),
  note: z.string().max(500).optional(),
});

/** Body of POST and PUT, and its one conversion into the domain. */
export const orderContentSchema = contentShape.transform(
  ({ currency, items, note }): OrderContent => ({
    currency,
    items: items.map(({ sku, quantity, unit_price_minor }) => ({
      sku,
      quantity,
      unitPriceMinor: unit_price_minor,
    })),
    ...(note === undefined ? {} : { note }),
  }),
);

const paymentShape = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('unpaid') }),
  z.strictObject({ status: z.literal('pending'), since: z.iso.datetime() }),
  z.strictObject({ status: z.literal('paid'), id: z.string(), paid_at: z.iso.datetime() }),
]);

/** An order in an answer. */
export const orderRepresentationSchema = contentShape.extend({
  id: z.uuid(),
  customer: z.string(),
  total_minor: z.int(),
  payment: paymentShape,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** An order in a file; one of before there were payments is unpaid. */
export const keptOrderSchema = orderRepresentationSchema.extend({
  total_minor: z.int().optional(),
  payment: paymentShape.default({ status: 'unpaid' }),
});

/** An order in an answer. */
export type OrderRepresentation = z.output<typeof orderRepresentationSchema>;

/** Converts an order for an answer. */
export function representOrder(order: Order): OrderRepresentation {
  return {
    id: order.id,
    customer: order.customer,
    currency: order.currency,
    items: order.items.map(({ sku, quantity, unitPriceMinor }) => ({
      sku,
      quantity,
      unit_price_minor: unitPriceMinor,
    })),
    ...(order.note === undefined ? {} : { note: order.note }),
    total_minor: totalMinor(order),
    payment: representPayment(order.payment),
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}

/** Reads back what `representOrder` wrote. */
export function restoreOrder(kept: z.output<typeof keptOrderSchema>): Order {
  const { id, customer, created_at, updated_at, payment, currency, items, note } = kept;
  return {
    id,
    customer,
    ...orderContentSchema.parse({ currency, items, note }),
    createdAt: new Date(created_at),
    updatedAt: new Date(updated_at),
    payment: restorePayment(payment),
  };
}

function representPayment(payment: OrderPayment): z.output<typeof paymentShape> {
  switch (payment.status) {
    case 'unpaid':
      return payment;
    case 'pending':
      return { status: 'pending', since: payment.since.toISOString() };
    case 'paid':
      return { status: 'paid', id: payment.id, paid_at: payment.paidAt.toISOString() };
  }
}

function restorePayment(payment: z.output<typeof paymentShape>): OrderPayment {
  switch (payment.status) {
    case 'unpaid':
      return payment;
    case 'pending':
      return { status: 'pending', since: new Date(payment.since) };
    case 'paid':
      return { status: 'paid', id: payment.id, paidAt: new Date(payment.paid_at) };
  }
}

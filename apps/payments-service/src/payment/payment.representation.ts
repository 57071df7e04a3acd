/** The wire shape of payments. */
import { z } from 'zod';
import { type Payment, type PaymentOrder } from './payment.js';

/** Body of a payment. */
export const paymentContentSchema = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, like EUR'),
  amount_minor: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
});

/** Body of a payment. */
export type PaymentContent = z.output<typeof paymentContentSchema>;

/** The id of an order. */
export const orderIdSchema = z.uuid();

/** A payment in an answer. */
export const paymentRepresentationSchema = z.object({
  id: z.uuid(),
  order_id: orderIdSchema,
  issuer: z.string(),
  payer: z.string(),
  client_id: z.string(),
  currency: z.string(),
  amount_minor: z.int(),
  paid_at: z.iso.datetime(),
});

/** A payment in an answer. */
export type PaymentRepresentation = z.output<typeof paymentRepresentationSchema>;

/** Converts the body of a request. */
export function paymentOrderFrom(orderId: string, content: PaymentContent): PaymentOrder {
  // One order has one id, however it is written.
  const { currency, amount_minor: amountMinor } = content;
  return { orderId: orderId.toLowerCase(), currency, amountMinor };
}

/** Converts a payment for an answer. */
export function representPayment(payment: Payment): PaymentRepresentation {
  return {
    id: payment.id,
    order_id: payment.orderId,
    issuer: payment.issuer,
    payer: payment.subject,
    client_id: payment.clientId,
    currency: payment.currency,
    amount_minor: payment.amountMinor,
    paid_at: payment.paidAt.toISOString(),
  };
}

/** Reads back what `representPayment` wrote. */
export function restorePayment(representation: PaymentRepresentation): Payment {
  return {
    id: representation.id,
    orderId: representation.order_id,
    issuer: representation.issuer,
    subject: representation.payer,
    clientId: representation.client_id,
    currency: representation.currency,
    amountMinor: representation.amount_minor,
    paidAt: new Date(representation.paid_at),
  };
}

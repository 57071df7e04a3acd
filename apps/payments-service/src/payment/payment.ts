/** A payment as this service thinks of it. */
import { type Principal } from '@keyward/auth';

/** What is paid. */
export interface PaymentOrder {
  /** A UUID that the client chose; it makes a repeated request harmless. */
  readonly orderId: string;
  /** ISO 4217 code. */
  readonly currency: string;
  /** In the currency's minor unit (cents). */
  readonly amountMinor: number;
}

/**
 * Who pays, and through whom. A subject means nothing without its issuer, and clients that do not know
 * each other may choose the same order id.
 */
export interface Payer {
  readonly issuer: string;
  readonly subject: string;
  /** The client that asked: of an exchanged token, the service that exchanged it. */
  readonly clientId: string;
}

/** A payment that was made; it never changes. */
export interface Payment extends PaymentOrder, Payer {
  /** A UUID. */
  readonly id: string;
  readonly paidAt: Date;
}

/** The payer that a token speaks for. */
export function payerOf({ issuer, subject, clientId = '' }: Principal): Payer {
  return { issuer, subject, clientId };
}

/** Whether a client calls for itself: such a token is of no sign-in. */
export function isClientItself({ subject, clientId, grantId }: Principal): boolean {
  return grantId === undefined && clientId !== undefined && subject === clientId;
}

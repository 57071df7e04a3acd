/** Pays for orders, and remembers what a person was about to pay while they prove who they are. */
import { BackendError, call } from './backend.js';
import { type Order } from './order.js';

const KEY = 'payment-under-way';
const MAX_AGE_MS = 15 * 60_000;

/** Where the person has to prove more before the payment goes through. */
export interface StepUp {
  readonly login: string;
  readonly orderId: string;
}

/** Resolves with the step-up that is needed first, or with nothing where it is paid. */
export async function pay(orderId: string): Promise<StepUp | undefined> {
  try {
    await call<Order>(`/api/orders/${encodeURIComponent(orderId)}/payment`, { method: 'POST' });
    return undefined;
  } catch (error) {
    if (!(error instanceof BackendError) || error.login === undefined) throw error;
    return { login: error.login, orderId };
  }
}

/** Leads the person to prove more. A link cannot bring about what this page noted itself. */
export function stepUp({ login, orderId }: StepUp): void {
  sessionStorage.setItem(KEY, JSON.stringify({ orderId, atMs: Date.now() }));
  const url = new URL(login, location.origin);
  url.searchParams.set('return_to', '/?step_up=done');
  location.assign(`${url.pathname}${url.search}`);
}

/** The order that was to be paid when the person left to prove more: told once. */
export function takePaymentUnderWay(): string | undefined {
  const noted = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (noted === null) return undefined;
  const { orderId, atMs } = JSON.parse(noted) as { orderId: string; atMs: number };
  return Date.now() - atMs < MAX_AGE_MS ? orderId : undefined;
}

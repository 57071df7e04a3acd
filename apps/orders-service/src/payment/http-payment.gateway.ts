/** Pays at payments-service: with an exchanged token for who called, with an own one for what is asked behind them. */
import {
  RedirectRefusedError,
  stepUpDemandOf,
  TargetUnavailableError,
  TokenRequestError,
  TokenUnavailableError,
  type Caller,
  type ServiceClient,
} from '@keyward/auth/client';
import { z } from 'zod';
import { totalMinor, type Order, type PaymentReceipt } from '../order/order.js';
import {
  PaymentForbiddenError,
  PaymentGateway,
  PaymentUnavailableError,
  StepUpNeededError,
} from './payment.gateway.js';

/** What this service needs to know of a payment; more may be said. */
const paymentSchema = z.object({
  id: z.string(),
  order_id: z.string(),
  payer: z.string(),
  paid_at: z.iso.datetime(),
});

/** What a payment takes, at the authorization server and at payments-service. */
export const PAYMENT_SCOPE = 'payments:write';

const RETRY_SECONDS = 5;

export class HttpPaymentGateway extends PaymentGateway {
  constructor(private readonly payments: ServiceClient) {
    super();
  }

  async pay(order: Order, caller: Caller): Promise<PaymentReceipt> {
    const body = JSON.stringify({ currency: order.currency, amount_minor: totalMinor(order) });
    const response = await called(
      this.payments.onBehalfOf(caller)(`/payments/${order.id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    );
    if (response.ok) return receiptFrom(await read(response, paymentSchema));
    await response.body?.cancel();
    const demand = stepUpDemandOf(response);
    if (demand !== undefined) throw new StepUpNeededError(demand);
    if (response.status === 401 || response.status === 403) {
      throw new PaymentForbiddenError(response.status === 403 ? PAYMENT_SCOPE : undefined);
    }
    throw unavailable(response);
  }

  async find(order: Order): Promise<PaymentReceipt | null> {
    const response = await called(this.payments.asItself()(`/payments?order_id=${order.id}`));
    if (!response.ok) {
      await response.body?.cancel();
      throw unavailable(response);
    }
    const payments = await read(response, z.array(paymentSchema));
    const payment = payments.find(({ payer }) => payer === order.customer);
    return payment === undefined ? null : receiptFrom(payment);
  }
}

function receiptFrom({ id, paid_at }: z.output<typeof paymentSchema>): PaymentReceipt {
  return { id, paidAt: new Date(paid_at) };
}

/** A success that cannot be read is none that anyone could rely on. */
async function read<T extends z.ZodType>(response: Response, schema: T): Promise<z.output<T>> {
  try {
    return schema.parse(await response.json());
  } catch {
    throw new PaymentUnavailableError('answered what is no payment', true, RETRY_SECONDS);
  }
}

function unavailable({ status, headers }: Response): PaymentUnavailableError {
  const retryAfter = /^\d{1,4}$/.exec(headers.get('retry-after') ?? '')?.[0];
  // What a proxy answered for the service may have been done by the service.
  const isUnknown = status >= 500;
  return new PaymentUnavailableError(
    `answered ${status}`,
    isUnknown,
    Number(retryAfter ?? RETRY_SECONDS),
  );
}

/** Says what stopped a call before there was an answer. */
async function called(call: Promise<Response>): Promise<Response> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TokenRequestError) throw refusedToken(error);
    if (error instanceof TokenUnavailableError) {
      throw new PaymentUnavailableError(error.message, false, error.retryAfterSeconds);
    }
    const isNoAnswer =
      error instanceof TargetUnavailableError || error instanceof RedirectRefusedError;
    if (!isNoAnswer) throw error;
    throw new PaymentUnavailableError(error.message, true, RETRY_SECONDS);
  }
}

function refusedToken({ code, message }: TokenRequestError): Error {
  if (code === 'invalid_scope') return new PaymentForbiddenError(PAYMENT_SCOPE);
  // The caller's token cannot be exchanged: it is of no sign-in, or has ended meanwhile.
  if (code === 'invalid_request') return new PaymentForbiddenError(undefined);
  return new PaymentUnavailableError(message, false, RETRY_SECONDS);
}

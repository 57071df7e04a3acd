/** Port: whoever takes the money for orders. */
import { type AuthenticationRequirement } from '@keyward/auth';
import { type Caller } from '@keyward/auth/client';
import { type Order, type PaymentReceipt } from '../order/order.js';

/** Nothing was paid: the person has to sign in again, or more strongly, before they may. */
export class StepUpNeededError extends Error {
  override readonly name = 'StepUpNeededError';

  constructor(readonly demand: AuthenticationRequirement) {
    super('a payment needs a stronger or more recent sign-in');
  }
}

/** Nothing was paid: the caller's token does not allow it. */
export class PaymentForbiddenError extends Error {
  override readonly name = 'PaymentForbiddenError';

  /** @param scope what the token would need; undefined where no scope would help */
  constructor(readonly scope: string | undefined) {
    super('the token does not allow to pay');
  }
}

/** The payment could not be made, for a reason that is not the caller's. */
export class PaymentUnavailableError extends Error {
  override readonly name = 'PaymentUnavailableError';

  /** @param isUnknown whether it may have been made all the same */
  constructor(
    detail: string,
    readonly isUnknown: boolean,
    readonly retryAfterSeconds: number,
  ) {
    super(`payments: ${detail}`);
  }
}

export abstract class PaymentGateway {
  /**
   * Pays for an order on behalf of the caller. Bears repetition: an order is paid once.
   * @throws StepUpNeededError, PaymentForbiddenError, PaymentUnavailableError
   */
  abstract pay(order: Order, caller: Caller): Promise<PaymentReceipt>;

  /**
   * What was paid for the order, asked by the service itself; null where nothing was.
   * @throws PaymentUnavailableError
   */
  abstract find(order: Order): Promise<PaymentReceipt | null>;
}

/** What the caller is told where an order could not be paid. */
import { ServiceUnavailableException } from '@nestjs/common';
import {
  BearerError,
  InsufficientScopeError,
  type Principal,
  type StepUpChallenge,
} from '@keyward/auth';
import {
  PaymentForbiddenError,
  PaymentUnavailableError,
  StepUpNeededError,
} from './payment.gateway.js';

/**
 * The exception for an error of OrderPayments: what payments-service asks of the person goes on to the
 * client, who alone can send them to sign in (RFC 9470).
 */
export function answerToPayment(
  error: unknown,
  principal: Principal,
  challenges: StepUpChallenge,
): unknown {
  if (error instanceof StepUpNeededError) return challenges.passOn(withOwnScope(error), principal);
  if (error instanceof PaymentForbiddenError) {
    return new InsufficientScopeError(error.scope && `orders:write ${error.scope}`);
  }
  if (error instanceof PaymentUnavailableError) {
    const headers = { 'Retry-After': String(error.retryAfterSeconds) };
    return new BearerError(503, new ServiceUnavailableException().getResponse() as object, headers);
  }
  return error;
}

/** Whether an error only says that an order stays unpaid for now, which placing it does not depend on. */
export function leavesUnpaid(error: unknown): boolean {
  return error instanceof PaymentForbiddenError || error instanceof PaymentUnavailableError;
}

/** One authorization request has to bring what both services want. */
function withOwnScope({ demand }: StepUpNeededError) {
  return { ...demand, scope: ['orders:write', demand.scope].filter(Boolean).join(' ') };
}

/** Whose orders a token is about. */
import { ForbiddenException } from '@nestjs/common';
import { type Principal } from '@keyward/auth';

/**
 * A token that names nobody must not make everyone whom it fails to name one customer.
 * @throws ForbiddenException for a token without subject
 */
export function customerOf({ subject }: Principal): string {
  if (subject === '') throw new ForbiddenException('The access token names no subject');
  return subject;
}

/** The environment variables of registration by others. */
import { z } from 'zod';
import { days } from './duration.variable.js';

/** Clients that registered themselves and that nobody ever allowed anything, at most so long. */
const MAX_UNUSED_DAYS = 365;

export const REGISTRATION_VARIABLES = {
  AUTH_DYNAMIC_REGISTRATION: z.enum(['off', 'token'], 'must be off or token').default('off'),
  AUTH_REGISTRATION_UNUSED_DAYS: days(30, MAX_UNUSED_DAYS),
};

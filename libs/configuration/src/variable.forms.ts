/** Forms of environment variables that services have in common. Their words never repeat a value. */
import { z } from 'zod';

/** A port to listen on; 0 takes a free one. */
export const portNumber = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((port) => port <= 65_535, 'must be a port number');

/** Where something is reached over HTTP. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** A server of Redis, with its password. */
export const redisUrl = z.url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL' });

/** `true` or `false`; false where nobody says. */
export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((value) => value === 'true');

/** How long readiness is down before the port closes, in milliseconds; 0 where nobody says. */
export const drainMs = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a whole number of milliseconds')
  .transform(Number)
  .refine((ms) => ms <= 600_000, 'must be 600000 milliseconds or fewer')
  .prefault('0');

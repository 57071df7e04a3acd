/** What requests of administrators have in common: who asks, what they may leave out, what is not there. */
import { NotFoundException } from '@nestjs/common';
import { type Principal } from '@keyward/auth';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { type Administrator } from '../client-registration/client.registrar.js';
import { parseJson } from '../http/json.body.js';
import { originOf } from '../http/request.origin.js';
import { administratorOf } from './administration.protection.js';

// PostgreSQL holds none, and no name has one.
const NUL = '\0';

/** Who asks, for the audit. */
export function administratorOfRequest(
  request: FastifyRequest,
  principal: Principal,
): Administrator {
  return { by: administratorOf(principal), origin: originOf(request) };
}

/** @throws NotFoundException for null */
export function found<T>(one: T | null): T {
  if (one === null) throw new NotFoundException();
  return one;
}

/** As `parseJson`, and a request without a body says nothing. */
export function parseOptionalJson<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.infer<Schema> {
  return body === undefined || body === null ? schema.parse({}) : parseJson(schema, body);
}

/**
 * The parameters of a query by their names.
 * @throws InvalidRequestError for one that is unknown or repeated: a search that is misspelt must not
 *   find everything
 */
export function textsOf<Name extends string>(
  query: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  for (const [name, value] of Object.entries(query)) {
    if (!names.some((known) => known === name)) {
      throw new InvalidRequestError(`a parameter is none of ${names.join(', ')}`);
    }
    if (typeof value !== 'string') throw new InvalidRequestError(`${name} is repeated`);
    if (value.includes(NUL)) throw new InvalidRequestError(`${name} is malformed`);
  }
  return query as Partial<Record<Name, string>>;
}

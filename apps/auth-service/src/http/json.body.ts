/** Bodies in JSON, at the few endpoints that take them; every other one takes forms alone. */
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { parseStrictObject } from '@keyward/auth';
import { ADMINISTRATION_PATH, InvalidRequestError } from '@keyward/oauth';
import { ENDPOINT_PATHS } from './endpoint.paths.js';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { errorDescription } from './error.description.js';
import { MAX_JSON_DEPTH } from './server.limits.js';

const TAKES_JSON = new RegExp(
  `^(?:${ADMINISTRATION_PATH}/|${ENDPOINT_PATHS.registration}(?:[/?]|$))`,
);

/** A body that came as JSON; a class of its own, so that no form's reader takes it for text. */
class JsonBody {
  constructor(readonly bytes: Buffer) {}
}

/** Adds the parser. It reads no more than the text: what is wrong with it is the endpoint's to say. */
export function addJsonParser(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body, done) => {
      if (TAKES_JSON.test(request.url)) return done(null, new JsonBody(body as Buffer));
      done(new UnsupportedMediaTypeException());
    },
  );
}

/**
 * The body as a schema has it.
 * @throws InvalidRequestError naming every member that is wrong, and no value
 */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.infer<Schema> {
  if (!(body instanceof JsonBody))
    throw new InvalidRequestError('the body must be application/json');
  const result = schema.safeParse(objectOf(body.bytes));
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (i) => `${i.path.join('.') || 'the body'}: ${i.message}`,
  );
  throw new InvalidRequestError(errorDescription(problems));
}

// Strict, as tokens are: of a member that stands twice two readers could take a different one.
function objectOf(bytes: Buffer): object {
  let value: object;
  try {
    value = parseStrictObject(bytes);
  } catch {
    throw new InvalidRequestError('the body must be one JSON object without duplicate members');
  }
  if (isDeeper(value, MAX_JSON_DEPTH)) {
    throw new InvalidRequestError(`the body is nested deeper than ${MAX_JSON_DEPTH} levels`);
  }
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

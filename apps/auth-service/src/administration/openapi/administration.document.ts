/** The OpenAPI document of the administration API: of the routes that there are, by the policy of their guards. */
import { type INestApplicationContext } from '@nestjs/common';
import { describeAccess, type DescribedAccess } from '@keyward/auth';
import { ADMINISTRATION_PATH, openidConfigurationUri } from '@keyward/oauth';
import { z } from 'zod';
import { ANSWERS } from './answer.schemas.js';
import { type OperationDescription, OPERATIONS } from './operations.js';

const SCHEME = 'oauth2';
const JSON_TYPE = 'application/json';
const ENTITY_TAG = {
  description: 'For If-Match of a change (RFC 9110 section 8.8.3)',
  schema: { type: 'string' },
};
const IF_MATCH = {
  ...{ name: 'If-Match', in: 'header', required: false },
  description:
    'The ETag of what was read: the change is made to nothing else (RFC 9110 section 13.1.1)',
  schema: { type: 'string' },
};

/** What a schema cannot say (a check by code, say) is left out, never made up. */
const jsonSchema = (schema: z.ZodType): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  });
  return rest;
};

/**
 * @throws Error for a route that {@link OPERATIONS} does not describe
 * @see OpenAPI 3.1, whose schemas are JSON Schema 2020-12
 */
export function administrationDocument(
  app: Pick<INestApplicationContext, 'get'>,
  issuer: string,
): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of describeAccess(app)) {
    if (!route.path.startsWith(`${ADMINISTRATION_PATH}/`)) continue;
    const description = OPERATIONS[route.handler];
    if (description === undefined) throw new Error(`${route.handler} is not described`);
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.operation.toLowerCase()]: operationOf(route, description),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Keyward administration', version: '1' },
    servers: [{ url: issuer }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(ANSWERS).map(([name, schema]) => [name, jsonSchema(schema)]),
      ),
      securitySchemes: {
        [SCHEME]: { type: 'openIdConnect', openIdConnectUrl: openidConfigurationUri(issuer) },
      },
    },
  };
}

function operationOf(
  { handler, operation, path, policy }: DescribedAccess,
  description: OperationDescription,
) {
  const { summary, query = {}, body, status = 200, answer, answerType = JSON_TYPE } = description;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({
    ...{ name, in: 'query', required: false },
    schema: jsonSchema(schema),
  }));
  const inHeader = description.isConditional === true ? [IF_MATCH] : [];
  const parameters = [...inPath, ...inQuery, ...inHeader];
  return {
    operationId: handler.replace('Controller.', '_'),
    summary,
    security: [{ [SCHEME]: [...policy.scopes] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: body.isOptional !== true,
        content: { [body.type ?? JSON_TYPE]: { schema: jsonSchema(body.schema) } },
      },
    }),
    responses: {
      [status]: {
        description: summary,
        ...(description.hasEntityTag === true && { headers: { ETag: ENTITY_TAG } }),
        ...(answer !== undefined && { content: { [answerType]: { schema: reference(answer) } } }),
      },
      ...problems({
        hasInput: body !== undefined || inQuery.length > 0,
        hasPath: inPath.length > 0,
        isChange: operation !== 'GET',
        isConditional: description.isConditional === true,
      }),
    },
  };
}

function problems({
  hasInput,
  hasPath,
  isChange,
  isConditional,
}: Record<string, boolean>): Record<string, object> {
  const content = { [JSON_TYPE]: { schema: reference('Error') } };
  return {
    ...(hasInput && { 400: { description: 'What was sent is not as it has to be', content } }),
    401: { description: 'No access token, or one that is not accepted', content },
    403: { description: 'The access token lacks the scope', content },
    ...(hasPath && { 404: { description: 'There is none', content } }),
    ...(isChange && { 409: { description: 'It does not go with what is there', content } }),
    ...(isConditional && { 412: { description: 'It is not what If-Match names', content } }),
    503: { description: 'A store cannot be reached: try again after Retry-After', content },
  };
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

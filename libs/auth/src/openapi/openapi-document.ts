/** Of an OpenAPI document, what Keyward reads and writes: @nestjs/swagger's fits, and is not needed. */

/** What one way to be let in asks for: scopes by the name of a scheme; all members are needed. */
export type SecurityRequirement = Record<string, string[]>;

/** One operation. */
export interface OpenApiOperation {
  operationId?: string;
  summary?: string;
  /** One of these is enough; an empty list lets everyone in. */
  security?: SecurityRequirement[];
  responses: Record<string, unknown>;
}

/** A document of OpenAPI 3. */
export interface OpenApiDocument {
  readonly paths: Record<string, object>;
  components?: { securitySchemes?: Record<string, object> };
}

const METHODS = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]);

/** One operation, and the method that it is of. */
export interface MethodOperation {
  /** In lower case. */
  readonly method: string;
  readonly operation: OpenApiOperation;
}

/** Every operation of the document. */
export function operationsOf({ paths }: OpenApiDocument): readonly MethodOperation[] {
  return Object.values(paths).flatMap((item) =>
    Object.entries(item as Record<string, OpenApiOperation>)
      .filter(([name]) => METHODS.has(name))
      .map(([method, operation]) => ({ method, operation })),
  );
}

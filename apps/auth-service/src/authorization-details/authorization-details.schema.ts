/** Compiles the JSON Schema of a type, and says which schemas a type may have. */
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Whether the members of an element, all but `type`, are as the schema says. */
export type DetailsSchema = (members: object) => boolean;

// Strict: a keyword or a format that Ajv does not know is an error and not a rule that never applies.
const OPTIONS = { strict: true, ownProperties: true } as const;

/** @throws Error for a schema that is none */
export function compileDetailsSchema(schema: object): DetailsSchema {
  // An instance each: schemas of different types share no ids.
  const validate = new Ajv2020(OPTIONS).compile(schema);
  return (members) => validate(members);
}

/**
 * What is wrong with a schema, or null. Members that it does not name must be refused: whatever a
 * client adds would stand on the page of consent, and in tokens, unchecked.
 *
 * @see RFC 9396 section 5
 */
export function findSchemaProblem(schema: Readonly<Record<string, unknown>>): string | null {
  if (schema['type'] !== 'object') return 'its type must be object';
  if (schema['additionalProperties'] !== false && schema['unevaluatedProperties'] !== false) {
    return 'additionalProperties must be false';
  }
  const { properties } = schema;
  if (typeof properties === 'object' && properties !== null && Object.hasOwn(properties, 'type')) {
    return 'type is not among its properties: it is checked already';
  }
  try {
    compileDetailsSchema(schema);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be compiled';
  }
}

import { compileDetailsSchema, findSchemaProblem } from './authorization-details.schema.js';

const GOOD = {
  type: 'object',
  properties: { amount: { type: 'string', pattern: '^\\d+$' } },
  required: ['amount'],
  additionalProperties: false,
};

describe('findSchemaProblem', () => {
  it.each([
    ['a closed object', GOOD],
    ['one that is closed over its parts', { type: 'object', unevaluatedProperties: false }],
  ])('finds none with %s', (_, schema) => {
    expect(findSchemaProblem(schema)).toBeNull();
  });

  it.each([
    ['something else than an object', { ...GOOD, type: 'array' }, /must be object/],
    ['an open object', { ...GOOD, additionalProperties: true }, /must be false/],
    ['an object that says nothing of others', { type: 'object' }, /must be false/],
    ['type as a property', { ...GOOD, properties: { type: { const: 'x' } } }, /checked already/],
    ['a keyword that nobody knows', { ...GOOD, maximumAmount: 1 }, /unknown keyword/],
    [
      'a format that nobody checks',
      { ...GOOD, properties: { amount: { type: 'string', format: 'iban' } } },
      /unknown format/,
    ],
    [
      'a reference to elsewhere',
      { ...GOOD, properties: { amount: { $ref: 'https://a/b' } } },
      /resolve/,
    ],
    ['no schema', { ...GOOD, required: 'amount' }, /required/],
  ])('finds fault with %s', (_, schema, message) => {
    expect(findSchemaProblem(schema)).toMatch(message);
  });

  it('checks what an object inherits no more than what it has', () => {
    const check = compileDetailsSchema({ ...GOOD, properties: { toString: {}, amount: {} } });
    expect(check({ amount: '1' })).toBe(true);
    expect(compileDetailsSchema(GOOD)({ amount: 'x' })).toBe(false);
    expect(compileDetailsSchema(GOOD)({ amount: '1', more: 1 })).toBe(false);
  });
});

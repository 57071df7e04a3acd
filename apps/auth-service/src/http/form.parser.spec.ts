import { InvalidRequestError } from '@keyward/oauth';
import { decodeFormComponent, FormParameters } from './form.parser.js';

describe('FormParameters', () => {
  it('decodes names and values', () => {
    const form = FormParameters.parse('a+b=c%20d&e=%C3%A9%2B&f=1=2');
    expect(form.single('a b')).toBe('c d');
    expect(form.single('e')).toBe('é+');
    expect(form.single('f')).toBe('1=2');
  });

  it.each([undefined, null, '', {}])('takes the body %p as no parameters', (body) => {
    expect(FormParameters.parse(body).single('a')).toBeNull();
  });

  it.each(['a', 'a=', '&a=&', 'b=1'])(
    'takes a parameter without value in %p as omitted',
    (body) => {
      const form = FormParameters.parse(body);
      expect(form.single('a')).toBeNull();
      expect(form.repeated('a')).toEqual([]);
      expect(() => form.required('a')).toThrow(InvalidRequestError);
    },
  );

  it.each(['a=1&a=2', 'a=1&a=1', 'a=&a=1', 'a&a', '%61=1&a=2'])(
    'refuses a repeated parameter: %s',
    (body) => {
      expect(() => FormParameters.parse(body).single('a')).toThrow(InvalidRequestError);
    },
  );

  it('lists a parameter that may be repeated, each value once', () => {
    expect(FormParameters.parse('a=1&a=2&a=&a=1').repeated('a')).toEqual(['1', '2']);
  });

  it.each(['a=%', '%=1', 'a=%g1', 'a=%ff', 'a=%c3', 'a=%ed%a0%80'])('refuses %s', (body) => {
    expect(() => FormParameters.parse(body)).toThrow(InvalidRequestError);
  });

  it('knows no inherited names', () => {
    const form = FormParameters.parse('__proto__=1');
    expect(form.single('constructor')).toBeNull();
    expect(form.single('__proto__')).toBe('1');
  });
});

describe('decodeFormComponent', () => {
  it.each([
    ['a+b', 'a b'],
    ['a%2Bb', 'a+b'],
    ['%E2%82%AC', '€'],
    ['%', null],
    ['%80', null],
  ])('decodes %s as %p', (text, expected) => {
    expect(decodeFormComponent(text)).toBe(expected);
  });
});

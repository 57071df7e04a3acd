import { textRecord, textTable } from './text.table.js';
import { parseYaml } from './yaml.input.js';

describe('textTable', () => {
  it('aligns what it has, says what it has not, and obeys no character', () => {
    const rows = [
      { id: 'a', name: 'Shop\u001b[31m\nx' },
      { id: 'longer', name: undefined },
    ];
    const columns = {
      id: (row: (typeof rows)[0]) => row.id,
      name: (row: (typeof rows)[0]) => row.name,
    };
    expect(textTable(rows, columns, 'none')).toBe(
      ['id      name', 'a       Shop?[31m?x', 'longer  -'].join('\n'),
    );
    expect(textTable([], columns, 'there are none')).toBe('there are none');
  });
});

describe('textRecord', () => {
  it('leaves out what is not there, and joins lists', () => {
    const record = { id: 'a', uris: ['x', 'y'], none: [], gone: null, nested: { a: 1 }, yes: true };
    expect(textRecord(record)).toBe('id      a\nuris    x y\nnested  {"a":1}\nyes     true');
  });
});

describe('parseYaml', () => {
  it('reads JSON and YAML alike', () => {
    expect(parseYaml('{"a": ["b"]}', 'it')).toEqual(parseYaml('a: [b]', 'it'));
    expect(parseYaml('2026-01-01', 'it')).toBe('2026-01-01');
  });

  it.each([
    ['a member that stands twice', 'a: 1\na: 2', /line 2/],
    ['an alias', 'a: &x [1]\nb: *x', /aliases/],
    ['a tag', 'a: !!js/function "x"', /malformed/],
    ['several documents', 'a: 1\n---\nb: 2', /malformed/],
    ['what is not closed', 'a: [secret', /malformed in line 1 \(/],
  ])('refuses %s, and repeats no value', (_what, source, why) => {
    const read = () => parseYaml(source, 'the file');
    expect(read).toThrow(why);
    expect(read).not.toThrow('secret');
  });
});

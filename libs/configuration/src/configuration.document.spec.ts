import { replaceSection, sectionOf } from './configuration.document.js';
import { configurationSection } from './configuration.section.js';

const DOCUMENT =
  '# Configuration\n\nWords.\n\n## shop\n\nold\n\n### Part\n\nold\n\n## bank\n\nkept\n';

describe('the document of the configuration', () => {
  it('has a section for each service, subsections included', () => {
    expect(sectionOf(DOCUMENT, 'shop')).toBe('## shop\n\nold\n\n### Part\n\nold\n');
    expect(sectionOf(DOCUMENT, 'sho')).toBeNull();
  });

  it('gets a new section in place of the old one, or at the end', () => {
    expect(replaceSection(DOCUMENT, '## shop\n\nnew\n')).toBe(
      '# Configuration\n\nWords.\n\n## shop\n\nnew\n\n## bank\n\nkept\n',
    );
    const longer = replaceSection(DOCUMENT, '## mail\n\nnew\n');
    expect(longer).toBe(`${DOCUMENT}\n## mail\n\nnew\n`);
    expect(replaceSection(longer, '## mail\n\nnew\n')).toBe(longer);
  });

  it('shows each variable with its default and its meaning, a secret with a mark', () => {
    const variables = [
      ['SHOP_PORT', { meaning: 'port' }],
      ['SHOP_SECRET', { meaning: 'secret', secret: true, byDefault: 'required' }],
      ['SHOP_URL', { meaning: 'where it is' }],
    ] as const;
    expect(configurationSection('shop', [{ variables }], { SHOP_PORT: '4005' })).toBe(
      [
        '## shop',
        '',
        '| variable         | default  | meaning     |',
        '| ---------------- | -------- | ----------- |',
        '| `SHOP_PORT`      | `4005`   | port        |',
        '| `SHOP_SECRET` \\* | required | secret      |',
        '| `SHOP_URL`       | none     | where it is |',
        '',
      ].join('\n'),
    );
    expect(configurationSection('shop', [{ heading: 'Server', variables: [] }], {})).toContain(
      '## shop\n\n### Server\n\n| variable',
    );
  });
});

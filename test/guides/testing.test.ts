/** The guide to testing shows the very test that runs here. */
import { readFile } from 'node:fs/promises';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

it('shows a test that runs', async () => {
  const example = await read('./testing.example.test.ts');
  expect(await read('../../docs/guides/testing.md')).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
});

/** A workspace in memory with one NestJS application, for specs of generators. */
import { addProjectConfiguration, logger, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { jest } from '@jest/globals';

/** Files by path from `apps/shop/src`. */
export type Sources = Readonly<Record<string, string>>;

/** main.ts and an empty root module. */
export const APPLICATION: Sources = {
  'main.ts': `
    import { NestFactory } from '@nestjs/core';
    import { AppModule } from './app/app.module';
    void NestFactory.create(AppModule).then((app) => app.listen(3000));
  `,
  'app/app.module.ts': `
    import { Module } from '@nestjs/common';
    @Module({ imports: [] })
    export class AppModule {}
  `,
};

/** A workspace that is formatted by Prettier, with the application `shop`. */
export function workspaceWith(sources: Sources): Tree {
  const tree = createTreeWithEmptyWorkspace();
  tree.delete('.oxfmtrc.json');
  tree.write('.prettierrc', '{ "singleQuote": true, "printWidth": 100 }');
  addProjectConfiguration(tree, 'shop', { root: 'apps/shop' });
  for (const [path, text] of Object.entries(sources)) tree.write(`apps/shop/src/${path}`, text);
  return tree;
}

/** The text of a file of the application. */
export function source(tree: Tree, path: string): string {
  return tree.read(`apps/shop/src/${path}`, 'utf8') ?? '';
}

/** Every file that is not what it was, with its text. */
export function contents(tree: Tree): Record<string, string | undefined> {
  return Object.fromEntries(tree.listChanges().map((one) => [one.path, one.content?.toString()]));
}

/** Runs `work`, and answers what it told the developer. */
export async function toldBy(work: () => Promise<unknown>): Promise<string> {
  const told: string[] = [];
  const spies = (['info', 'warn'] as const).map((level) =>
    jest.spyOn(logger, level).mockImplementation((line: unknown) => void told.push(String(line))),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return told.join('\n');
}

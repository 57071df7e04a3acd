// Lint rules of the whole workspace: layer boundaries, no import cycles, no lost promises.
import nx from '@nx/eslint-plugin';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import prettier from 'eslint-config-prettier';

export default [
  ...nx.configs['flat/base'],
  ...nx.configs['flat/typescript'],
  ...nx.configs['flat/javascript'],
  prettier,
  { ignores: ['**/dist', '**/out-tsc', '**/test-output', '**/.keyward'] },
  {
    files: ['**/*.ts', '**/*.mts', '**/*.js', '**/*.mjs'],
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: true,
          banTransitiveDependencies: true,
          allow: ['^.*/eslint\\.config\\.mjs$', '^.*/jest\\.preset\\.mjs$'],
          depConstraints: [
            {
              sourceTag: 'layer:app',
              onlyDependOnLibsWithTags: [
                'layer:auth',
                'layer:configuration',
                'layer:oauth',
                'layer:observability',
              ],
            },
            {
              sourceTag: 'layer:observability',
              onlyDependOnLibsWithTags: ['layer:auth', 'layer:oauth'],
            },
            { sourceTag: 'layer:auth', onlyDependOnLibsWithTags: ['layer:oauth'] },
            { sourceTag: 'layer:configuration', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'layer:oauth', onlyDependOnLibsWithTags: [] },
            {
              sourceTag: 'layer:test',
              onlyDependOnLibsWithTags: [
                'layer:app',
                'layer:auth',
                'layer:oauth',
                'layer:observability',
              ],
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      // Without these the rule looks into no TypeScript file, and finds no cycle.
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ conditionNames: ['@keyward/source', 'import', 'node'] }),
      ],
    },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    // Programs print; everything else logs.
    files: ['scripts/**', 'test/bench/**', 'test/faults/**'],
    rules: { 'no-console': 'off' },
  },
];

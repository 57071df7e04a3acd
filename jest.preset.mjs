// Shared Jest settings: native ESM, SWC transform with Nest decorators.
import { fileURLToPath } from 'node:url';

export default {
  testEnvironment: 'node',
  // resolve @keyward/* to their TypeScript sources (package.json exports -> "@keyward/source")
  testEnvironmentOptions: {
    customExportConditions: ['@keyward/source', 'node', 'node-addons'],
  },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // ESM mode leaks about 11 MB a test file: restart a worker past this (needs 2 workers or more)
  reporters: ['default', fileURLToPath(new URL('scripts/count-reporter.mjs', import.meta.url))],
  testTimeout: 30_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '512MB',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  coverageDirectory: 'test-output/coverage',
};

import base from '../eslint.config.mjs';

const boundaries = '@nx/enforce-module-boundaries';
const [severity, options] = base.find((block) => block.rules?.[boundaries]).rules[boundaries];

export default [
  ...base,
  {
    files: ['**/*.ts'],
    rules: {
      // Of an application the tests use what it publishes for them, and besides that its processes.
      [boundaries]: [
        severity,
        { ...options, allow: [...options.allow, '@keyward/auth-service/testing'] },
      ],
    },
  },
  // Programs print; everything else logs.
  {
    files: [
      'runner/**',
      'bench/**',
      'compose/**',
      'storm/main.ts',
      'faults/**',
      'fuzz/main.ts',
      'soak/main.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  // Run by Node as they are, beside the scripts of the workspace, which are no project.
  { files: ['compose/**/*.mjs'], rules: { [boundaries]: 'off' } },
];

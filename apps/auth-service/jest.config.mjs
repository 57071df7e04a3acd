import preset from '../../jest.preset.mjs';
export default {
  ...preset,
  displayName: 'auth-service',
  setupFiles: ['<rootDir>/src/testing/quiet-log.ts'],
};

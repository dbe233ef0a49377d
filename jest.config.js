// Three kinds of test, by what they may touch: unit (nothing), medium and contract (real servers),
// e2e (the built apps, over HTTP and a real browser). `npm test` runs all; `npm run check` only unit.
const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  // The suffix .js of an import means the .ts beside it; `#lib` resolves by the condition "source".
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

export default {
  testSequencer: '<rootDir>/test/support/long-first.js',
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'medium',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
      testMatch: ['<rootDir>/test/medium/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
      testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'],
    },
  ],
};

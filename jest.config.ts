import type { Config } from 'jest';

// Functions under test stay quiet; what they log is asserted where it matters.
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';

const long = '\\.long\\.test\\.ts$';

const config: Config = {
  rootDir: '.',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // What takes a minute by itself runs when it is named, and with everything: npm run test:full.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.PLINTH_LONG_TESTS === 'on' ? [] : [long])],
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/(build|cdk.out|\\.plinth)/'],
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};

export default config;

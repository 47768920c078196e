/**
 * `npm run e2e`: the stories of the console in a real browser, on a stack of their own. `npm run e2e -- <pattern>` runs
 * only those whose file matches; PLINTH_E2E_SHOTS names a folder for screenshots, PLINTH_E2E_STATE the
 * state folder of a stack that runs already, to write stories against.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const stories = ['--testMatch', '<rootDir>/test/e2e/**/*.story.ts', '<rootDir>/test/e2e/**/*.test.ts'];

const jest = spawn(
  process.execPath,
  [join(root, 'node_modules/jest/bin/jest.js'), '--runInBand', ...process.argv.slice(2), ...stories],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      // Modules are tested as modules.
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void jest.kill(signal));
jest.once('exit', (code) => {
  process.exitCode = code ?? 1;
});

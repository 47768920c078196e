/** A program that launches lock-holder.ts the way the bootstrap launches the stack, and waits to be killed. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

fork(join(import.meta.dirname, 'lock-holder.ts'), process.argv.slice(2), {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});

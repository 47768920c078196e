/** Processor time of another process, user and system together. Known on Linux only; elsewhere it is not a number. */
import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of processor time that all threads of a process have had so far. */
export function processorMicroseconds(pid: number): number {
  if (process.platform !== 'linux') return NaN;
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => nanosecondsOf(`${tasks}/${task}/schedstat`))
    .reduce((sum, nanoseconds) => sum + nanoseconds / 1_000, 0);
}

function nanosecondsOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]);
  } catch {
    // A thread that ended while the list was read.
    return 0;
  }
}

/**
 * Whether this machine's processor has room. More instances of a function help while requests wait for databases and
 * networks; while they wait for the processor, each further one makes all of them slower, itself with cold code first.
 */
import { cpus } from 'node:os';

const sampleMs = 250;
/** The idle share of all cores below which the processor is what everybody waits for. */
const roomShare = 0.3;

type Times = { idle: number; all: number };

let before = timesNow();
let idleShare = 1;
let watchers = 0;
let timer: NodeJS.Timeout | undefined;

/** Watches the processor until the returned function is called. */
export function watchProcessor(): () => void {
  watchers += 1;
  timer ??= setInterval(sample, sampleMs).unref();
  return () => {
    watchers -= 1;
    if (watchers > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** True where it cannot be known, too. */
export function processorHasRoom(): boolean {
  return idleShare >= roomShare;
}

function sample(): void {
  const now = timesNow();
  const passed = now.all - before.all;
  // Half of it is what was known before: one busy quarter of a second is no load.
  if (passed > 0) idleShare = (idleShare + (now.idle - before.idle) / passed) / 2;
  before = now;
}

function timesNow(): Times {
  const times = { idle: 0, all: 0 };
  for (const { times: core } of cpus()) {
    times.idle += core.idle;
    times.all += core.user + core.nice + core.sys + core.idle + core.irq;
  }
  return times;
}

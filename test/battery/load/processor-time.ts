/** Processor time of a process and everything below it. Known on Linux only; elsewhere it is not a number. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Seconds of processor time by command, of a process and all its descendants. */
export function processorSeconds(pid: number): Map<string, number> {
  const seconds = new Map<string, number>();
  if (!existsSync('/proc')) return seconds.set('unknown', NaN);
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const family = new Set([pid]);
  // Parents come before their children nearly always; what is missed the first time is found the second.
  for (let round = 0; round < 3; round += 1) {
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  for (const one of all.filter((process) => family.has(process.pid))) {
    seconds.set(one.name, (seconds.get(one.name) ?? 0) + one.seconds);
  }
  return seconds;
}

type Stat = { pid: number; parent: number; name: string; seconds: number };

function statOf(name: string): Stat[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // User and system time, and that of children that have ended: short-lived backends count as well.
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
    const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return [
      { pid: Number(name), parent: fields[1] ?? 0, name: partOf(command), seconds: ticks / ticksPerSecond },
    ];
  } catch {
    return [];
  }
}

function partOf(command: string): string {
  if (/postgres/.test(command)) return 'PostgreSQL';
  const part = /parts\/(\w+)\/child/.exec(command)?.[1];
  return part ?? 'gateway, functions and AWS front';
}

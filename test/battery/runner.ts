/**
 * Runs a bench or a battery by its name and prints what it reports. A name is a file: `bench/<name>.ts`,
 * `test/battery/<name>.ts`; what several of them share lies in folders below, which are not looked into.
 */
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { collect, type Figure, type Runnable, table } from './figures.ts';

/** What `--json` prints, in one line. */
export type Result = { name: string; machine: string; date: string; figures: Figure[] };

/** Where runnable files lie, and what npm calls them. */
export type Kind = { script: string; folder: string };

/** What the runner prints to: the answer to `out`, everything else to `err`. */
export type Output = { out: (text: string) => void; err: (text: string) => void };

const root = join(import.meta.dirname, '..', '..');

/** The kinds of runs, by the name of their npm script. */
export const kinds: Readonly<Record<'bench' | 'battery', Kind>> = {
  bench: { script: 'bench', folder: join(root, 'bench') },
  battery: { script: 'battery', folder: join(root, 'test', 'battery') },
};

/** The machinery beside the batteries. */
const machinery = ['figures', 'runner', 'main'];

/** The names that can be run, sorted. */
export function namesOf({ folder }: Kind): string[] {
  return readdirSync(folder)
    .filter((file) => /^[a-z][a-z0-9-]*\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .filter((name) => !machinery.includes(name))
    .sort();
}

/**
 * Does what the command line says: lists the names, or runs one.
 * @returns the exit code: 1 when a goal was missed, the run failed or the name is unknown
 */
export async function main(kind: Kind, args: string[], { out, err }: Output): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [name, ...more] = positionals;
  const names = namesOf(kind);
  if (name === undefined) {
    out(await listing(kind, names));
    return 0;
  }
  if (!names.includes(name) || more.length > 0) {
    err(`There is no ${kind.script} "${positionals.join(' ')}". ${usage(kind)}: ${names.join(', ')}`);
    return 1;
  }
  const runnable = await load(kind, name);
  const { figures, notes, error } = await perform(runnable, err);
  if (values.json) {
    const result: Result = { name, machine: machine(), date: new Date().toISOString(), figures };
    out(JSON.stringify(result));
  } else {
    out(`${name} · ${machine()}\n\n${table(figures)}`);
  }
  for (const note of notes) (values.json ? err : out)(note);
  if (error !== undefined) err(error.stack ?? error.message);
  return figures.every(({ ok }) => ok) ? 0 : 1;
}

/** What the figures were taken on; never whose machine it is. */
export function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.replace(/\s+/g, ' ').trim() ?? process.arch;
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${model}, ${processors.length} cores, ${memory}, Node ${process.versions.node}`;
}

/** Runs to the end, whatever happens: the figures before a failure are figures, and `completed` is missed. */
async function perform(
  runnable: Runnable,
  say: (line: string) => void,
): Promise<{ figures: Figure[]; notes: string[]; error?: Error }> {
  const { report, figures, notes } = collect(say);
  try {
    await runnable.run(report);
    // A run that measures nothing proves nothing.
    if (figures.length === 0) throw new Error('The run reported no figure.');
    return { figures, notes };
  } catch (error) {
    report.figure('completed', 0, 'runs', { exactly: 1 });
    return { figures, notes, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function load(kind: Kind, name: string): Promise<Runnable> {
  const found = (await import(pathToFileURL(join(kind.folder, `${name}.ts`)).href)) as Partial<Runnable>;
  if (typeof found.summary !== 'string' || typeof found.run !== 'function') {
    throw new Error(`The ${kind.script} ${name} must export summary and run(report).`);
  }
  return found as Runnable;
}

async function listing(kind: Kind, names: string[]): Promise<string> {
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines: string[] = [];
  for (const name of names) lines.push(`  ${name.padEnd(width)}  ${(await load(kind, name)).summary}`);
  return [`${usage(kind)}`, '', ...(lines.length === 0 ? ['  (none yet)'] : lines)].join('\n');
}

function usage({ script }: Kind): string {
  return `npm run ${script} -- <name> [--json]`;
}

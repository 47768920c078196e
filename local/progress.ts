/** What a person at the terminal sees while the stack starts: one line for each step, with its time. */

let sink = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a step and prints its name and how long it took. */
export async function step<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const started = performance.now();
  const result = await work();
  const ms = Math.round(performance.now() - started);
  print(`  ${name.padEnd(44)} ${String(ms).padStart(6)} ms`);
  return result;
}

/** Prints a line. */
export function print(line: string): void {
  sink(line);
}

/** From now on lines go there instead of to standard output: for programs that say something else on theirs. */
export function printTo(elsewhere: (line: string) => void): void {
  sink = elsewhere;
}

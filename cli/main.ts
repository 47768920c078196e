/** The program `plinth`: reads its arguments, runs the command, and ends with a code that scripts can rely on. */
import { Command, CommanderError, Option } from 'commander';
import project from '../package.json' with { type: 'json' };
import type { GlobalOptions, Runner } from './command.ts';
import { groups } from './commands.ts';
import { type ExitCode, exitCodes, Refusal } from './exit.ts';
import { hasColours, outputOf } from './output.ts';
import { styled } from './table.ts';
import { printable } from './text.ts';
import type { World } from './world.ts';

/** Runs the program as a process does: Ctrl-C stops what it waits for, a second one stops everything. */
export function main(args: readonly string[], surroundings: Omit<World, 'signal'>): Promise<ExitCode> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
  return runProgram(args, { ...surroundings, signal: stop.signal });
}

/** Runs the program to its end and says how it ended; nothing is thrown. */
export async function runProgram(args: readonly string[], world: World): Promise<ExitCode> {
  const program = programOf(world);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    return tell(world, error, args.includes('--verbose'));
  }
}

/** The program with all its commands; for its own help as well. */
export function programOf(world: World): Command {
  const program = new Command('plinth')
    .description('The command line of Plinth: tenants, members, keys, usage, audit and what else they need.')
    .version(project.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(option('--url <address>', 'the deployment, as people open it in a browser'))
    .addOption(option('--tenant <tenant>', 'the tenant that the command is about, by slug or id'))
    .addOption(option('--json', 'print data as JSON: one document, or a line for each event'))
    .addOption(option('--verbose', 'print the request’s id and code with a refusal'))
    .addHelpText('after', epilogue);
  const run: Runner =
    (body) =>
    async (...args) => {
      const options = program.opts<GlobalOptions>();
      const out = outputOf(world, options.json === true);
      const connect = async () => {
        // Loaded when a command calls the service: help and mistakes shall be quick.
        const connection = await import('./connection.ts');
        return connection.connect(world, options);
      };
      await body({ world, out, options, connect }, ...args);
    };
  for (const add of groups) add(program, run);
  return prepared(program, world);
}

const epilogue = `
Sign in with plinth login, which opens a browser, or set PLINTH_API_KEY.

Environment:
  PLINTH_URL       the deployment; without it, the local stack of this clone, or the last one signed in to
  PLINTH_TENANT    the tenant, by slug or id
  PLINTH_API_KEY   an API key to call with, instead of whoever is signed in
  PLINTH_CONFIG    folder for what is remembered, readable by you only
  NO_COLOR         no colours

Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 not signed in, 4 not allowed, 5 not found,
6 a limit is reached, 130 stopped by Ctrl-C.`;

function option(flags: string, description: string): Option {
  return new Option(flags, description);
}

/** Every command writes where the program writes, and throws instead of ending the process. */
function prepared(command: Command, world: World): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => void world.stdout.write(text),
    writeErr: (text) => void world.stderr.write(text),
    getOutHelpWidth: () => world.stdout.columns ?? 100,
    getErrHelpWidth: () => world.stderr.columns ?? 100,
    outputError: (text, write) => write(text.replace(/^error: /, 'plinth: ')),
  });
  command.showSuggestionAfterError(true).showHelpAfterError(`Try: ${pathOf(command)} --help`);
  for (const child of command.commands) prepared(child, world);
  return command;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function tell(world: World, error: unknown, isVerbose: boolean): ExitCode {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (world.signal.aborted) return exitCodes.interrupted;
  const say = (text: string) => void world.stderr.write(`${printable(text)}\n`);
  const isRefusal = error instanceof Refusal;
  const message = error instanceof Error ? error.message : String(error);
  const mark = styled('plinth:', 'bad', hasColours(world, world.stderr));
  world.stderr.write(`${mark} ${printable(message)}\n`);
  if (isRefusal && error.advice !== undefined) say(error.advice);
  if (isVerbose && isRefusal) for (const fact of error.facts) say(fact);
  if (isVerbose && error instanceof Error) {
    const { stack = '' } = error.cause instanceof Error && isRefusal ? error.cause : error;
    for (const line of stack.split('\n')) say(line);
  }
  return isRefusal ? error.exitCode : exitCodes.failed;
}

/** What commands are made of: a program to add to, and what each gets when it runs. */
import type { Command } from 'commander';
import type { Connection } from './connection.ts';
import type { Output } from './output.ts';
import type { World } from './world.ts';

/** Options that every command understands. */
export type GlobalOptions = {
  url?: string;
  tenant?: string;
  json?: true;
  verbose?: true;
};

/** What a command gets: where it is, what to say, and the service, as whoever is signed in. */
export type Run = {
  world: World;
  out: Output;
  options: GlobalOptions;
  connect: () => Promise<Connection>;
};

/** The body of a command, given its arguments as commander parsed them. */
export type Body<Arguments extends unknown[]> = (run: Run, ...args: Arguments) => Promise<void>;

/** Makes an action for commander of the body of a command. */
export type Runner = <Arguments extends unknown[]>(
  body: Body<Arguments>,
) => (...args: Arguments) => Promise<void>;

/** Adds commands to the program. */
export type Group = (program: Command, run: Runner) => void;

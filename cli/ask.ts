/** Questions at the terminal. Whoever is no person at a terminal is asked nothing and must have said it before. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { exitCodes, Refusal, usage } from './exit.ts';
import { printable } from './text.ts';
import type { World } from './world.ts';

/**
 * Asks for consent, by typing a word where one is given.
 * @param isGiven whether consent came with the command, as `--yes`
 */
export async function confirm(
  world: World,
  question: string,
  { isGiven, word = 'y' }: { isGiven: boolean; word?: string },
): Promise<void> {
  if (isGiven) return;
  if (!isAsked(world)) throw usage('This needs your consent.', 'Give it with --yes.');
  const how = word === 'y' ? '[y/N]' : `Type ${word} to confirm:`;
  const answer = await ask(world, `${printable(question)} ${how} `);
  const isMeant = word === 'y' ? /^y(es)?$/i.test(answer) : answer === word;
  if (!isMeant) throw new Refusal('Nothing was done.', { exitCode: exitCodes.failed });
}

/** A secret from standard input: typed unseen at a terminal, or all that a pipe brings. */
export async function readSecret(world: World, question: string): Promise<string> {
  const { stdin, stderr } = world;
  if (!isAsked(world)) {
    let text = '';
    for await (const chunk of stdin.setEncoding('utf8')) text += String(chunk);
    return text.trim();
  }
  stderr.write(question);
  stdin.setRawMode?.(true);
  try {
    return await readUnseen(world);
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
}

async function readUnseen({ stdin, signal }: World): Promise<string> {
  let typed = '';
  stdin.setEncoding('utf8').resume();
  for (;;) {
    const [keys] = (await once(stdin, 'data', { signal })) as [string];
    for (const key of keys) {
      if (key === '\r' || key === '\n' || key === '\u0004') return typed.trim();
      // In raw mode the terminal makes no signal of it.
      if (key === '\u0003') throw new Refusal('Stopped.', { exitCode: exitCodes.interrupted });
      typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : typed + key;
    }
  }
}

/** What somebody at the terminal types in answer to a question. */
export async function ask({ stdin, stderr, signal }: World, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return (await lines.question(question, { signal })).trim();
  } finally {
    lines.close();
  }
}

/** Whether there is somebody at a terminal. */
export function isAsked({ stdin, stderr }: World): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** How much demo data a start makes: the variable decides, or whoever starts it for the first time at a terminal. */
import { createInterface } from 'node:readline/promises';
import { readDemo } from '#local/demo.ts';

/** One small tenant, or several with a month of activity. */
export type DemoSize = 'small' | 'month';

export type Choosing = {
  state: string;
  /** `PLINTH_DEMO`: on, off, or nothing. */
  wanted: string | undefined;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
};

/** How long somebody at a terminal is waited for; then it is yes. */
const patienceMs = 10_000;

/** The size that is wanted. Nobody is asked who is not at a terminal, or whose state folder has its data. */
export async function chooseDemo({ state, wanted, stdin, stdout }: Choosing): Promise<DemoSize> {
  if (wanted === 'on') return 'month';
  if (wanted === 'off') return 'small';
  if (wanted !== undefined && wanted !== '') throw new Error(`PLINTH_DEMO is on or off, not ${wanted}.`);
  // What was begun is finished, in the size that was chosen then.
  const known = readDemo(state);
  if (known !== undefined) return known.monthBefore === undefined ? 'small' : 'month';
  if (!stdin.isTTY || !stdout.isTTY) return 'small';
  return ask(stdin, stdout);
}

async function ask(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<DemoSize> {
  const lines = createInterface({ input, output });
  const question =
    'This is the first start. Make demo data: four tenants with a month of activity? [Y/n] (yes in 10 s) ';
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const answer = await lines.question(question, { signal: patience });
    return /^n/i.test(answer.trim()) ? 'small' : 'month';
  } catch (error) {
    if (!patience.aborted) throw error;
    output.write('yes\n');
    return 'month';
  } finally {
    lines.close();
  }
}

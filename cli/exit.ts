/** How the program ends: the codes that scripts rely on (docs/cli.md), and failures that carry one. */

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  signedOut: 3,
  forbidden: 4,
  notFound: 5,
  limited: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure that is told in one sentence, with what to do about it. */
export class Refusal extends Error {
  readonly exitCode: ExitCode;
  readonly advice: string | undefined;
  /** Facts for `--verbose`, such as the request’s id. */
  readonly facts: readonly string[];

  constructor(
    message: string,
    { exitCode = exitCodes.failed, advice, facts = [], cause }: RefusalOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Refusal';
    this.exitCode = exitCode;
    this.advice = advice;
    this.facts = facts;
  }
}

export type RefusalOptions = {
  exitCode?: ExitCode;
  advice?: string | undefined;
  facts?: readonly string[];
  cause?: unknown;
};

/** The command was not written as it must be. */
export function usage(message: string, advice?: string): Refusal {
  return new Refusal(message, { exitCode: exitCodes.usage, advice });
}

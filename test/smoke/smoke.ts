/** Runs the smoke story against a stack, step by step, and stops at the first step that fails. */
import { findStack } from './stack.ts';
import { story } from './story.ts';

export type SmokeOptions = {
  /** Address of the deployment; the local stack unless told. */
  url?: string | undefined;
  /** A file like the deployment's `/config.json`, where its console does not serve one. */
  config?: string | undefined;
  /** Access tokens of two people, for a deployment whose mail cannot be read. */
  tokenA?: string | undefined;
  tokenB?: string | undefined;
  /** Told of every step when it is over. */
  onStep?: (step: StepResult) => void;
};

export type StepResult = {
  title: string;
  outcome: 'ok' | 'failed' | 'skipped';
  durationMs: number;
  /** Why it failed or was skipped. */
  reason?: string;
};

export type Step = {
  /** Runs one step of the story; a later step may build on what it returns. */
  <T>(title: string, run: () => Promise<T>): Promise<T>;
  /** Leaves a step out and says why. */
  skip(title: string, reason: string): void;
};

/**
 * Runs the story.
 * @returns every step that ran and how many of them failed: none or the last
 * @throws Error in plain words when there is no stack to test
 */
export async function smoke(options: SmokeOptions = {}): Promise<{ steps: StepResult[]; failed: number }> {
  const stack = await findStack(options.url, options.config);
  const steps: StepResult[] = [];
  const report = (step: StepResult) => {
    steps.push(step);
    options.onStep?.(step);
  };
  try {
    await story(stepper(report), stack, options);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
  }
  return { steps, failed: steps.filter((step) => step.outcome === 'failed').length };
}

/** The failing step has been reported; this only ends the story. */
class StepFailed extends Error {}

function stepper(report: (step: StepResult) => void): Step {
  const run = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const durationMs = () => Math.round(performance.now() - started);
    try {
      const value = await work();
      report({ title, outcome: 'ok', durationMs: durationMs() });
      return value;
    } catch (error) {
      report({ title, outcome: 'failed', durationMs: durationMs(), reason: explain(error) });
      throw new StepFailed(title, { cause: error });
    }
  };
  const skip = (title: string, reason: string) => {
    report({ title, outcome: 'skipped', durationMs: 0, reason });
  };
  return Object.assign(run, { skip });
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** Workflow steps in a process of their own, as on AWS: called one by one, and killed where a test wants it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { formatId } from '#shared/contract/ids.ts';

/** How a call ended: `killed` when the process did. */
export type StepEnd = { value: unknown } | { error: string; stack: string } | 'killed';

export type StepWorker = {
  /** Runs one step for a tenant, a bare UUID. */
  run(workflow: string, step: string, tenant: string, input: object): Promise<StepEnd>;
  /** Kills the process, wherever it is. */
  kill(): void;
  stop(): Promise<void>;
};

/** Starts the process for a module; the environment is what its function would have. */
export async function startSteps(module: string, environment: Record<string, string>): Promise<StepWorker> {
  const child = fork(join(import.meta.dirname, 'step-main.ts'), [module], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await answerOf(child);
  return {
    run: async (workflow, step, tenant, input) => {
      const answered = answerOf(child);
      child.send({
        ...{ workflow, step, input, tenantId: formatId('tenant', tenant), trace: null },
        executionId: 'arn:aws:states:us-east-1:000000000000:execution:test:test-run',
        ...(step === 'failed' ? { error: 'workflow.crashed' } : {}),
      });
      return answered;
    },
    kill: () => void child.kill('SIGKILL'),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function answerOf(child: ChildProcess): Promise<StepEnd> {
  return new Promise((resolve) => {
    const answered = (told: StepEnd) => {
      child.off('exit', ended);
      resolve(told);
    };
    const ended = () => {
      child.off('message', answered);
      resolve('killed');
    };
    child.once('message', answered);
    child.once('exit', ended);
  });
}

/**
 * Custom resources run code while CloudFormation deploys; here they run it while the stack starts, and a failure
 * fails the start as it would fail the deployment.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Invoke } from '../parts/contract.ts';
import type { CustomResource } from '../template/functions.ts';

/**
 * Runs the custom resources one after the other, in deployment order.
 *
 * @throws Error naming the resource and what its function said.
 */
export async function runCustomResources(options: {
  resources: CustomResource[];
  invoke: Invoke;
  log(line: string): void;
}): Promise<void> {
  for (const resource of options.resources) {
    const provider = providers[resource.type];
    const where = `${resource.stack}/${resource.logicalId}`;
    if (provider === undefined) throw new Error(`${where}: ${resource.type} has no local provider`);
    await provider(resource, where, options.invoke);
    options.log(`${where} has run`);
  }
}

type Provider = (resource: CustomResource, where: string, invoke: Invoke) => Promise<void>;

const providers: Record<string, Provider> = {
  /** Invokes the function of an `aws-cdk-lib/triggers` Trigger, without an event. */
  'Custom::Trigger': async ({ properties }, where, invoke) => {
    const arn = String(properties.HandlerArn);
    const invoked = invoke(arn, {});
    if (properties.InvocationType === 'Event') {
      // Nobody waits for it; its failure stands in the function's log.
      invoked.catch(() => undefined);
      return;
    }
    const timeoutMs = Number(properties.Timeout ?? 120_000);
    const waiting = new AbortController();
    try {
      const late = sleep(timeoutMs, 'late' as const, { signal: waiting.signal });
      late.catch(() => undefined);
      const result = await Promise.race([invoked, late]);
      if (result === 'late') throw new Error(`The trigger ${where} did not finish within ${timeoutMs} ms`);
      if (!result.ok)
        throw new Error(`The trigger ${where} failed: ${result.errorType}: ${result.errorMessage}`);
    } finally {
      waiting.abort();
    }
  },
};

/** The steps of the machine that lets the standby region go on. */
import { publishRestored } from '#shared/ai/budgets/restored.ts';
import { failoverSteps } from '#shared/failover/failover.steps.ts';
import { failoverMachine } from '#shared/failover/machine.events.ts';
import { countMetric, gaugeMetric } from '#shared/middleware/telemetry.ts';
import { work } from '#shared/middleware/work.ts';

export const handler = work(
  failoverMachine,
  failoverSteps({ countMetric, gaugeMetric, publishBudgets: publishRestored }),
);

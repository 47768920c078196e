/** Every minute: what waits in the outbox is sent, and an alarm is told of what was put aside, as long as it waits. */
import { pool } from '#shared/db/pool.ts';
import { waitingDeadLetters } from '#shared/middleware/dead-letters.ts';
import { dispatch } from '#shared/middleware/dispatch.ts';
import { gaugeMetric } from '#shared/middleware/telemetry.ts';
import { timed } from '#shared/middleware/timed.ts';

export const handler = timed(async () => {
  await dispatch();
  for (const { queue, letters } of await waitingDeadLetters(pool())) {
    gaugeMetric('DeadLettersWaiting', letters, { queue });
  }
});

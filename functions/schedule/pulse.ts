/** Every six hours: the figures of the week are mailed to the operators, if it is time and they were not yet. */
import { settings } from '#shared/config/environment.ts';
import { pool } from '#shared/db/pool.ts';
import { logFor } from '#shared/middleware/telemetry.ts';
import { timed } from '#shared/middleware/timed.ts';
import { sendDuePulse } from '#shared/platform/pulse.ts';

const log = logFor({ job: 'pulse' });

export const handler = timed(async () => {
  const sent = await sendDuePulse(pool(), settings.operatorsEmail(), new Date(), log);
  log.info('pulse looked at', { sent });
});

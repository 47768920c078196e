import { failoverWorkers } from '#shared/failover/failover.jobs.ts';
import { failover } from '#shared/failover/module.ts';
import { consume } from '#shared/middleware/consume.ts';

export const handler = consume(failover, failoverWorkers);

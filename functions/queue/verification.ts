import { consume } from '#shared/middleware/consume.ts';
import { verification } from '#shared/verification/module.ts';
import { verificationWorkers } from '#shared/verification/verification.jobs.ts';

export const handler = consume(verification, verificationWorkers);

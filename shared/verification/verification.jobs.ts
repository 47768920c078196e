/** Work that the verification module does later. */
import { codeLimits } from '../config/verification.ts';
import { uuidOf } from '../contract/ids.ts';
import type { Workers } from '../contract/module.ts';
import { securityEventRow } from '../audit/security-events.ts';
import { channels } from './channels.ts';
import { makeCode } from './code-store.ts';
import type { verificationJobs } from './verification.events.ts';

export const verificationWorkers: Workers<typeof verificationJobs> = {
  sendCode: async (ctx, { userId, id }) => {
    const now = ctx.now();
    const made = await makeCode(userId, id, { now, deadlineMs: now.getTime() + patienceMs });
    if (made === undefined) {
      ctx.log.info('code not sent: another one was asked for, or it took too long', { userId });
      return;
    }
    const { code, to } = made;
    await channels[to.channel]({ to: to.address, code, validMinutes: codeLimits.validMinutes });
  },

  recordSignal: async (ctx, { userId, ...event }) => {
    await ctx.tx.query(
      securityEventRow(event, {
        tenantId: null,
        userId: userId === null ? null : uuidOf(userId),
        requestId: ctx.messageId,
        // The user pool does not tell its triggers where a sign-in comes from.
        source: { ip: '', userAgent: '' },
      }),
    );
  },
};

/** A worker may wait longer than a caller. */
const patienceMs = 5_000;

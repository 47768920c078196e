/** Proving a mobile number or an e-mail address with a one-time code (IDN-7). */
import { codeLimits } from '../config/verification.ts';
import { settings } from '../config/environment.ts';
import type { UserContext } from '../contract/context.ts';
import { type Failure, fail, problems } from '../contract/errors.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { assertRecipientHasRoom, takePersonalMessage } from '../limits/channels.ts';
import { recordCaller } from '../tenancy/caller.ts';
import { kindOf, normalAddress } from './addresses.ts';
import { askForCode, type Moment, settleCode, verifyCode } from './code-store.ts';
import type { Taken } from './codes.ts';
import { channelNotOffered, codeRefused, type verificationContract } from './verification.contract.ts';
import { verificationJobs } from './verification.events.ts';

export const verificationOps: Ops<typeof verificationContract> = {
  send: async (ctx, { channel, address: given }) => {
    if (!settings.codeChannels().includes(channel)) throw fail(channelNotOffered);
    const address = normalAddress(channel, given);
    if (address === undefined) {
      const message = `is no ${kindOf(channel) === 'email' ? 'e-mail address' : 'mobile number with its country code'}`;
      throw fail(problems.invalidInput, { errors: [{ path: 'body.address', message }] });
    }
    const to = { channel, address };
    // Who has had enough of them shall not cost the caller the code that they have.
    await assertRecipientHasRoom(to, momentOf(ctx));
    // Counted now, so that asking is what costs; made and sent by the worker.
    const asked = await askForCode(ctx.user.id, to, momentOf(ctx));
    if ('refused' in asked) throw tooMany(ctx, asked.refused);
    await takePersonalMessage(to, momentOf(ctx));
    ctx.enqueue(verificationJobs.sendCode, { userId: ctx.user.id, id: asked.id });
    return { channel, address, validMinutes: codeLimits.validMinutes };
  },

  verify: async (ctx, guess) => {
    const verified = await verifyCode(ctx.user.id, { channel: undefined, ...guess }, momentOf(ctx));
    if ('refused' in verified) throw tooMany(ctx, verified.refused);
    if ('wrong' in verified) throw fail(codeRefused);
    const { id, channel, address } = verified.right;
    const kind = kindOf(channel);
    await recordCaller(ctx.tx, ctx.user);
    // A second use waits here for the first one, and finds its own code in the row.
    const kept = await ctx.tx.maybeOne<{ verified_at: Date }>(sql`
      insert into app.verified_addresses as known (user_id, kind, address, channel, code_id)
      values (app.user_id(), ${kind}, ${address}, ${channel}, ${id})
      on conflict (user_id, kind) do update
        set address = excluded.address, channel = excluded.channel, code_id = excluded.code_id, verified_at = now()
        where known.code_id <> excluded.code_id
      returning verified_at`);
    if (kept === undefined) throw fail(codeRefused);
    await settleCode(ctx.user.id, id, momentOf(ctx));
    return { kind, address, channel, verifiedAt: kept.verified_at.toISOString() };
  },
};

/** As long as a caller waits for an answer. */
const answerWithinMs = 2_000;

function momentOf(ctx: UserContext): Moment {
  const now = ctx.now();
  return { now, deadlineMs: now.getTime() + answerWithinMs };
}

type Refused = Extract<Taken<never>, { refused: unknown }>['refused'];

/** The same answer for a limit and for a lock; the first of a breach is a security event. */
function tooMany(ctx: UserContext, { limit, untilMs, isFirst }: Refused): Failure {
  const policy = limit === 'sends' ? 'code-sends' : 'code-verifies';
  const seconds = Math.max(1, Math.ceil((untilMs - ctx.now().getTime()) / 1000));
  return fail(problems.rateLimited, {
    policy,
    headers: { 'retry-after': String(seconds) },
    ...(isFirst
      ? { securityEvent: { type: 'otp_abuse', subject: policy, occurrence: String(untilMs) } }
      : {}),
  });
}

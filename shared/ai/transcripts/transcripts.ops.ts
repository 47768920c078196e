/** Reading and forgetting what was asked and answered. */
import { fail, problems } from '../../contract/errors.ts';
import { formatId } from '../../contract/ids.ts';
import type { Ops } from '../../contract/module.ts';
import { timeCursor, toPage } from '../../contract/page.ts';
import { sql } from '../../db/sql.ts';
import type {
  KeptAnswer,
  KeptPrompt,
  TranscriptEntry,
  transcriptsContract,
} from '../transcripts.contract.ts';

type EntryRow = {
  call_id: string;
  asked_at: Date;
  user_id: string | null;
  api_key_id: string | null;
  feature: TranscriptEntry['feature'];
  model: string;
  complete: boolean;
  kept_until: Date;
};
type TranscriptRow = EntryRow & { prompt: string; answer: string };

export const transcriptsOps: Ops<typeof transcriptsContract> = {
  transcripts: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<EntryRow & { exact_at: string }>(sql`
      select call_id, asked_at, app.exact_time(asked_at) as exact_at, user_id, api_key_id, feature, model, complete,
        kept_until
      from app.ai_transcripts
      where ${at}::timestamptz is null or (asked_at, call_id) < (${at}::timestamptz, ${id}::uuid)
      order by asked_at desc, call_id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.call_id], toEntry);
  },

  transcript: async (ctx, { callId }) => {
    const row = await ctx.tx.maybeOne<TranscriptRow>(
      sql`select * from app.ai_transcripts where call_id = ${callId}`,
    );
    if (row === undefined) throw fail(problems.notFound);
    ctx.audit({ target: { type: 'ai_call', id: callId } });
    return {
      ...toEntry(row),
      prompt: JSON.parse(row.prompt) as KeptPrompt,
      answer: JSON.parse(row.answer) as KeptAnswer,
    };
  },

  deleteTranscript: async (ctx, { callId }) => {
    const deleted = await ctx.tx.maybeOne(
      sql`delete from app.ai_transcripts where call_id = ${callId} returning call_id`,
    );
    if (deleted === undefined) throw fail(problems.notFound);
    ctx.audit({ target: { type: 'ai_call', id: callId } });
    return null;
  },

  deleteTranscripts: async (ctx) => {
    const { deleted } = await ctx.tx.one<{ deleted: number }>(sql`
      with gone as (delete from app.ai_transcripts returning call_id)
      select count(*)::int as deleted from gone`);
    if (deleted === 0) throw fail(problems.notFound);
    ctx.audit({ target: { type: 'tenant', id: ctx.tenant.id }, after: { deleted } });
    return { deleted };
  },
};

function toEntry(row: EntryRow): TranscriptEntry {
  const { call_id: callId, feature, model, complete } = row;
  return {
    ...{ callId, feature, model, complete },
    at: row.asked_at.toISOString(),
    userId: row.user_id === null ? null : formatId('user', row.user_id),
    apiKeyId: row.api_key_id === null ? null : formatId('apiKey', row.api_key_id),
    keptUntil: row.kept_until.toISOString(),
  };
}

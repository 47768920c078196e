-- Prompts and answers of calls of models, of tenants that asked for it. The ledger knows nothing of what was said.
create table app.ai_transcripts (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  -- The call in the ledger; its row is written for itself, so neither waits for the other.
  call_id uuid not null,
  asked_at timestamptz not null,
  user_id uuid,
  api_key_id uuid,
  feature text not null check (length(feature) between 1 and 100),
  model text not null check (length(model) <= 100),
  -- JSON as text: what people write may hold characters that jsonb refuses.
  prompt text not null,
  answer text not null,
  -- Whether the answer is all that the model said.
  complete boolean not null,
  kept_until timestamptz not null,
  primary key (tenant_id, call_id)
);
create index ai_transcripts_tenant_time on app.ai_transcripts (tenant_id, asked_at desc, call_id desc);
create index ai_transcripts_kept_until on app.ai_transcripts (kept_until);

alter table app.ai_transcripts enable row level security;
alter table app.ai_transcripts force row level security;

-- What has run out is gone for everybody at once, whenever it is swept.
create policy tenant on app.ai_transcripts to app_tenant
  using (tenant_id = (select app.tenant_id()) and kept_until > now())
  with check (tenant_id = (select app.tenant_id()));
-- The sweep forgets what has run out, and reads nothing of what was said.
create policy system on app.ai_transcripts to app_system using (kept_until <= now());

grant select, insert, delete on app.ai_transcripts to app_tenant;
grant select (tenant_id, call_id, kept_until), delete on app.ai_transcripts to app_system;

comment on table app.ai_transcripts is 'Prompts and answers that a tenant asked to keep, until they run out [AI-1, PRV-2, TEN-5]';

select app.declare_backup('app.ai_transcripts', 'kept', 'what was said, and what has been forgotten since');

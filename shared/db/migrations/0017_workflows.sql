-- Workflows are started through the outbox, as events and jobs leave through it.
alter table app.outbox
  drop constraint outbox_kind_check,
  add constraint outbox_kind_check check (kind in ('event', 'job', 'workflow'));

-- What the platform's staff see of backups (OPS-4): whose, when, and whether they worked; nothing of what they hold.
create policy platform on app.backups for select to app_platform using (true);
grant select (tenant_id, status, snapshot_at, created_at) on app.backups to app_platform;

-- Which weeks' figures were mailed to the operators: whoever inserts a week sends them, so they are sent once.
create table app.pulses (
  week date primary key check (extract(isodow from week) = 1),
  sent_at timestamptz not null default now()
);

alter table app.pulses enable row level security;
alter table app.pulses force row level security;

create policy platform on app.pulses to app_platform using (true) with check (true);
grant select, insert on app.pulses to app_platform;

comment on table app.pulses is 'Weeks whose figures of the fleet were mailed to the operators, each once [OPS-4]';

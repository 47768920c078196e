-- Numbers and addresses that people have proved to be theirs. Fellow members do not see them.
create table app.verified_addresses (
  user_id uuid not null references app.users (id) on delete cascade,
  kind text not null check (kind in ('phone', 'email')),
  address text not null check (length(address) <= 254),
  channel text not null check (channel in ('email', 'sms', 'whatsapp')),
  -- The code that proved it: a code works once, and it is this row that says so.
  code_id uuid not null,
  verified_at timestamptz not null default now(),
  primary key (user_id, kind),
  check ((kind = 'phone') = (address ~ '^\+[1-9][0-9]{7,14}$'))
);

alter table app.verified_addresses enable row level security;
alter table app.verified_addresses force row level security;

create policy self on app.verified_addresses to app_tenant
  using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));

grant select, insert on app.verified_addresses to app_tenant;
grant update (address, channel, code_id, verified_at) on app.verified_addresses to app_tenant;

comment on table app.verified_addresses is 'Mobile numbers and addresses that people have proved to be theirs [IDN-7]';

-- What the platform's staff see of backups (OPS-4): whose, when, and whether they worked; nothing of what they hold.
create policy platform on app.backups for select to app_platform using (true);
grant select (tenant_id, status, snapshot_at, created_at) on app.backups to app_platform;

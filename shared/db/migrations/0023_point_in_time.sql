-- A restore to a point in time (BKP-2): the tenant is taken from a copy of the cluster, kept as a backup, and the restore
-- goes on with that.
alter table app.backups
  drop constraint backups_kind_check,
  add constraint backups_kind_check check (kind in ('scheduled', 'manual', 'before_restore', 'point_in_time'));

grant update (backup_id) on app.restores to app_restore;

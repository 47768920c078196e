-- Whether a row that was written once, and never changed, was there for a snapshot that was taken earlier: a file that
-- was broken off goes on with the rows that it began with, and no later ones. Rows keep the lower half of who wrote
-- them; the upper half is that of now, or the one before. Whoever wrote it wrote no savepoint before.
create function app.was_visible(written_by xid, snapshot pg_snapshot) returns boolean
  language sql stable parallel safe
  as $$
    select written_by::text::bigint < 3 or pg_visible_in_snapshot((
      case when written_by::text::bigint + top.upper < top.next then written_by::text::bigint + top.upper
           else greatest(written_by::text::bigint + top.upper - 4294967296, 3) end)::text::xid8, snapshot)
    from (select n.next, n.next - n.next % 4294967296 as upper
          from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next) n) top
  $$;
grant execute on function app.was_visible(xid, pg_snapshot) to app_tenant;

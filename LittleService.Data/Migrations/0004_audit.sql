-- Who changed what: one row per change, written in the transaction that makes the change. Ids are UUIDs of version 7, so they are the order.
create table audit (
  id uuid primary key,
  at timestamptz not null default clock_timestamp(),
  who text not null,
  what text not null, -- a stable word or two with a dot, as in item.added
  subject text not null, -- the id of what was changed
  details text,
  trace text -- the trace of the request
);
create index audit_subject on audit (subject, id);
create index audit_who on audit (who, id);

-- Rows are added and never changed, not even by mistake.
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'rows of audit are never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_append_only before update or delete or truncate on audit execute function audit_is_append_only();

-- The role that runs the service needs to own nothing and to create nothing: these two functions act as the owner of the tables, on the
-- partitions of five tables alone. The names of tables in them are of the schema that this file was applied in.
create or replace function event_partition(parent text, begins timestamptz, ends timestamptz)
  returns void language plpgsql security definer as $$
declare
  part text := parent || '_' || to_char(begins at time zone 'UTC', 'YYYYMMDD');
begin
  if parent not in ('event_ids', 'events', 'event_stats_minute', 'event_stats_hour', 'event_stats_day') then
    raise exception '% has no partitions of times', parent using errcode = 'invalid_parameter_value';
  end if;
  if to_regclass(part) is not null then return; end if;
  execute format('create table %I (like %I including defaults including constraints) with (fillfactor = %s)', part, parent,
    case when parent like 'event_stats%' then 60 else 100 end);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, begins, ends);
end $$;

-- Dropping needs the whole table for a moment; rather than make the web queue behind a wait for it, it fails and is left to the next try.
create function drop_event_partition(part text) returns void language plpgsql security definer set lock_timeout = '200ms' as $$
declare
  parent text := (select inhparent::regclass::text from pg_inherits where inhrelid = to_regclass(part));
begin
  if parent in ('event_ids', 'events', 'event_stats_minute', 'event_stats_hour', 'event_stats_day') then
    execute format('drop table %s', to_regclass(part));
  end if;
end $$;

do $$ begin
  execute format('alter function event_partition(text, timestamptz, timestamptz) set search_path = %I, pg_temp', current_schema());
  execute format('alter function drop_event_partition(text) set search_path = %I, pg_temp', current_schema());
end $$;
revoke execute on function event_partition(text, timestamptz, timestamptz), drop_event_partition(text) from public;

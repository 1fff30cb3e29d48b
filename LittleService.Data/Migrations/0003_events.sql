-- Sums of events by grain (0 minute, 1 hour, 2 day), start of the bucket and name; the name '' is the sum of all names.
-- The bucket leads the key, so that new rows land together however large the table is; one name is found by probing each bucket.
create table event_stats (
  grain smallint not null,
  bucket timestamptz not null,
  name text collate "C" not null,
  count bigint not null,
  valued bigint not null, -- how many of them carry a value
  sum double precision not null,
  min double precision,
  max double precision,
  subjects bytea, -- distinct subjects: exact hashes or a HyperLogLog, read and written by the worker
  histogram bytea, -- of the values, in logarithmic steps
  primary key (grain, bucket, name)
) partition by list (grain);
create table event_stats_minute partition of event_stats for values in (0) partition by range (bucket);
create table event_stats_hour partition of event_stats for values in (1) partition by range (bucket);
create table event_stats_day partition of event_stats for values in (2) partition by range (bucket);

-- How far each life of the stream is aggregated; moved in the transaction that changes the sums, which is what makes them exact.
create table event_positions (
  epoch uuid primary key,
  milliseconds bigint not null,
  sequence bigint not null,
  total bigint not null, -- events appended to the stream up to there
  moved_at timestamptz not null
);

-- Ids that were counted, for as long as a retry may come.
create table event_ids (
  received timestamptz not null,
  id uuid not null,
  primary key (id, received)
) partition by range (received);

-- Single events, where they are kept.
create table events (
  occurred_at timestamptz not null,
  name text not null,
  id uuid,
  subject text,
  value double precision,
  properties jsonb
) partition by range (occurred_at);

-- Blocks that could not be read; kept for a person, and not in the way of the others.
create table event_blocks_unread (
  epoch uuid not null,
  entry text not null,
  block bytea not null,
  reason text not null,
  parked_at timestamptz not null,
  primary key (epoch, entry)
);

-- Makes the partition of a table that begins at a time. Attaching, unlike creating in place, lets readers and writers of the table go on.
create function event_partition(parent text, begins timestamptz, ends timestamptz) returns void language plpgsql as $$
declare
  part text := parent || '_' || to_char(begins at time zone 'UTC', 'YYYYMMDD');
begin
  if to_regclass(part) is not null then return; end if;
  execute format('create table %I (like %I including defaults including constraints) with (fillfactor = %s)', part, parent,
    case when parent like 'event_stats%' then 60 else 100 end);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, begins, ends);
end $$;

-- An upload of items and how far it is. position and line say where the next row begins; they move in the transaction that adds the rows.
create table imports (
  id uuid primary key,
  owner uuid not null,
  who text not null,
  mode text not null check (mode in ('row-by-row', 'all-or-nothing')),
  state text not null default 'uploading' check (state in ('uploading', 'waiting', 'running', 'completed', 'failed', 'cancelled')),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  size bigint not null default 0,
  position bigint not null default 0,
  line integer not null default 1,
  rows_added integer not null default 0,
  rows_refused integer not null default 0,
  run integer not null default 0, -- the fence: counted up by every attempt, named by everything it writes
  job_id uuid,
  reason text,
  constraint ended_has_time check ((state in ('completed', 'failed', 'cancelled')) = (finished_at is not null))
);
create index imports_owner on imports (owner, id);

-- The uploaded bytes, until the import has ended. Pieces of one size but for the last.
create table import_chunks (
  import_id uuid not null references imports on delete cascade,
  number integer not null,
  content bytea not null,
  primary key (import_id, number)
);
alter table import_chunks alter content set storage external;

-- The first of the rows that were refused.
create table import_errors (
  import_id uuid not null references imports on delete cascade,
  line integer not null,
  reason text not null,
  primary key (import_id, line)
);

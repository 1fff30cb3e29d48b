-- How each process is, by its own account every few seconds.
create unlogged table process_reports (
  id uuid primary key,
  service text not null,
  process text not null,
  started_at timestamptz not null default now(),
  heard_at timestamptz not null default now(),
  draining boolean not null,
  dependencies jsonb not null
);

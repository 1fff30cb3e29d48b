-- Who is told of changes to items, and where.
create table webhooks (
  id uuid primary key,
  owner uuid not null,
  url text not null check (char_length(url) <= 2000),
  events text[] not null check (cardinality(events) > 0),
  secret bytea not null, -- encrypted
  created_at timestamptz not null default now(),
  failures integer not null default 0 check (failures >= 0), -- attempts that failed in a row
  failing_since timestamptz,
  paused_at timestamptz
);
create index webhooks_owner on webhooks (owner);

-- Deliveries that came while their webhook was paused; enqueued again when it is resumed.
create table webhook_waiting (
  webhook_id uuid not null references webhooks on delete cascade,
  event_id uuid not null,
  body text not null,
  primary key (webhook_id, event_id)
);

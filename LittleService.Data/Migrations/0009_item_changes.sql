-- The version grows with every change by a person: it is what If-Match names. Items without an owner are changed by admins only.
alter table items add version integer not null default 1, add owner uuid;
create index items_search on items using gin (search);
create index items_by_name on items (name, id);
create index items_by_quantity on items (quantity, id);

-- Answers to requests with an Idempotency-Key, kept a day and given again to the same caller who asks the same.
create table idempotency_keys (
  caller text not null,
  key text not null check (char_length(key) <= 255),
  fingerprint bytea not null, -- of the request
  answer bytea not null,
  created_at timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- What list cursors are signed with, shared by all replicas. Deleting the row and starting the api again makes all cursors invalid.
create table cursor_key (
  only_row boolean primary key default true check (only_row),
  key bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
insert into cursor_key default values;

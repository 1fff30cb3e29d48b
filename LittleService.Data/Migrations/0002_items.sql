-- Ids are UUIDs of version 7: they grow with time, so the primary key is also the order of the list.
create table items (
  id uuid primary key,
  name text not null check (char_length(name) between 1 and 200),
  quantity integer not null check (quantity >= 0),
  description text not null check (char_length(description) <= 2000),
  date_added timestamptz not null,
  search tsvector -- filled by the job index_item; null until then
);

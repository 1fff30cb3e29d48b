-- One row: the number the Hello page shows. Room in its page keeps every update in place (HOT), so the table never grows.
create table visits (
  only_row boolean primary key default true check (only_row),
  count bigint not null check (count >= 0)
) with (fillfactor = 10);

insert into visits (count) values (0);

-- The key that cursors are signed with, encrypted with the Data Protection keys; null until it is first needed.
-- A process of the release before still reads the old column, until the deployment has replaced it: a later migration can drop it.
alter table cursor_key add protected_key bytea;

-- Hashes of the codes that stand in for a lost authenticator; a used one is taken out.
alter table accounts add recovery_codes bytea[] not null default '{}';

create table accounts (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
  role text not null check (role in ('reader', 'writer', 'admin')),
  password_hash text not null,
  totp_secret bytea, -- encrypted; null without a second factor
  totp_step bigint not null default 0, -- of the last code taken: none is taken twice
  created_at timestamptz not null,
  disabled_at timestamptz
);

-- A cookie names its session by a random token, of which only the hash is here: who reads this table can sign in as nobody.
create table sessions (
  token_hash bytea primary key,
  account_id uuid not null references accounts on delete cascade,
  created_at timestamptz not null,
  seen_at timestamptz not null -- to the minute or so
);
create index sessions_account on sessions (account_id);

create table api_keys (
  id text primary key, -- the readable part of the key
  account_id uuid not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 100),
  role text not null check (role in ('reader', 'writer', 'admin')),
  secret_hash bytea not null, -- SHA-256: the secret is random, so nothing slower is needed
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz -- to five minutes or so
);
create index api_keys_account on api_keys (account_id);

-- When the attempts that were spent are all given back. Losing it in a crash costs nobody anything.
create unlogged table login_attempts (
  subject bytea primary key,
  free_at timestamptz not null,
  refused boolean not null
);

create table data_protection_keys (
  name text primary key,
  xml text not null,
  created_at timestamptz not null default now()
);

-- What ASP.NET Core Identity keeps of an account. Rows that exist go on as they are; code of before this ignores the new columns.
alter table accounts
  add security_stamp text not null default gen_random_uuid()::text, -- changes with whatever ends all sessions
  add password_temporary boolean not null default false, -- shown to an admin: good for signing in and choosing another
  add login_provider text, -- the issuer of an identity provider, and who the account is there; null for accounts of our own
  add provider_key text,
  alter password_hash drop not null, -- accounts of a provider have none
  add unique (login_provider, provider_key);

create table passkeys (
  credential_id bytea primary key,
  account_id uuid not null references accounts on delete cascade,
  name text not null check (char_length(name) between 1 and 100),
  public_key bytea not null, -- COSE
  sign_count bigint not null,
  transports text[] not null,
  user_verified boolean not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  attestation_object bytea not null,
  client_data_json bytea not null,
  created_at timestamptz not null
);
create index passkeys_account on passkeys (account_id);

-- One row per unfinished job. A job that succeeds leaves this table: the delete is its completion, and job_completions remembers it.
-- Rows of state 'available' are handed out by Redis streams; Postgres is not touched until the job ends or has run for a second.
CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  run_at timestamptz NOT NULL,
  lease_until timestamptz,
  finished_at timestamptz,
  -- The fence: whoever takes the job over counts it up, and every write about the job names the token it was given.
  token int NOT NULL DEFAULT 0 CHECK (token >= 0),
  attempt int NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  crashes smallint NOT NULL DEFAULT 0 CHECK (crashes >= 0),
  priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 2),
  version smallint NOT NULL CHECK (version > 0),
  sensitive boolean NOT NULL DEFAULT false,
  cancel_requested boolean NOT NULL DEFAULT false,
  progress real CHECK (progress BETWEEN 0 AND 1),
  state text NOT NULL CHECK (state IN ('scheduled', 'available', 'running', 'retryable', 'blocked', 'parked', 'dead', 'quarantined', 'cancelled')),
  queue text NOT NULL CHECK (length(queue) BETWEEN 1 AND 64),
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
  payload bytea NOT NULL CHECK (octet_length(payload) <= 270000),
  trace text,
  unique_key text CHECK (length(unique_key) BETWEEN 1 AND 200),
  limit_key text CHECK (length(limit_key) BETWEEN 1 AND 200),
  batch_id uuid,
  worker text,
  reason text,
  note text,
  CONSTRAINT running_has_lease CHECK ((state = 'running') = (lease_until IS NOT NULL)),
  CONSTRAINT ended_has_time CHECK ((state IN ('dead', 'quarantined', 'cancelled')) = (finished_at IS NOT NULL)),
  CONSTRAINT stopped_has_reason CHECK (state NOT IN ('dead', 'quarantined', 'cancelled', 'parked') OR reason IS NOT NULL)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.2);

-- A row is in at most one of the indices below, so a job that just passes through costs the primary key and one more.
CREATE INDEX jobs_available ON jobs (queue, priority, run_at) WHERE state = 'available';
CREATE INDEX jobs_due ON jobs (queue, priority, run_at) WHERE state IN ('scheduled', 'retryable');
CREATE INDEX jobs_leases ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_stopped ON jobs (kind, state) WHERE state IN ('blocked', 'parked', 'dead', 'quarantined', 'cancelled');
CREATE INDEX jobs_limited ON jobs (limit_key, state) WHERE limit_key IS NOT NULL;
CREATE INDEX jobs_batch ON jobs (batch_id) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key) WHERE unique_key IS NOT NULL AND finished_at IS NULL;

-- Completed jobs, one row per batch of completions: the arrays run in parallel. Reading one by one: the view finished_jobs.
CREATE TABLE job_completions (
  finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  queue text NOT NULL,
  kind text NOT NULL,
  worker text NOT NULL,
  ids uuid[] NOT NULL,
  attempts smallint[] NOT NULL,
  milliseconds real[] NOT NULL
);
ALTER TABLE job_completions ALTER ids SET STORAGE EXTERNAL, ALTER attempts SET STORAGE EXTERNAL, ALTER milliseconds SET STORAGE EXTERNAL;
CREATE INDEX job_completions_finished ON job_completions (finished_at);

CREATE VIEW finished_jobs AS
  SELECT each.id, c.kind, c.queue, each.attempt, each.milliseconds, c.worker, c.finished_at
  FROM job_completions c CROSS JOIN LATERAL unnest(c.ids, c.attempts, c.milliseconds) AS each (id, attempt, milliseconds);

-- What became of attempts that did not succeed.
CREATE TABLE job_attempts (
  job_id uuid NOT NULL,
  token int NOT NULL,
  kind text NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  outcome text NOT NULL CHECK (outcome IN ('failed', 'timed out', 'worker lost', 'interrupted')),
  worker text,
  milliseconds real,
  error text,
  PRIMARY KEY (job_id, token)
);
CREATE INDEX job_attempts_ended ON job_attempts (ended_at);

CREATE TABLE job_queues (
  queue text PRIMARY KEY,
  paused_at timestamptz,
  -- Until when rows that a stream also names may have been claimed from Postgres: entries from before are looked up before they run.
  direct_until timestamptz
);

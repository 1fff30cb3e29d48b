-- Limited jobs are claimed key by key, so the general claim must not see them.
ALTER TABLE jobs ADD COLUMN awaits uuid;
ALTER TABLE jobs ADD CONSTRAINT blocked_awaits CHECK (state <> 'blocked' OR awaits IS NOT NULL);
DROP INDEX jobs_due;
DROP INDEX jobs_limited;
CREATE INDEX jobs_due ON jobs (queue, priority, run_at) WHERE state IN ('scheduled', 'retryable') AND limit_key IS NULL;
CREATE INDEX jobs_limited ON jobs (limit_key, priority, run_at) WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL;
CREATE INDEX jobs_limited_running ON jobs (limit_key) WHERE state = 'running' AND limit_key IS NOT NULL;
CREATE INDEX jobs_ended ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- How many jobs of a key were started in the current window of its rate.
CREATE TABLE job_rates (limit_key text PRIMARY KEY, window_start timestamptz NOT NULL, used int NOT NULL);

CREATE TABLE job_results (job_id uuid PRIMARY KEY, finished_at timestamptz NOT NULL DEFAULT now(), result bytea NOT NULL);
CREATE INDEX job_results_finished ON job_results (finished_at);

-- Who replayed, cancelled, paused or resumed what.
CREATE TABLE job_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  detail text NOT NULL,
  jobs bigint NOT NULL
);

CREATE TABLE job_schedules (name text PRIMARY KEY, definition text NOT NULL, since timestamptz NOT NULL);

-- Each due time of a schedule, once: the key is what makes a tick fire once, however many workers look at the clock.
CREATE TABLE job_ticks (
  schedule text NOT NULL,
  due_at timestamptz NOT NULL,
  fired_at timestamptz NOT NULL DEFAULT now(),
  outcome text NOT NULL CHECK (outcome IN ('enqueued', 'missed', 'overlapped')),
  job_id uuid,
  PRIMARY KEY (schedule, due_at)
);

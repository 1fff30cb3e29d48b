-- Picks jobs that have a limit, key by key: as many as the key's limit leaves and its rate allows, and of all keys of a kind as many as the
-- kind's limit leaves. It locks what it picks and counts it against the rate; the caller marks it as running in the same transaction.
-- What runs is counted in the rows themselves, so nothing can drift. One worker at a time may call it: see LimitedClaims.
CREATE FUNCTION job_pick_limited(
  most int,                 -- at most so many jobs
  kinds text[],             -- the kinds that the worker knows, and for each:
  most_of_kind int[],       --   how many may run at once,
  most_of_key int[],        --   how many of one key,
  rates int[],              --   how many may start in a period,
  periods interval[],       --   and its length
  queues text[])            -- the queues that the worker serves
RETURNS TABLE (id uuid) LANGUAGE sql VOLATILE AS $$
  WITH RECURSIVE
  -- The keys that jobs wait for. A step per key: the index knows the next one, however many jobs a key has.
  keys AS (
    (SELECT limit_key, kind FROM jobs
     WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL
     ORDER BY limit_key LIMIT 1)
    UNION ALL
    SELECT following.limit_key, following.kind
    FROM keys CROSS JOIN LATERAL (
      SELECT limit_key, kind FROM jobs
      WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL AND limit_key > keys.limit_key
      ORDER BY limit_key LIMIT 1) AS following),

  -- A kind that the worker does not know has no limit here: its jobs are picked, and parked as any other.
  limits AS (
    SELECT keys.limit_key, keys.kind,
      coalesce(known.most_of_kind, most) AS most_of_kind,
      coalesce(CASE WHEN keys.limit_key <> keys.kind THEN known.most_of_key END, most) AS most_of_key,
      coalesce(known.rate, most) AS rate,
      coalesce(known.period, interval '0') AS period
    FROM keys
    LEFT JOIN unnest(kinds, most_of_kind, most_of_key, rates, periods) AS known (kind, most_of_kind, most_of_key, rate, period)
      ON known.kind = keys.kind),

  used AS (
    SELECT limits.*,
      (SELECT count(*) FROM jobs WHERE state = 'running' AND limit_key IS NOT NULL AND kind = limits.kind) AS of_kind,
      (SELECT count(*) FROM jobs WHERE state = 'running' AND limit_key IS NOT NULL AND limit_key = limits.limit_key) AS of_key,
      coalesce((SELECT job_rates.used FROM job_rates
        WHERE job_rates.limit_key = limits.limit_key AND window_start > now() - limits.period), 0) AS of_rate
    FROM limits),

  room AS (
    SELECT limit_key, kind, period,
      least(most_of_kind - of_kind, most) AS of_kind,
      greatest(0, least(most_of_key - of_key, rate - of_rate, most)) AS of_key
    FROM used),

  candidates AS (
    SELECT found.id, room.limit_key, room.period, room.of_kind,
      row_number() OVER (PARTITION BY room.kind ORDER BY found.priority, found.run_at, found.id) AS place
    FROM room CROSS JOIN LATERAL (
      SELECT jobs.id, priority, run_at FROM jobs
      WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL AND limit_key = room.limit_key
        AND run_at <= now() AND queue = ANY (queues)
      ORDER BY priority, run_at
      LIMIT room.of_key FOR UPDATE SKIP LOCKED) AS found),

  picked AS (SELECT candidates.id, limit_key, period FROM candidates WHERE place <= of_kind LIMIT most),

  -- A window that is over begins anew.
  counted AS (
    INSERT INTO job_rates AS rates (limit_key, window_start, used)
    SELECT limit_key, now(), count(*) FROM picked GROUP BY limit_key
    ON CONFLICT (limit_key) DO UPDATE SET
      used = excluded.used + CASE
        WHEN rates.window_start > now() - (SELECT min(period) FROM picked WHERE picked.limit_key = rates.limit_key) THEN rates.used
        ELSE 0 END,
      window_start = CASE
        WHEN rates.window_start > now() - (SELECT min(period) FROM picked WHERE picked.limit_key = rates.limit_key)
          THEN rates.window_start
        ELSE now() END)

  SELECT picked.id FROM picked
$$;

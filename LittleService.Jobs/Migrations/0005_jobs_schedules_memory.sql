-- What has fired is remembered beside the schedule, since ticks are deleted by age; and when a worker last looked after it, since code loses schedules.
ALTER TABLE job_schedules ADD COLUMN fired_until timestamptz, ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now();
UPDATE job_schedules SET fired_until = (SELECT max(due_at) FROM job_ticks WHERE schedule = name);

-- Completed jobs of one kind, those that ended last first, also where the kind is rare or unknown. One entry per batch of completions, not per job.
CREATE INDEX job_completions_kind ON job_completions (kind, finished_at);

-- Lists of stopped jobs, newest first: of one state, and of one state and kind, without a look at the others.
DROP INDEX jobs_stopped;
CREATE INDEX jobs_stopped ON jobs (state, id) WHERE state IN ('blocked', 'parked', 'dead', 'quarantined', 'cancelled');
CREATE INDEX jobs_stopped_kind ON jobs (kind, state, id) WHERE state IN ('blocked', 'parked', 'dead', 'quarantined', 'cancelled');

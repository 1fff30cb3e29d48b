-- Why a webhook is paused, for its owner.
alter table webhooks add pause_reason text;

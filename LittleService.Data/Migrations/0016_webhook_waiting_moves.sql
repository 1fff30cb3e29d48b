-- Deliveries of paused webhooks wait in the queue now, where their handler puts them off: what waited here moves there.
insert into jobs (id, kind, queue, priority, version, payload, unique_key, limit_key, state, run_at)
select
  -- An id of its own, with the time of its event.
  overlay(gen_random_uuid()::text placing left(event_id::text, 15) from 1 for 15)::uuid, 'deliver_webhook', 'default', 1, 1,
  convert_to(jsonb_build_object('webhookId', webhook_id, 'eventId', event_id, 'body', body)::text, 'UTF8'),
  event_id || ':' || webhook_id, 'deliver_webhook:' || webhook_id, 'scheduled', now()
from webhook_waiting
on conflict (unique_key) where unique_key is not null and finished_at is null do nothing;
-- What was to enqueue them again.
delete from jobs where kind = 'release_webhook';
drop table webhook_waiting;
-- For processes of the release before, while they are being replaced: their lists count nothing that waits, and a delivery that they would
-- keep fails, to be tried again by a new worker. A later migration can drop it.
create view webhook_waiting as select null::uuid as webhook_id, null::uuid as event_id, null::text as body where false;

-- Refunds that are on their way fall due as well: the processor is asked about those of which nothing is heard.

DROP INDEX refunds_due;
CREATE INDEX refunds_due ON refunds (status, due_at_ms) WHERE status IN ('created', 'sending', 'in_doubt', 'pending');

-- A void that comes too late goes on as a refund: which one, and of which void. A void goes on once.
ALTER TABLE refunds ADD COLUMN continues TEXT;
ALTER TABLE refunds ADD COLUMN continued_by TEXT;
CREATE UNIQUE INDEX refunds_continue_once ON refunds (org_id, continues) WHERE continues IS NOT NULL;

-- What is over is found by its age, and the deliveries of an event by the event.
CREATE INDEX outbox_over ON outbox (done_at_ms) WHERE done_at_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_over ON webhook_deliveries (done_at_ms) WHERE done_at_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (org_id, event_id);

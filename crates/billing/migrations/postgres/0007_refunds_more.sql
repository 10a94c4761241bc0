-- Refunds that are on their way fall due as well: the processor is asked about those of which nothing is heard.

DROP INDEX refunds_due;
CREATE INDEX refunds_due ON refunds (status, due_at_ms) WHERE status IN ('created', 'sending', 'in_doubt', 'pending');

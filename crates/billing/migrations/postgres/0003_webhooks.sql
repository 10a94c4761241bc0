-- What an organization's servers are told: events, who listens, and what became of each delivery.

-- The row of an event is its row here. `payload` is the event's data as it was in the transaction that wrote it;
-- rows from before this migration have none. `done_at_ms` is when the event was given to whoever listened.
ALTER TABLE outbox ADD COLUMN payload TEXT;
CREATE INDEX outbox_by_topic ON outbox (org_id, topic, id);

CREATE TABLE webhook_endpoints (
    org_id TEXT NOT NULL REFERENCES organizations (org_id),
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT,
    -- A JSON list of types; `["*"]` is every type.
    events TEXT NOT NULL,
    enabled BIGINT NOT NULL CHECK (enabled IN (0, 1)),
    disabled_reason TEXT,
    disabled_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);

-- What deliveries are signed with. One has no end; others end, one after the other, once they have been replaced.
CREATE TABLE webhook_secrets (
    org_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    id TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT,
    PRIMARY KEY (org_id, endpoint_id, id),
    FOREIGN KEY (org_id, endpoint_id) REFERENCES webhook_endpoints (org_id, id)
);

-- One event on its way to one endpoint, and the queue of what is still to be sent.
CREATE TABLE webhook_deliveries (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    replay BIGINT NOT NULL CHECK (replay IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
    tries BIGINT NOT NULL DEFAULT 0,
    due_at_ms BIGINT NOT NULL,
    fence BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT,
    leased_until_ms BIGINT,
    last_tried_at_ms BIGINT,
    last_status BIGINT,
    last_error TEXT,
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, event_id) REFERENCES outbox (org_id, id),
    FOREIGN KEY (org_id, endpoint_id) REFERENCES webhook_endpoints (org_id, id)
);
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (org_id, event_id, endpoint_id) WHERE replay = 0;
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (org_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (org_id, endpoint_id, due_at_ms) WHERE status = 'waiting';

-- Row-level security as in the first migration: an organization's own rows, and the worker's look at what is due.
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_secrets', 'webhook_deliveries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY by_organization ON %I USING (org_id = current_setting(''paydesk.organization'', true))'
            ' WITH CHECK (org_id = current_setting(''paydesk.organization'', true))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['outbox', 'webhook_endpoints', 'webhook_deliveries'] LOOP
        EXECUTE format(
            'CREATE POLICY by_worker_look ON %I FOR SELECT USING (current_setting(''paydesk.worker'', true) = ''on'')', name);
    END LOOP;
END $$;

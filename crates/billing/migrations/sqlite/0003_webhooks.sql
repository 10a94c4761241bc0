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
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    disabled_reason TEXT,
    disabled_at_ms INTEGER,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (org_id, id)
) STRICT;

-- What deliveries are signed with. One has no end; others end, one after the other, once they have been replaced.
CREATE TABLE webhook_secrets (
    org_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    id TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER,
    PRIMARY KEY (org_id, endpoint_id, id),
    FOREIGN KEY (org_id, endpoint_id) REFERENCES webhook_endpoints (org_id, id)
) STRICT;

-- One event on its way to one endpoint, and the queue of what is still to be sent.
CREATE TABLE webhook_deliveries (
    org_id TEXT NOT NULL,
    id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    replay INTEGER NOT NULL CHECK (replay IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0,
    due_at_ms INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    leased_until_ms INTEGER,
    last_tried_at_ms INTEGER,
    last_status INTEGER,
    last_error TEXT,
    created_at_ms INTEGER NOT NULL,
    done_at_ms INTEGER,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, event_id) REFERENCES outbox (org_id, id),
    FOREIGN KEY (org_id, endpoint_id) REFERENCES webhook_endpoints (org_id, id)
) STRICT;
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (org_id, event_id, endpoint_id) WHERE replay = 0;
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (org_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (org_id, endpoint_id, due_at_ms) WHERE status = 'waiting';

//! Every statement that both engines understand, as one text each. `$1` is the organization wherever there is one.

use crate::store::macros::statements;

macro_rules! attempt_columns {
    () => {
        "org_id, id, session_id, origin_id, account_id, login_id, invoice_id, amount, currency, kind, initiation, \
         method_id, token, mandate_id, processor_mandate, network_transaction_id, vault, customer, processor_method, brand, last4, exp_month, \
         exp_year, billing_address, save, consent_version, consent_hash, consent_locale, consented_at_ms, consent_address, \
         consent_user_agent, request_hash, idempotency_key, status, processor_reference, decline_code, failure, fence, \
         due_at_ms, look_ups, created_at_ms, first_sent_at_ms, sent_at_ms, \
         handed_over_at_ms, look_up_after, look_up_began_at_ms, challenge_url, challenge_until_ms, challenge_given_up, credit"
    };
}

macro_rules! method_columns {
    () => {
        "m.id, m.login_id, m.vault, m.customer, m.reference, m.kind, m.brand, m.last4, m.exp_month, m.exp_year, \
         m.billing_address, m.nickname, m.network_transaction_id, m.blocked_by, m.version, m.is_default, \
         m.closed_at_ms, m.bank_told_at_ms, m.was_last4, m.was_exp_month, m.was_exp_year"
    };
}

pub(crate) use {attempt_columns, method_columns};

macro_rules! invoice_columns {
    () => {
        "i.id, i.account_id, i.number, i.currency, i.total, i.created_at_ms, \
         (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM allocations l \
            WHERE l.org_id = i.org_id AND l.invoice_id = i.id) \
         + (SELECT CAST(COALESCE(SUM(c.amount), 0) AS BIGINT) FROM credit_allocations c \
            WHERE c.org_id = i.org_id AND c.invoice_id = i.id) AS paid, \
         (SELECT CAST(COALESCE(SUM(a.amount), 0) AS BIGINT) FROM attempts a \
            WHERE a.org_id = i.org_id AND a.invoice_id = i.id AND a.status IN ('created', 'sending', 'in_doubt')) \
         + (SELECT CAST(COALESCE(SUM(p.amount), 0) AS BIGINT) FROM payments p \
            WHERE p.org_id = i.org_id AND p.invoice_id = i.id AND p.status = 'submitted') \
         + (SELECT CAST(COALESCE(SUM(u.amount), 0) AS BIGINT) FROM credit_uses u \
            WHERE u.org_id = i.org_id AND u.invoice_id = i.id AND u.status = 'held') AS pending"
    };
}

pub(crate) use invoice_columns;

macro_rules! payment_columns {
    () => {
        "p.id, p.account_id, p.invoice_id, p.attempt_id, p.kind, p.status, p.amount, p.currency, p.processor_reference, \
         p.brand, p.last4, p.mandate_id, p.return_code, p.paid_at_ms, p.settled_at_ms, p.ended_at_ms, p.checks, r.id AS receipt_id, r.number AS receipt_number \
         FROM payments p JOIN receipts r ON r.org_id = p.org_id AND r.payment_id = p.id"
    };
}

/// The statements that both engines understand.
pub(crate) fn all() -> Vec<(&'static str, &'static str)> {
    // Each room that keeps its statements beside the code that runs them has a line here.
    let rooms: [&[_]; 4] = [
        ALL,
        crate::store::events::sql::ALL,
        crate::store::webhooks::sql::ALL,
        crate::store::deliveries::sql::ALL,
    ];
    rooms.concat()
}

statements! {
    PING = "SELECT 'ok' AS id";

    // Organizations and who may speak for them.
    INSERT_ORGANIZATION = "INSERT INTO organizations (org_id, name, currency, time_zone, locale, country, vault, contact, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND_ORGANIZATION = "SELECT org_id AS id, name, currency, time_zone, locale, country, vault, contact, debit_refund_max, \
        security_code_policy, security_code_above, partial_minimum, records_kept_days FROM organizations WHERE org_id = $1";
    CHANGE_ORGANIZATION = "UPDATE organizations SET name = $2, currency = $3, time_zone = $4, locale = $5, country = $6, \
        vault = $7, contact = $8, debit_refund_max = $9, security_code_policy = $10, security_code_above = $11, partial_minimum = $12, \
        records_kept_days = $13 WHERE org_id = $1";
    SET_RECEIPTS = "UPDATE organizations SET receipts = $2 WHERE org_id = $1";
    NEXT_INVOICE = "UPDATE organizations SET invoices = invoices + 1 WHERE org_id = $1 RETURNING invoices AS number";
    INSERT_ORIGIN = "INSERT INTO organization_origins (org_id, origin) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    DELETE_ORIGIN = "DELETE FROM organization_origins WHERE org_id = $1 AND origin = $2";
    LIST_ORIGINS = "SELECT origin AS id FROM organization_origins WHERE org_id = $1 ORDER BY origin";
    HAS_ORIGIN = "SELECT origin AS id FROM organization_origins WHERE org_id = $1 AND origin = $2";
    ORIGIN_REGISTERED = "SELECT origin AS id FROM organization_origins WHERE origin = $1 LIMIT 1";
    INSERT_API_KEY = "INSERT INTO api_keys (org_id, id, created_at_ms) VALUES ($1, $2, $3)";
    FIND_API_KEY = "SELECT id FROM api_keys WHERE org_id = $1 AND id = $2 AND revoked_at_ms IS NULL";
    LIST_API_KEYS = "SELECT id, created_at_ms, revoked_at_ms FROM api_keys WHERE org_id = $1 ORDER BY created_at_ms DESC, id DESC";
    REVOKE_API_KEY = "UPDATE api_keys SET revoked_at_ms = $3 WHERE org_id = $1 AND id = $2 AND revoked_at_ms IS NULL";
    INSERT_CREDENTIAL = "INSERT INTO credentials (org_id, hash, kind, subject) VALUES ($1, $2, $3, $4)";
    FIND_CREDENTIAL = "SELECT hash, kind, org_id, subject FROM credentials WHERE hash = $1";

    // Clients.
    INSERT_LOGIN = "INSERT INTO logins (id, name, email, created_at_ms) VALUES ($1, $2, $3, $4)";
    FIND_LOGIN = "SELECT id FROM logins WHERE id = $1";
    INSERT_ACCOUNT = "INSERT INTO accounts (org_id, id, login_id, name, email, reference, created_at_ms, billing_address) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND_ACCOUNT = "SELECT id, login_id, name, email, reference, created_at_ms, billing_address, chargeable FROM accounts WHERE org_id = $1 AND id = $2";
    INSERT_PERSON = "INSERT INTO people (org_id, id, account_id, name) VALUES ($1, $2, $3, $4)";

    // Invoices.
    INSERT_INVOICE = "INSERT INTO invoices (org_id, id, account_id, number, currency, total, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    INSERT_ITEM = "INSERT INTO invoice_items (org_id, id, invoice_id, position, description, participant, amount) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND_INVOICE = concat!("SELECT ", invoice_columns!(), " FROM invoices i WHERE i.org_id = $1 AND i.id = $2");
    LIST_INVOICES = concat!("SELECT ", invoice_columns!(), " FROM invoices i WHERE i.org_id = $1 \
        AND ($2 = '' OR i.id < $2) AND ($3 = '' OR i.account_id = $3) AND ($4 = '' OR i.number = $4) \
        ORDER BY i.id DESC LIMIT $5");
    LIST_ITEMS = "SELECT i.id, i.position, i.description, i.participant, i.amount, \
        (SELECT CAST(COALESCE(SUM(a.amount), 0) AS BIGINT) FROM allocations a \
            WHERE a.org_id = i.org_id AND a.item_id = i.id) \
        + (SELECT CAST(COALESCE(SUM(c.amount), 0) AS BIGINT) FROM credit_allocations c \
            WHERE c.org_id = i.org_id AND c.item_id = i.id) AS covered \
        FROM invoice_items i WHERE i.org_id = $1 AND i.invoice_id = $2 ORDER BY i.position";

    // Checkout sessions.
    INSERT_SESSION = "INSERT INTO checkout_sessions (org_id, id, account_id, login_id, invoice_id, scope, allowed_origin, \
        locale, may_save, created_at_ms, expires_at_ms, ends_at_ms, admin_id, admin_name) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    FIND_SESSION = "SELECT id, account_id, login_id, invoice_id, scope, allowed_origin, locale, may_save, created_at_ms, \
        expires_at_ms, ends_at_ms, completed_by, admin_id, admin_name FROM checkout_sessions WHERE org_id = $1 AND id = $2";
    TOUCH_SESSION = "UPDATE checkout_sessions SET expires_at_ms = $3 WHERE org_id = $1 AND id = $2 AND expires_at_ms < $3";

    // The wallet, as far as one organization may see it.
    FIND_METHOD = concat!("SELECT ", method_columns!(), " FROM authorizations a \
        JOIN payment_methods m ON m.login_id = a.login_id AND m.id = a.method_id \
        WHERE a.org_id = $1 AND a.login_id = $2 AND m.vault = $3 AND m.id = $4 \
        AND a.revoked_at_ms IS NULL AND m.removed_at_ms IS NULL");
    METHOD_BY_REFERENCE = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $1 AND m.vault = $2 AND m.reference = $3 AND m.removed_at_ms IS NULL");
    COUNT_METHODS = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM payment_methods \
        WHERE login_id = $1 AND (kind = 'card') = ($2 = 'card') AND removed_at_ms IS NULL";
    INSERT_METHOD = "INSERT INTO payment_methods (login_id, id, vault, customer, reference, kind, brand, last4, exp_month, exp_year, \
        billing_address, nickname, network_transaction_id, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING";
    KEEP_NETWORK_ID = "UPDATE payment_methods SET network_transaction_id = $3 \
        WHERE login_id = $1 AND id = $2 AND reference = $4 AND network_transaction_id IS NULL";
    BLOCK_METHOD = "UPDATE payment_methods SET blocked_by = $4 WHERE login_id = $1 AND vault = $2 AND reference = $3";
    CORRECT_METHOD = "UPDATE payment_methods SET last4 = COALESCE(NULLIF($3, ''), last4), brand = COALESCE(NULLIF($4, ''), brand), version = version + 1 \
        WHERE login_id = $1 AND id = $2";
    INSERT_AUTHORIZATION = "INSERT INTO authorizations (org_id, id, login_id, method_id, consent_version, consent_hash, \
        consent_locale, accepted_at_ms, actor, address, user_agent, created_at_ms, admin_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
    FIND_AUTHORIZATION = "SELECT id, method_id, accepted_at_ms, revoked_at_ms, plans_continue FROM authorizations \
        WHERE org_id = $1 AND login_id = $2 AND id = $3";
    LIVE_AUTHORIZATION = "SELECT id, method_id, accepted_at_ms, revoked_at_ms, plans_continue FROM authorizations \
        WHERE org_id = $1 AND login_id = $2 AND method_id = $3 AND revoked_at_ms IS NULL";
    INSERT_CONSENT_TEXT = "INSERT INTO consent_texts (org_id, login_id, hash, text) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    // The one that stands, or else the last one whose end let what was agreed to go on.
    AGREED_AUTHORIZATION = "SELECT id, consent_version, consent_hash, consent_locale, accepted_at_ms, actor, admin_id, address, \
        user_agent, revoked_at_ms FROM authorizations WHERE org_id = $1 AND login_id = $2 AND method_id = $3 \
        AND (revoked_at_ms IS NULL OR plans_continue = 1) ORDER BY (revoked_at_ms IS NULL) DESC, accepted_at_ms DESC, id LIMIT 1";
    // What was agreed to while a permission stood, where its end let that go on.
    METHODS_OF_PLANS = concat!("SELECT ", method_columns!(), " FROM payment_methods m \
        WHERE m.login_id = $2 AND m.vault = $3 AND m.removed_at_ms IS NULL AND EXISTS (SELECT 1 FROM authorizations a \
        WHERE a.org_id = $1 AND a.login_id = m.login_id AND a.method_id = m.id AND a.plans_continue = 1)");
    REVOKE_AUTHORIZATION = "UPDATE authorizations SET revoked_at_ms = $3, plans_continue = $4 \
        WHERE org_id = $1 AND id = $2 AND revoked_at_ms IS NULL";
    END_CONTINUING = "UPDATE authorizations SET plans_continue = 0 \
        WHERE org_id = $1 AND login_id = $2 AND method_id = $3 AND plans_continue = 1";
    FIND_CUSTOMER = "SELECT reference AS id FROM vault_customers WHERE vault = $1 AND login_id = $2";
    INSERT_CUSTOMER = "INSERT INTO vault_customers (vault, login_id, reference) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

    // Attempts: what was tried, and the queue of what is still to do. A row that is named by its key is found by it: `|| ''`
    // keeps PostgreSQL from going through the queue instead, which its figures call empty until it has counted again.
    INSERT_ATTEMPT = "INSERT INTO attempts (org_id, id, session_id, origin_id, account_id, login_id, invoice_id, amount, currency, kind, \
        initiation, method_id, token, mandate_id, processor_mandate, network_transaction_id, vault, \
        customer, processor_method, brand, last4, exp_month, exp_year, billing_address, save, \
        consent_version, consent_hash, consent_locale, consented_at_ms, consent_address, consent_user_agent, \
        request_hash, idempotency_key, status, due_at_ms, created_at_ms, fence, lease_owner, \
        leased_until_ms, first_sent_at_ms, sent_at_ms, credit) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
        $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42)";
    FIND_ATTEMPT = concat!("SELECT ", attempt_columns!(), " FROM attempts WHERE org_id = $1 AND id = $2");
    LIST_ATTEMPTS = concat!("SELECT ", attempt_columns!(), " FROM attempts WHERE org_id = $1 AND ($2 = '' OR id < $2) \
        AND ($3 = '' OR invoice_id = $3) AND ($4 = '' OR account_id = $4) AND ($5 = '' OR $5 = CASE WHEN challenge_url IS NULL THEN status ELSE 'requires_action' END) \
        ORDER BY id DESC LIMIT $6");
    NEWEST_ATTEMPT = concat!("SELECT ", attempt_columns!(), " FROM attempts WHERE org_id = $1 AND session_id = $2 \
        ORDER BY created_at_ms DESC, id DESC LIMIT 1");
    LIVE_ATTEMPT = concat!("SELECT ", attempt_columns!(), " FROM attempts WHERE org_id = $1 AND invoice_id = $2 \
        AND status IN ('created', 'sending', 'in_doubt')");
    PAID_BY = concat!("SELECT ", attempt_columns!(), " FROM attempts WHERE org_id = $1 AND invoice_id = $2 \
        AND status = 'succeeded' ORDER BY created_at_ms DESC, id DESC LIMIT 1");
    CLAIM_LOOK_UP = concat!("UPDATE attempts SET fence = fence + 1, lease_owner = $3, leased_until_ms = $4, due_at_ms = $4, \
        look_ups = look_ups + CASE WHEN look_up_after IS NULL THEN 1 ELSE 0 END WHERE org_id = $1 AND id = $2 AND status || '' = 'in_doubt' AND due_at_ms <= $5 RETURNING ",
        attempt_columns!());
    CLAIM_CHALLENGE = concat!("UPDATE attempts SET fence = fence + 1, lease_owner = $3, leased_until_ms = $4, due_at_ms = $4, \
        look_ups = look_ups + 1 WHERE org_id = $1 AND id = $2 AND status || '' = 'in_doubt' AND challenge_url IS NOT NULL \
        AND leased_until_ms IS NULL AND due_at_ms <= $5 RETURNING ", attempt_columns!());
    KEEP_ATTEMPT_METHOD = "UPDATE attempts SET processor_method = $4, customer = $5, brand = $6, last4 = $7, exp_month = $8, \
        exp_year = $9 WHERE org_id = $1 AND id = $2 AND fence = $3 AND status || '' = 'sending'";
    // Nothing of it was ever sent, so that no key can be older, and no ceiling counts it.
    KEEP_BACK = "UPDATE attempts SET status = 'created', due_at_ms = $4, lease_owner = NULL, leased_until_ms = NULL, \
        fence = fence + 1, first_sent_at_ms = NULL, sent_at_ms = NULL \
        WHERE org_id = $1 AND id = $2 AND fence = $3 AND status || '' = 'sending' AND look_ups = 0";
    // The condition of the index is repeated: SQLite uses it for nothing else.
    DUE_ATTEMPTS = "SELECT org_id, id, status FROM attempts WHERE status IN ('sending', 'in_doubt') \
        AND status IN ('created', 'sending', 'in_doubt') AND due_at_ms <= $1 ORDER BY due_at_ms LIMIT $2";
    SENT_FOR = "SELECT sent_at_ms AS number FROM attempts \
        WHERE org_id = $1 AND origin_id = $2 AND sent_at_ms IS NOT NULL AND status <> 'failed_before_send' ORDER BY sent_at_ms";
    SENT_BY_MERCHANT = "SELECT sent_at_ms AS number FROM attempts WHERE org_id = $1 AND invoice_id = $2 \
        AND initiation <> 'payer' AND sent_at_ms IS NOT NULL AND status <> 'failed_before_send' ORDER BY sent_at_ms";
    TOUCH_FENCE = "UPDATE attempts SET fence = fence + 1 WHERE org_id = $1 AND id = $2 AND fence = $3";
    HAND_OVER = "UPDATE attempts SET handed_over_at_ms = $3 WHERE org_id = $1 AND id = $2 AND handed_over_at_ms IS NULL";
    EXPIRE_LEASE = "UPDATE attempts SET status = 'in_doubt', fence = fence + 1, due_at_ms = $3, lease_owner = NULL, \
        leased_until_ms = NULL WHERE org_id = $1 AND id = $2 AND status || '' = 'sending' AND leased_until_ms <= $3";

    // What was paid.
    INSERT_PAYMENT = "INSERT INTO payments (org_id, id, account_id, invoice_id, attempt_id, kind, status, amount, currency, \
        processor_reference, brand, last4, mandate_id, paid_at_ms, check_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    MOVE_PAYMENT = "UPDATE payments SET status = $4, return_code = $5, settled_at_ms = COALESCE(settled_at_ms, $6), \
        ended_at_ms = $7, check_at_ms = $8 WHERE org_id = $1 AND id = $2 AND status = $3";
    POSTPONE_CHECK = "UPDATE payments SET check_at_ms = $3, checks = checks + 1 \
        WHERE org_id = $1 AND id = $2 AND check_at_ms <= $4";
    DUE_CHECKS = "SELECT org_id, id, status FROM payments WHERE check_at_ms <= $1 ORDER BY check_at_ms LIMIT $2";
    ADD_PAYMENT_EVENT = "INSERT INTO payment_events (org_id, payment_id, seq, kind, code, amount, at_ms) \
        VALUES ($1, $2, 1 + (SELECT CAST(COUNT(*) AS BIGINT) FROM payment_events e WHERE e.org_id = $1 AND e.payment_id = $2), \
        $3, $4, $5, $6)";
    INSERT_PAYMENT_EVENT = "INSERT INTO payment_events (org_id, payment_id, seq, kind, code, amount, at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    REFUNDED_OF = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS number FROM refunds \
        WHERE org_id = $1 AND payment_id = $2 AND kind <> 'cancel_debit' AND status IN ('pending', 'succeeded')";
    LIST_PAYMENT_EVENTS = "SELECT kind, code, amount, at_ms FROM payment_events WHERE org_id = $1 AND payment_id = $2 ORDER BY seq";
    INSERT_ALLOCATION = "INSERT INTO allocations (org_id, id, payment_id, invoice_id, item_id, amount, reason, created_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    INSERT_RECEIPT = "INSERT INTO receipts (org_id, id, payment_id, number, created_at_ms) VALUES ($1, $2, $3, $4, $5)";
    FIND_PAYMENT = concat!("SELECT ", payment_columns!(), " WHERE p.org_id = $1 AND p.id = $2");
    PAYMENT_OF_ATTEMPT = concat!("SELECT ", payment_columns!(), " WHERE p.org_id = $1 AND p.attempt_id = $2");
    PAYMENT_OF_RECEIPT = concat!("SELECT ", payment_columns!(), " WHERE p.org_id = $1 AND r.id = $2");
    LIST_PAYMENTS = concat!("SELECT ", payment_columns!(), " WHERE p.org_id = $1 AND ($2 = '' OR p.id < $2) \
        AND ($3 = '' OR p.invoice_id = $3) AND ($4 = '' OR p.account_id = $4) ORDER BY p.id DESC LIMIT $5");
    LIST_ALLOCATIONS = "SELECT a.item_id, CAST(SUM(a.amount) AS BIGINT) AS amount, i.description FROM allocations a \
        JOIN invoice_items i ON i.org_id = a.org_id AND i.id = a.item_id \
        WHERE a.org_id = $1 AND a.payment_id = $2 \
        GROUP BY a.item_id, i.description, i.position HAVING SUM(a.amount) <> 0 ORDER BY i.position";

    // The books.
    INSERT_ENTRY = "INSERT INTO ledger_entries (org_id, id, transaction_id, account, amount, currency) VALUES ($1, $2, $3, $4, $5, $6)";
    CLOSE_TRANSACTION = "INSERT INTO ledger_transactions (org_id, id, kind, subject, created_at_ms) VALUES ($1, $2, $3, $4, $5)";
    LIST_ENTRIES = "SELECT e.transaction_id, e.account, e.amount, e.currency FROM ledger_entries e \
        WHERE e.org_id = $1 ORDER BY e.id";

    // Writes that are answered once.
    START_KEY = "INSERT INTO idempotency_keys (org_id, key, request_hash, started_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    FIND_KEY = "SELECT request_hash, started_at_ms, fence, status, response FROM idempotency_keys WHERE org_id = $1 AND key = $2";
    TAKE_OVER_KEY = "UPDATE idempotency_keys SET started_at_ms = $4, fence = fence + 1 \
        WHERE org_id = $1 AND key = $2 AND fence = $3 AND status IS NULL";
    RENEW_KEY = "UPDATE idempotency_keys SET started_at_ms = $4, request_hash = $5, fence = fence + 1, status = NULL, response = NULL \
        WHERE org_id = $1 AND key = $2 AND fence = $3";
    FINISH_KEY = "UPDATE idempotency_keys SET status = $4, response = $5 \
        WHERE org_id = $1 AND key = $2 AND fence = $3 AND status IS NULL";
    RELEASE_KEY = "DELETE FROM idempotency_keys WHERE org_id = $1 AND key = $2 AND fence = $3 AND status IS NULL";
}

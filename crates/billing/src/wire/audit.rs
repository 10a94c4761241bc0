//! The audit log.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One entry of the audit log: who did what, when, from where, and whether it came about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// `aud_…`.
    pub id: String,
    /// Counts up from 1 in each organization, without a gap.
    pub seq: i64,
    /// When it happened. The order of the entries is that of `seq`.
    pub at: String,
    /// `api_key`, `checkout_session`, `client` (who looks after their wallet), `admin` (who acts for a client), `worker` (the server by itself) or `command_line`.
    pub actor_kind: String,
    /// Which one: `key_…`, `cks_…`, or a user of the server's system.
    pub actor: String,
    /// What happened, such as `invoice.created`.
    pub action: String,
    /// The id of what it happened to.
    pub subject: String,
    /// The network address that it was asked from.
    pub origin: Option<String>,
    /// `success`, `failure` or `unknown`.
    pub outcome: String,
    /// More about it: ids, amounts and states.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// The hash of the entry before.
    pub prev_hash: String,
    /// The hash of this one: SHA-256 over every column and the hash before.
    pub hash: String,
}

/// Which audit entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only those about this, such as `inv_…` or `att_…`.
    pub subject: Option<String>,
    /// Only those of this action, such as `attempt.succeeded`.
    pub action: Option<String>,
}

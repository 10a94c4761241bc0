//! What callers can ask for, one verb a function: reads parameters, decides, and puts changes.
//!
//! A verb knows neither HTTP nor the disk. It runs while the account's book is locked, never waits, and
//! either finishes or refuses before it has changed anything, except that a refused charge is kept.

mod authorize;
mod bank_input;
mod billing;
mod card_input;
mod find;
mod method_input;
mod paging;
mod security_code;

pub mod challenge;
pub mod charges;
pub mod consent;
pub mod customers;
pub mod disputes;
pub mod events;
pub mod expand;
pub mod helpers;
pub mod mandates;
pub mod microdeposits;
pub mod payment_intents;
pub mod payment_methods;
pub mod refunds;
pub mod setup_intents;
pub mod sources;
pub mod tokens;
pub mod touch;
pub mod webhook_endpoints;

use serde_json::Value;

use crate::error::ApiError;
use crate::form::{Form, Node};
use crate::keys::Key;
use crate::store::Tx;

/// One call, as a verb sees it.
#[derive(Debug)]
pub struct Call {
    /// The ids in the path, in order.
    pub path_ids: Vec<String>,
    /// The parameters.
    pub form: Form,
    /// Who calls.
    pub key: Key,
}

impl Call {
    /// The first id in the path.
    pub fn id(&self) -> &str {
        self.path_ids.first().map_or("", String::as_str)
    }

    /// The second id in the path.
    pub fn second_id(&self) -> &str {
        self.path_ids.get(1).map_or("", String::as_str)
    }

    /// The parameters.
    pub fn node(&self) -> Node<'_> {
        self.form.node()
    }
}

/// Who may call a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A server.
    Secret,
    /// A browser too.
    Anyone,
    /// A browser too, if it has the object's client secret.
    ClientSecret,
}

/// A verb.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// Its name, such as `payment_intents.create`.
    pub name: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether money may move.
    pub moves_money: bool,
    /// What it does.
    pub run: fn(&mut Tx<'_>, &Call) -> Result<Value, ApiError>,
}

//! Mandates are made by intents; here they are read.

use serde_json::Value;

use super::{Access, Call, Verb};
use crate::error::ApiError;
use crate::model::Mandate;
use crate::store::Tx;

/// Reads one.
pub const RETRIEVE: Verb =
    Verb { name: "mandates.retrieve", access: Access::Secret, moves_money: false, run: retrieve };

fn retrieve(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    call.node().allow(&["expand"])?;
    let mandate = tx.book().mandates.row(call.id());
    mandate.map(Mandate::view).ok_or_else(|| ApiError::not_found("mandate", call.id(), "mandate"))
}

//! The bank's question to the payer: begun where there is a way back from its page, and answered there.

use serde_json::{Value, json};

use super::{Access, Call, Verb, payment_intents, setup_intents};
use crate::error::ApiError;
use crate::model::{Challenge, Errand};
use crate::store::Tx;

/// For how long the bank waits.
const ANSWER_S_MAX: i64 = 30 * 60;

/// Answers in the payer's place, from the page: `answer` is `complete` or `fail`. The path names the intent and the page's
/// secret.
pub const ANSWER: Verb =
    Verb { name: "challenge.answer", access: Access::Anyone, moves_money: true, run: answer };

/// Begins a question to the payer of an intent; `None` where there is no page to ask it on.
pub fn begin(tx: &mut Tx<'_>, intent: &str, return_url: Option<&str>) -> Option<Challenge> {
    tx.never(intent);
    let origin = tx.context.origin.filter(|origin| !origin.is_empty())?;
    let return_url = return_url?.to_owned();
    let secret = tx.context.ids.letters(24);
    let ends_at = tx.now_s() + ANSWER_S_MAX;
    tx.later(ends_at * 1_000, intent, Errand::Expire);
    Some(Challenge { url: format!("{origin}/challenge/{intent}/{secret}"), secret, return_url, ends_at })
}

fn answer(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["answer"])?;
    let answer = node.choice("answer", &["complete", "fail"])?.ok_or_else(|| ApiError::missing("answer"))?;
    let succeeded = answer == "complete";
    let is_asked = |challenge: &Option<Challenge>| {
        challenge.as_ref().is_some_and(|challenge| challenge.secret == call.second_id())
    };
    let unknown = || ApiError::not_found("challenge", call.id(), "intent");
    if call.id().starts_with("seti_") {
        let intent = tx.book().setup_intents.row(call.id()).cloned();
        let intent = intent.filter(|intent| is_asked(&intent.challenge)).ok_or_else(unknown)?;
        setup_intents::finish_authentication(tx, intent, succeeded)?;
    } else {
        let intent = tx.book().payment_intents.row(call.id()).cloned();
        let intent = intent.filter(|intent| is_asked(&intent.challenge)).ok_or_else(unknown)?;
        payment_intents::finish_authentication(tx, intent, succeeded)?;
    }
    Ok(json!({}))
}

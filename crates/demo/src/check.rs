//! Pays one seeded invoice as a browser would, through the public HTTP interfaces alone, and says what it saw.

use std::time::Duration;

use serde_json::{Value, json};

use crate::billing::{Api, number, text};
use crate::personas::{Card, Persona};
use crate::site::fresh_key;
use crate::{DemoError, Stack, say, seed};

const CARD: Card =
    Card { number: "4242424242424242", exp_month: "12", exp_year: "2031", cvc: "123", nickname: None };
const LOOKS_MAX: u32 = 60;

/// Runs the check.
pub async fn run(stack: Stack) -> Result<(), DemoError> {
    let origin = stack.origin.clone().unwrap_or_else(|| "http://localhost:4000".to_owned());
    let seeded = seed::ensure(&stack, &origin).await?;
    let billing = seeded.billing(&stack)?;
    say(&format!("organization     {}", seeded.organization));
    let persona = Persona::find("jordan").ok_or_else(|| DemoError::Check("no such persona".to_owned()))?;
    let account = seeded.accounts.get(persona.id).cloned().unwrap_or_default();

    let body = json!({"account": account, "currency": "CAD", "items": persona.items_json()});
    let invoice = billing.write("/v1/invoices", &fresh_key(), &body).await?;
    let (invoice, total) = (text(&invoice, "/id")?, number(&invoice, "/total")?);
    say(&format!("invoice          {invoice}, {total} cents"));
    let body = json!({"invoice": invoice, "allowed_origin": origin});
    let session = billing.write("/v1/checkout_sessions", &fresh_key(), &body).await?;
    let browser = Api::new("checkout", &stack.billing, &text(&session, "/secret")?)?.embedded_by(&origin);

    let view = browser.read("/v1/checkout").await?;
    expect(number(&view, "/invoice/payable_now")? == total, "the payable amount is the invoice's total")?;
    let (base_url, key) = (text(&view, "/processor/base_url")?, text(&view, "/processor/publishable_key")?);
    let token = seed::tokenize(&base_url, &key, persona.name, &CARD).await?;
    say(&format!("token            {token}, from {base_url}"));

    let attempt_id = format!("att_{}", fresh_key());
    expect(attempt_id.parse::<paydesk_domain::id::AttemptId>().is_ok(), "an attempt id of the right form")?;

    let body = json!({
        "attempt_id": attempt_id, "amount": total, "currency": "CAD", "token": token,
        "billing_address": seed::billing_address(),
    });
    let attempt = browser.write("/v1/checkout/confirm", &attempt_id, &body).await?;
    let attempt = decided(&browser, attempt).await?;
    let status = text(&attempt, "/status")?;
    say(&format!("attempt          {attempt_id}: {status}"));
    expect(status == "succeeded", "the charge succeeds")?;

    let again = browser.write("/v1/checkout/confirm", &attempt_id, &body).await?;
    expect(
        again.pointer("/receipt/id") == attempt.pointer("/receipt/id"),
        "the same attempt, sent again, is the same receipt",
    )?;

    let receipt = billing.read(&format!("/v1/receipts/{}", text(&attempt, "/receipt/id")?)).await?;
    expect(number(&receipt, "/amount")? == total, "the receipt is for the whole amount")?;
    say(&format!("receipt          {}, {} cents", text(&receipt, "/number")?, number(&receipt, "/amount")?));
    let charges = charges(&stack, &attempt_id).await?;
    say(&format!("journal          {charges} charge at the processor"));
    expect(charges == 1, "the processor charged exactly once")
}

/// Waits until a try is decided.
async fn decided(browser: &Api, first: Value) -> Result<Value, DemoError> {
    let mut attempt = first;
    for _ in 0..LOOKS_MAX {
        if !matches!(text(&attempt, "/status")?.as_str(), "processing" | "checking") {
            return Ok(attempt);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let status = browser.read("/v1/checkout/status").await?;
        attempt = status.pointer("/attempt").cloned().unwrap_or(Value::Null);
    }
    Err(DemoError::Check("the charge was not decided within 30 seconds".to_owned()))
}

/// How many charges of this attempt the processor's own journal holds.
async fn charges(stack: &Stack, attempt_id: &str) -> Result<usize, DemoError> {
    let journal = seed::sandbox(stack)?.read("/sandbox/journal?limit=1000").await?;
    let rows =
        journal.pointer("/data").or(Some(&journal)).and_then(Value::as_array).cloned().unwrap_or_default();
    let is_ours = |row: &&Value| {
        row.pointer("/op").and_then(Value::as_str) == Some("charge")
            && row.pointer("/status").and_then(Value::as_str) == Some("succeeded")
            && row.to_string().contains(attempt_id)
    };
    Ok(rows.iter().filter(is_ours).count())
}

fn expect(holds: bool, what: &str) -> Result<(), DemoError> {
    if holds { Ok(()) } else { Err(DemoError::Check(format!("this did not hold: {what}"))) }
}

//! What the embedding page is told. The only place that turns events into messages.

use wasm_bindgen::JsValue;

use crate::js::{number, object, texts};
use crate::state::HostEvent;

/// The message for an event.
pub(super) fn message(event: &HostEvent) -> JsValue {
    let text = |text: &str| JsValue::from_str(text);
    match event {
        HostEvent::Ready => texts(&[("type", "ready")]),
        HostEvent::Change { complete, method } => object(&[
            ("type", text("change")),
            ("complete", JsValue::from_bool(*complete)),
            ("method", method.map_or(JsValue::NULL, JsValue::from_str)),
        ]),
        HostEvent::Paid { outcome, payment, receipt, receipt_number, amount, currency } => object(&[
            ("type", text(outcome)),
            ("payment", text(payment)),
            ("receipt", text(receipt)),
            ("receipt_number", text(receipt_number)),
            ("amount", JsValue::from_f64(number(*amount))),
            ("currency", text(currency)),
        ]),
        HostEvent::Agreed => texts(&[("type", "agreed")]),
        HostEvent::Declined { code, retryable } => object(&[
            ("type", text("declined")),
            ("code", text(code)),
            ("retryable", JsValue::from_bool(*retryable)),
        ]),
        HostEvent::Error { code, message } => {
            texts(&[("type", "error"), ("code", code), ("message", message)])
        }
    }
}

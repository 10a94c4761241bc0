//! The wallet as the program of its page.

use wasm_bindgen::JsValue;
use yew::{AttrValue, Callback};

use super::flow::Desk;
use super::state::HostEvent;
use super::view::{WalletApp, WalletProps};
use crate::embed::{Opening, Program, run};
use crate::js::texts;
use crate::view::Command;

/// Starts the wallet.
pub fn start() {
    run::<WalletApp>();
}

impl Program for WalletApp {
    const SECRET: &'static str = "ws_";

    fn opened(opening: Opening<'_>) -> WalletProps {
        let Opening { session, parent_origin, locale, browser_locale, port } = opening;
        WalletProps {
            desk: Desk::new(session, parent_origin, locale.as_deref().unwrap_or_default()),
            asked_locale: locale.map(AttrValue::from),
            browser_locale,
            command: None,
            on_event: Callback::from(move |(event, words): (HostEvent, String)| {
                let _ = port.post_message(&message(event, &words));
            }),
            initial: None,
        }
    }

    fn speak(properties: &mut WalletProps, locale: Option<AttrValue>) {
        properties.asked_locale = locale;
    }

    fn obey(properties: &mut WalletProps, command: Command) {
        properties.command = Some((command.after(properties.command), command));
    }
}

/// The message for an event.
fn message(event: HostEvent, words: &str) -> JsValue {
    let error = |code| texts(&[("type", "error"), ("code", code), ("message", words)]);
    match event {
        HostEvent::Ready => texts(&[("type", "ready")]),
        HostEvent::Changed => texts(&[("type", "changed")]),
        HostEvent::Barred(barrier) => error(barrier.code()),
        HostEvent::Failed(trouble) => error(trouble.code()),
    }
}

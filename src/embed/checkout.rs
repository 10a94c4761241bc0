//! The checkout as the program of its page.

use yew::{AttrValue, Callback};

use super::events;
use super::start::{Opening, Program, run};
use crate::flow::Desk;
use crate::view::{CheckoutApp, CheckoutProps, Command};

/// Starts the checkout.
pub fn start() {
    run::<CheckoutApp>();
}

impl Program for CheckoutApp {
    const SECRET: &'static str = "cs_";

    fn opened(opening: Opening<'_>) -> CheckoutProps {
        let Opening { session, parent_origin, locale, browser_locale, port } = opening;
        CheckoutProps {
            desk: Desk::new(session, parent_origin, locale.as_deref().unwrap_or_default()),
            asked_locale: locale.map(AttrValue::from),
            browser_locale,
            command: None,
            on_event: Callback::from(move |event| {
                let _ = port.post_message(&events::message(&event));
            }),
            initial: None,
        }
    }

    fn speak(properties: &mut CheckoutProps, locale: Option<AttrValue>) {
        properties.asked_locale = locale;
    }

    fn obey(properties: &mut CheckoutProps, command: Command) {
        properties.command = Some((command.after(properties.command), command));
    }
}

//! `<paydesk-checkout>` as a Yew component: typed properties in, typed events out.
//!
//! The form itself stays in its frame of the pay origin, as everywhere: no card number comes near the program that embeds it. The page
//! loads the element's script, as any page does:
//!
//! ```html
//! <script src="https://pay.example/embed.js" async></script>
//! ```

use std::fmt;
use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{CustomEvent, Element};
use yew::prelude::*;

/// The secret of a checkout session, `cs_…`, which the organization's server has made. It is not printed.
#[derive(Clone, PartialEq)]
pub struct Session(AttrValue);

impl Session {
    /// A secret as the server told it.
    pub fn new(secret: impl Into<AttrValue>) -> Self {
        Self(secret.into())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(…)")
    }
}

/// How the form looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the payer's system prefers.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// At least 7:1, in colours of its own.
    HighContrast,
}

impl Theme {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::HighContrast => "high-contrast",
        }
    }
}

/// Money that was taken, or that a bank was asked for. A hint, as all that a browser says: the organization's server asks the billing
/// API before anything is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// `pay_…`.
    pub payment: String,
    /// `rcp_…`.
    pub receipt: String,
    /// The number on the receipt.
    pub receipt_number: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// What an element tells. See `docs/EMBEDDING.md` for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckoutEvent {
    /// The form can be used.
    Ready,
    /// Whether paying would send a payment.
    Change {
        /// It would.
        complete: bool,
    },
    /// Money was taken.
    Paid(Payment),
    /// A bank was asked for the money.
    Submitted(Payment),
    /// A bank's debit did not go through.
    Returned(Payment),
    /// Nothing was due now, and the later payments were agreed to.
    Agreed,
    /// The method was refused. Nothing was charged, and the payer can go on.
    Declined {
        /// Why.
        code: String,
    },
    /// Something is wrong.
    Error {
        /// What: decide by it.
        code: String,
        /// What the payer was told, in their language.
        message: String,
    },
}

const NAMES: [&str; 8] = ["ready", "change", "paid", "submitted", "returned", "agreed", "declined", "error"];

impl CheckoutEvent {
    /// Reads an event of the element. `None` for one that is not told here.
    fn read(event: &Event) -> Option<Self> {
        let detail = event.dyn_ref::<CustomEvent>()?.detail();
        let field = |name: &str| js_sys::Reflect::get(&detail, &JsValue::from_str(name)).ok();
        let text = |name: &str| field(name).and_then(|value| value.as_string()).unwrap_or_default();
        let payment = || Payment {
            payment: text("payment"),
            receipt: text("receipt"),
            receipt_number: text("receipt_number"),
            amount: field("amount").and_then(|value| value.as_f64()).map_or(0, whole),
            currency: text("currency"),
        };
        Some(match event.type_().as_str() {
            "ready" => Self::Ready,
            "change" => Self::Change { complete: field("complete").is_some_and(|value| value.is_truthy()) },
            "paid" => Self::Paid(payment()),
            "submitted" => Self::Submitted(payment()),
            "returned" => Self::Returned(payment()),
            "agreed" => Self::Agreed,
            "declined" => Self::Declined { code: text("code") },
            "error" => Self::Error { code: text("code"), message: text("message") },
            _ => return None,
        })
    }
}

#[expect(clippy::as_conversions, reason = "JavaScript's numbers are whole here, and far below 2^53")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// What the component is given.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CheckoutProps {
    /// The session. Another one opens another checkout.
    pub session: Session,
    /// The language, such as `fr` or `fr-CA`. Without it, the session's.
    #[prop_or_default]
    pub locale: Option<AttrValue>,
    /// The look.
    #[prop_or_default]
    pub theme: Theme,
    /// Told of everything that happens.
    #[prop_or_default]
    pub on_event: Callback<CheckoutEvent>,
    /// What shows while, and as long as, the element's script is not there.
    #[prop_or_default]
    pub children: Html,
}

/// The checkout.
#[component]
pub fn Checkout(props: &CheckoutProps) -> Html {
    let node = use_node_ref();
    // The listeners stay as long as the element does, and call whatever is to be called by then.
    let told = use_mut_ref(Callback::noop);
    *told.borrow_mut() = props.on_event.clone();
    use_effect_with(node.clone(), move |node| {
        let element = node.cast::<Element>();
        let listeners: Option<Vec<EventListener>> = element.map(|element| listen(&element, &told));
        move || drop(listeners)
    });
    html! {
        <@{"paydesk-checkout"} ref={node} session={props.session.0.clone()} locale={props.locale.clone()} theme={props.theme.as_str()}>
            { props.children.clone() }
        </@>
    }
}

fn listen(element: &Element, told: &Rc<std::cell::RefCell<Callback<CheckoutEvent>>>) -> Vec<EventListener> {
    let on = |name: &'static str| {
        let told = told.clone();
        EventListener::new(element, name, move |event| {
            // Cloned out, so that whoever is told may render this component again.
            let told = told.borrow().clone();
            if let Some(event) = CheckoutEvent::read(event) {
                told.emit(event);
            }
        })
    };
    NAMES.map(on).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_not_printed() {
        assert_eq!(format!("{:?}", Session::new("cs_secret")), "Session(…)");
    }
}

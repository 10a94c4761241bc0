//! What the payer sees. Draws the state, reads the fields; never talks to a server.
//!
//! One component holds the state; the rest are functions from it to markup, so that a whole checkout can be
//! rendered natively, and so that no component's machinery is paid for twice in bytes.

pub(crate) mod address;
mod body;
pub(crate) mod challenge;
mod checkout;
pub(crate) mod document;
pub(crate) mod dom;
pub(crate) mod fields;
mod form;
pub(crate) mod markup;
mod messages;
mod methods;
pub(crate) mod options;
mod page;
pub(crate) mod parts;
mod plans;
pub(crate) mod problems;
mod result;
mod split;
mod summary;

pub use checkout::{CheckoutApp, CheckoutProps, Command, Initial};

use crate::i18n::{Locale, Strings};
use crate::state::Checkout;

/// What every drawing function needs.
pub(crate) struct Cx<'a> {
    /// The words.
    pub t: &'static Strings,
    /// How money and dates are written.
    pub locale: &'a Locale,
    /// What to draw.
    pub state: &'a Checkout,
    /// Long lists, as they were last drawn.
    pub lists: &'a options::Lists,
}

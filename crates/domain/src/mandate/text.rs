//! The text that a payer agrees to before a bank account is debited, with the version that is kept as proof.
//!
//! Every element that the rules ask for is a paragraph, or a sentence of one, and a test looks for each of them in
//! each language:
//!
//! - US (Nacha's authorization of WEB debits as US banks publish it; Regulation E, 12 CFR 1005.10): recognizable as an
//!   authorization, in clear terms; amount and timing; how to revoke; contact; date and an authenticated signature; a
//!   copy for the payer; ten days' notice of amounts that vary; the right to stop a debit three business days before.
//! - Canada (Rule H1 as Desjardins and Canadian Western Bank publish it): date and signature; authority to debit;
//!   personal or business; amount and timing; cancellation with at most 30 days' lead and where to get the form;
//!   contact; recourse. Besides: the currency, written confirmation, the end of a one-time agreement with its debit,
//!   and, set apart in capitals, the waiver of the ten calendar days' notice where it is shortened.
//!
//! How often a returned debit may be presented again is stated as this project does it (see [`crate::retry`]).
//!
//! A text is never edited: a new wording is a new version, and old ones stay, so that what somebody agreed to can
//! always be shown again. A test holds the digest of each version.

mod english;
mod french;

use jiff::civil::Date;

use super::{HolderType, MandateKind, MandateScope};
use crate::consent::is_french;
use crate::money::{Currency, Money};

/// How the amount of a debit is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountRule {
    /// It is this.
    Fixed(Money),
    /// It is what the payer agrees to each time, and never above this.
    UpTo(Money),
    /// It is what the payer agrees to each time.
    AsAgreed,
}

/// How the day of a debit is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateRule {
    /// The day of the agreement, or the next banking day.
    OnAgreement,
    /// These days.
    On(Vec<Date>),
    /// The day that is stated when the payer agrees to the purchase or the balance.
    AsAgreed,
}

/// What an agreement says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MandateTerms {
    /// The organization's name.
    pub organization: String,
    /// Where it can be reached: address, telephone, e-mail.
    pub contact: String,
    /// How many debits.
    pub scope: MandateScope,
    /// Whose account it is.
    pub holder: HolderType,
    /// In which currency.
    pub currency: Currency,
    /// How much.
    pub amount: AmountRule,
    /// When.
    pub date: DateRule,
    /// How many calendar days before a debit the payer is told of it. Below ten, the payer waives the rest.
    pub notice_days: u8,
    /// How many days before a debit a cancellation must arrive. Above 30, the text says 30, as the rules do.
    pub cancel_days: u8,
}

/// A text as it is shown. Paragraphs are set apart by an empty line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MandateText {
    /// Which wording.
    pub version: &'static str,
    /// `en` or `fr`.
    pub locale: &'static str,
    /// The text in full.
    pub text: String,
}

/// The version of the present US wording.
pub const ACH_VERSION: &str = "debit-ach-1";

/// The version of the present Canadian wording.
pub const PAD_VERSION: &str = "debit-pad-1";

/// The notice that both rules start from, in calendar days (Rule H1 by default; Regulation E for varying amounts).
const NOTICE_DAYS: u8 = 10;

/// The longest lead that a cancellation may need, in days (Rule H1).
const CANCEL_DAYS_MAX: u8 = 30;

/// The present text of an agreement, in the payer's language.
///
/// A language that has no text yet gets English.
pub fn mandate_text(kind: MandateKind, locale: &str, terms: &MandateTerms) -> MandateText {
    let (locale, paragraphs) = match (kind, is_french(locale)) {
        (MandateKind::AchWeb, false) => ("en", english::ach(terms)),
        (MandateKind::AchWeb, true) => ("fr", french::ach(terms)),
        (MandateKind::Pad, false) => ("en", english::pad(terms)),
        (MandateKind::Pad, true) => ("fr", french::pad(terms)),
    };
    let version = match kind {
        MandateKind::AchWeb => ACH_VERSION,
        MandateKind::Pad => PAD_VERSION,
    };
    MandateText { version, locale, text: paragraphs.join("\n\n") }
}

impl MandateTerms {
    /// The lead that a cancellation needs, within what the rules allow.
    fn cancel_days(&self) -> u8 {
        self.cancel_days.min(CANCEL_DAYS_MAX)
    }

    /// The agreed days as they are written, or nothing.
    fn days(&self) -> Option<String> {
        match &self.date {
            DateRule::On(days) if !days.is_empty() => {
                Some(days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
            DateRule::On(_) | DateRule::OnAgreement | DateRule::AsAgreed => None,
        }
    }
}

#[cfg(test)]
mod tests;

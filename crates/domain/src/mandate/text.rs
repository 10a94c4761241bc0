//! The text that a payer agrees to before a bank account is debited.

use jiff::civil::Date;

use super::{HolderType, MandateKind, MandateScope};
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

/// The present text of an agreement, in the payer's language. A language that has no text yet gets English.
pub fn mandate_text(kind: MandateKind, locale: &str, terms: &MandateTerms) -> MandateText {
    let _ = (kind, locale, terms);
    MandateText { version: "draft", locale: "en", text: String::new() }
}

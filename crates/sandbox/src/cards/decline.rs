//! Refusals, with the codes and sentences of the dialect.

use std::borrow::Cow;

/// Why a card was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// The error's code, such as `card_declined`.
    pub code: Cow<'static, str>,
    /// The issuer's code, such as `insufficient_funds`.
    pub decline_code: Option<Cow<'static, str>>,
    /// The sentence for a payer.
    pub message: Cow<'static, str>,
    /// The field to blame.
    pub param: Option<&'static str>,
}

impl Decline {
    const fn plain(code: &'static str, message: &'static str, param: Option<&'static str>) -> Self {
        Self { code: Cow::Borrowed(code), decline_code: None, message: Cow::Borrowed(message), param }
    }

    const fn issuer(code: &'static str, decline_code: &'static str, message: &'static str) -> Self {
        Self {
            code: Cow::Borrowed(code),
            decline_code: Some(Cow::Borrowed(decline_code)),
            message: Cow::Borrowed(message),
            param: None,
        }
    }

    /// The number is not one.
    pub const INCORRECT_NUMBER: Self =
        Self::plain("incorrect_number", "Your card number is incorrect.", Some("number"));
    /// The number has characters that no number has.
    pub const INVALID_NUMBER: Self =
        Self::plain("invalid_number", "The card number is not a valid credit card number.", Some("number"));
    /// No such month, or it is over.
    pub const INVALID_EXPIRY_MONTH: Self =
        Self::plain("invalid_expiry_month", "Your card's expiration month is invalid.", Some("exp_month"));
    /// No such year, or it is over.
    pub const INVALID_EXPIRY_YEAR: Self =
        Self::plain("invalid_expiry_year", "Your card's expiration year is invalid.", Some("exp_year"));
    /// The security code is not one.
    pub const INVALID_CVC: Self =
        Self::plain("invalid_cvc", "Your card's security code is invalid.", Some("cvc"));
    /// Refused, without a reason.
    pub const GENERIC: Self = Self::issuer("card_declined", "generic_decline", "Your card was declined.");
    /// The payer must prove who they are.
    pub const AUTHENTICATION: Self = Self::issuer(
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    );

    /// A refusal by its issuer's code (`insufficient_funds`), or by an error code that stands alone
    /// (`expired_card`, `incorrect_cvc`, `processing_error`).
    pub fn by_code(code: &str) -> Self {
        match code {
            "generic_decline" | "card_declined" => Self::GENERIC,
            "insufficient_funds" => {
                Self::issuer("card_declined", "insufficient_funds", "Your card has insufficient funds.")
            }
            "expired_card" => Self {
                param: Some("exp_month"),
                ..Self::issuer("expired_card", "expired_card", "Your card has expired.")
            },
            "incorrect_cvc" => Self {
                param: Some("cvc"),
                ..Self::issuer("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
            },
            "processing_error" => Self::issuer(
                "processing_error",
                "processing_error",
                "An error occurred while processing your card. Try again in a little bit.",
            ),
            "authentication_required" => Self::AUTHENTICATION,
            "card_velocity_exceeded" => Self::issuer(
                "card_declined",
                "card_velocity_exceeded",
                "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
            ),
            "charge_exceeds_source_limit" => Self::plain(
                "charge_exceeds_source_limit",
                "This payment would exceed the weekly limit of payments from this bank account. Try again later.",
                None,
            ),
            "charge_exceeds_transaction_limit" => Self::plain(
                "charge_exceeds_transaction_limit",
                "This payment exceeds the limit for one payment from this bank account.",
                None,
            ),
            "payment_method_microdeposit_failed" => Self::plain(
                "payment_method_microdeposit_failed",
                "Microdeposit transfers failed. Please check the account and routing numbers.",
                None,
            ),
            other => Self { decline_code: Some(Cow::Owned(other.to_owned())), ..Self::GENERIC },
        }
    }
}

//! Refusals: the processor's code, the kind it belongs to, and whether trying again can help.

/// What a payer can do about a refusal. Fewer kinds than codes: what matters is the advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeclineCategory {
    /// The account behind the card lacks the money: pay less, later, or with another method.
    InsufficientFunds,
    /// The card's expiry is over or wrong.
    ExpiredCard,
    /// The security code is wrong.
    IncorrectCvc,
    /// The number is wrong.
    IncorrectNumber,
    /// The address or postal code does not match.
    IncorrectAddress,
    /// The bank wants to speak with its client, and the payer is told no more than that.
    ContactBank,
    /// The bank wants the payer to prove who they are.
    AuthenticationRequired,
    /// The processor or the bank had a fault of its own: the same card may work in a while.
    TryAgain,
    /// This card does not do this kind of purchase or currency.
    NotSupported,
    /// Refused without a reason.
    Generic,
}

impl DeclineCategory {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::InsufficientFunds,
        Self::ExpiredCard,
        Self::IncorrectCvc,
        Self::IncorrectNumber,
        Self::IncorrectAddress,
        Self::ContactBank,
        Self::AuthenticationRequired,
        Self::TryAgain,
        Self::NotSupported,
        Self::Generic,
    ];

    /// The category as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiredCard => "expired_card",
            Self::IncorrectCvc => "incorrect_cvc",
            Self::IncorrectNumber => "incorrect_number",
            Self::IncorrectAddress => "incorrect_address",
            Self::ContactBank => "contact_bank",
            Self::AuthenticationRequired => "authentication_required",
            Self::TryAgain => "try_again",
            Self::NotSupported => "not_supported",
            Self::Generic => "generic",
        }
    }

    /// Reads what travelled; a category that this version does not know is [`Self::Generic`].
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|category| category.as_str() == text).unwrap_or(Self::Generic)
    }

    /// Whether the payer may usefully try the same card again now.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::IncorrectCvc | Self::IncorrectAddress | Self::TryAgain | Self::AuthenticationRequired
        )
    }
}

/// A refusal by the processor or the bank behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    code: String,
}

impl Decline {
    /// A refusal with the processor's own code (the dialect of Stripe: `decline_code`, else `code`).
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into() }
    }

    /// The processor's own code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What kind of refusal it is. Codes that nobody has heard of are [`DeclineCategory::Generic`].
    ///
    /// `lost_card`, `stolen_card`, `pickup_card` and `fraudulent` are told to the payer like any refusal that
    /// the bank must explain: whoever holds a stolen card must not learn that it was reported.
    pub fn category(&self) -> DeclineCategory {
        use DeclineCategory as C;
        match self.code.as_str() {
            "insufficient_funds" | "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => {
                C::InsufficientFunds
            }
            "expired_card" | "invalid_expiry_month" | "invalid_expiry_year" => C::ExpiredCard,
            "incorrect_cvc" | "invalid_cvc" => C::IncorrectCvc,
            "incorrect_number" | "invalid_number" | "invalid_account" => C::IncorrectNumber,
            "incorrect_zip" | "incorrect_address" => C::IncorrectAddress,
            "authentication_required" | "authentication_not_handled" => C::AuthenticationRequired,
            "processing_error" | "issuer_not_available" | "try_again_later" | "reenter_transaction" => {
                C::TryAgain
            }
            "card_not_supported"
            | "currency_not_supported"
            | "transaction_not_allowed"
            | "testmode_decline" => C::NotSupported,
            "lost_card"
            | "stolen_card"
            | "pickup_card"
            | "fraudulent"
            | "merchant_blacklist"
            | "restricted_card"
            | "security_violation"
            | "call_issuer"
            | "do_not_honor"
            | "revocation_of_authorization"
            | "revocation_of_all_authorizations"
            | "stop_payment_order"
            | "no_action_taken" => C::ContactBank,
            _ => C::Generic,
        }
    }
}

/// Why a refusal may pass by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Softness {
    /// The processor or the bank had a fault of its own.
    Fault,
    /// The money or the limit may be back in some days.
    Funds,
    /// The bank gave no reason.
    Unexplained,
}

impl Decline {
    /// Why this refusal may pass by itself, so that the same charge may be sent again without the payer; `None`
    /// when it may not.
    ///
    /// The networks fine a charge that is sent again after an answer which says never (Visa's category 1,
    /// Mastercard's advice codes 03 and 21), and acquirers' lists of such answers differ. So only codes that
    /// are known to be soft are: a code that nobody here has heard of is hard, and so is every refusal that the
    /// payer could cure, because without the payer nothing is cured. `do_not_honor` is hard here although the
    /// networks permit it: it mostly stands for a bank that has made up its mind.
    pub fn softness(&self) -> Option<Softness> {
        match self.category() {
            DeclineCategory::TryAgain => Some(Softness::Fault),
            DeclineCategory::InsufficientFunds => Some(Softness::Funds),
            DeclineCategory::Generic => {
                let unexplained = ["generic_decline", "card_declined", "approve_with_id"];
                unexplained.contains(&self.code()).then_some(Softness::Unexplained)
            }
            DeclineCategory::ExpiredCard
            | DeclineCategory::IncorrectCvc
            | DeclineCategory::IncorrectNumber
            | DeclineCategory::IncorrectAddress
            | DeclineCategory::ContactBank
            | DeclineCategory::AuthenticationRequired
            | DeclineCategory::NotSupported => None,
        }
    }

    /// Whether sending the same charge again without the payer is pointless or forbidden.
    pub fn is_hard(&self) -> bool {
        self.softness().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_read_back() {
        for category in DeclineCategory::ALL {
            assert_eq!(DeclineCategory::parse(category.as_str()), category);
        }
        assert_eq!(DeclineCategory::parse("new_in_2030"), DeclineCategory::Generic);
    }

    #[test]
    fn a_thief_learns_nothing() {
        for code in ["lost_card", "stolen_card", "pickup_card", "fraudulent"] {
            assert_eq!(Decline::new(code).category(), Decline::new("do_not_honor").category());
        }
    }

    /// What the networks' lists call final (Visa's category 1 as the union of acquirers' lists, in Stripe's words).
    /// Positive control: letting `softness` answer `Funds` for `lost_card` makes it fail.
    #[test]
    fn what_the_networks_call_final_is_hard() {
        for code in [
            "pickup_card",
            "lost_card",
            "stolen_card",
            "incorrect_number",
            "invalid_account",
            "transaction_not_allowed",
            "restricted_card",
            "stop_payment_order",
            "revocation_of_authorization",
            "revocation_of_all_authorizations",
            "service_not_allowed",
            "new_account_information_available",
            "fraudulent",
            "expired_card",
            "never_heard_of",
        ] {
            assert!(Decline::new(code).is_hard(), "{code}");
        }
        for (code, softness) in [
            ("processing_error", Softness::Fault),
            ("insufficient_funds", Softness::Funds),
            ("generic_decline", Softness::Unexplained),
        ] {
            assert_eq!(Decline::new(code).softness(), Some(softness), "{code}");
        }
    }
}

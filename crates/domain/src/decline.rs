//! Refusals: the processor's code, the kind it belongs to, and whether trying again can help.

/// What a payer can do about a refusal. Fewer kinds than codes: what matters is the advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeclineCategory {
    /// The account behind the card lacks the money: pay less, later, or with another method.
    InsufficientFunds,
    /// The card has been used too often or for too much lately: wait, or pay with another method.
    LimitExceeded,
    /// This card does not pay an amount as large or as small as this.
    AmountNotAllowed,
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
    /// The payer has told the bank to stop charges by this organization: they must speak with it first.
    AuthorizationEnded,
    /// The bank has issued another card in the place of this one: enter the new one.
    NewCardIssued,
    /// The bank wants the payer to prove who they are.
    AuthenticationRequired,
    /// The payer was asked to prove who they are, and did not.
    AuthenticationFailed,
    /// The proof that the bank asked for was not given in time, or the payer called it off.
    AuthenticationAbandoned,
    /// The bank wants the card's PIN, which only a terminal can ask for.
    PinNeeded,
    /// The same charge was made a moment ago: look before paying again.
    Duplicate,
    /// The processor or the bank had a fault of its own: the same card may work in a while.
    TryAgain,
    /// The card's bank cannot be reached: the same card may work in a while.
    BankUnavailable,
    /// This card does not do this kind of purchase.
    NotSupported,
    /// This card does not pay in this currency.
    CurrencyNotSupported,
    /// The bank account is closed, does not exist or takes no debits.
    BankAccountUnusable,
    /// Refused without a reason.
    Generic,
}

impl DeclineCategory {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::InsufficientFunds,
        Self::LimitExceeded,
        Self::AmountNotAllowed,
        Self::ExpiredCard,
        Self::IncorrectCvc,
        Self::IncorrectNumber,
        Self::IncorrectAddress,
        Self::ContactBank,
        Self::AuthorizationEnded,
        Self::NewCardIssued,
        Self::AuthenticationRequired,
        Self::AuthenticationFailed,
        Self::AuthenticationAbandoned,
        Self::PinNeeded,
        Self::Duplicate,
        Self::TryAgain,
        Self::BankUnavailable,
        Self::NotSupported,
        Self::CurrencyNotSupported,
        Self::BankAccountUnusable,
        Self::Generic,
    ];

    /// The category as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::LimitExceeded => "limit_exceeded",
            Self::AmountNotAllowed => "amount_not_allowed",
            Self::ExpiredCard => "expired_card",
            Self::IncorrectCvc => "incorrect_cvc",
            Self::IncorrectNumber => "incorrect_number",
            Self::IncorrectAddress => "incorrect_address",
            Self::ContactBank => "contact_bank",
            Self::AuthorizationEnded => "authorization_ended",
            Self::NewCardIssued => "new_card_issued",
            Self::AuthenticationRequired => "authentication_required",
            Self::AuthenticationFailed => "authentication_failed",
            Self::AuthenticationAbandoned => "authentication_abandoned",
            Self::PinNeeded => "pin_needed",
            Self::Duplicate => "duplicate",
            Self::TryAgain => "try_again",
            Self::BankUnavailable => "bank_unavailable",
            Self::NotSupported => "not_supported",
            Self::CurrencyNotSupported => "currency_not_supported",
            Self::BankAccountUnusable => "bank_account_unusable",
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
            Self::IncorrectCvc
                | Self::IncorrectAddress
                | Self::TryAgain
                | Self::BankUnavailable
                | Self::AuthenticationRequired
                | Self::AuthenticationFailed
                | Self::AuthenticationAbandoned
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

    /// A proof of who pays that was called off or not given in time.
    pub fn abandoned() -> Self {
        Self::new(DeclineCategory::AuthenticationAbandoned.as_str())
    }

    /// The code as whoever holds the card may see it: one and the same for every refusal that the bank must explain, because
    /// the processor's own would tell a thief that the card was reported; and one for every proof that failed, whatever it was
    /// asked for.
    pub fn told_code(&self) -> &str {
        match self.category() {
            DeclineCategory::ContactBank => "do_not_honor",
            failed @ DeclineCategory::AuthenticationFailed => failed.as_str(),
            _ => &self.code,
        }
    }

    /// What kind of refusal it is. Codes that nobody has heard of are [`DeclineCategory::Generic`].
    ///
    /// `lost_card`, `stolen_card`, `pickup_card` and `fraudulent` are told to the payer like any refusal that
    /// the bank must explain: whoever holds a stolen card must not learn that it was reported.
    pub fn category(&self) -> DeclineCategory {
        use DeclineCategory as C;
        match self.code.as_str() {
            "insufficient_funds" => C::InsufficientFunds,
            "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => C::LimitExceeded,
            "invalid_amount" | "amount_too_large" | "amount_too_small" => C::AmountNotAllowed,
            "expired_card" | "invalid_expiry_month" | "invalid_expiry_year" => C::ExpiredCard,
            "incorrect_cvc" | "invalid_cvc" => C::IncorrectCvc,
            "incorrect_number" | "invalid_number" | "invalid_account" => C::IncorrectNumber,
            "incorrect_zip" | "incorrect_address" => C::IncorrectAddress,
            "new_account_information_available" => C::NewCardIssued,
            "authentication_required" | "authentication_not_handled" => C::AuthenticationRequired,
            "authentication_failed"
            | "payment_intent_authentication_failure"
            | "setup_intent_authentication_failure" => C::AuthenticationFailed,
            "authentication_abandoned" => C::AuthenticationAbandoned,
            "incorrect_pin"
            | "invalid_pin"
            | "offline_pin_required"
            | "online_or_offline_pin_required"
            | "pin_try_exceeded" => C::PinNeeded,
            "duplicate_transaction" => C::Duplicate,
            "processing_error" | "try_again_later" | "reenter_transaction" => C::TryAgain,
            "issuer_not_available" => C::BankUnavailable,
            "card_not_supported" | "transaction_not_allowed" | "service_not_allowed" | "testmode_decline" => {
                C::NotSupported
            }
            "currency_not_supported" => C::CurrencyNotSupported,
            "account_closed"
            | "account_number_invalid"
            | "bank_account_closed"
            | "bank_account_declined"
            | "bank_account_restricted"
            | "bank_account_unusable"
            | "no_account"
            | "routing_number_invalid" => C::BankAccountUnusable,
            "revocation_of_authorization" | "revocation_of_all_authorizations" | "stop_payment_order" => {
                C::AuthorizationEnded
            }
            "lost_card" | "stolen_card" | "pickup_card" | "fraudulent" | "merchant_blacklist"
            | "restricted_card" | "security_violation" | "call_issuer" | "do_not_honor"
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
            DeclineCategory::TryAgain | DeclineCategory::BankUnavailable => Some(Softness::Fault),
            DeclineCategory::InsufficientFunds | DeclineCategory::LimitExceeded => Some(Softness::Funds),
            DeclineCategory::Generic => {
                let unexplained = ["generic_decline", "card_declined", "approve_with_id"];
                unexplained.contains(&self.code()).then_some(Softness::Unexplained)
            }
            DeclineCategory::AmountNotAllowed
            | DeclineCategory::AuthenticationAbandoned
            | DeclineCategory::AuthenticationFailed
            | DeclineCategory::AuthorizationEnded
            | DeclineCategory::BankAccountUnusable
            | DeclineCategory::CurrencyNotSupported
            | DeclineCategory::Duplicate
            | DeclineCategory::ExpiredCard
            | DeclineCategory::NewCardIssued
            | DeclineCategory::PinNeeded
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
            let (told, wanted) = (Decline::new(code), Decline::new("do_not_honor"));
            assert_eq!((told.category(), told.told_code()), (wanted.category(), wanted.told_code()));
        }
        assert_eq!(Decline::new("insufficient_funds").told_code(), "insufficient_funds");
    }

    #[test]
    fn proofs_that_failed_and_that_were_not_given_are_told_apart() {
        let failed = Decline::new("payment_intent_authentication_failure");
        assert_eq!(failed.told_code(), "authentication_failed");
        assert_eq!(Decline::abandoned().told_code(), "authentication_abandoned");
        assert_ne!(failed.category(), Decline::abandoned().category());
        assert!(failed.is_hard() && Decline::abandoned().is_hard(), "nobody can prove it without the payer");
    }

    /// Every category stands for something that a processor says.
    #[test]
    fn every_category_has_a_code() {
        let codes = [
            "insufficient_funds",
            "card_velocity_exceeded",
            "invalid_amount",
            "expired_card",
            "incorrect_cvc",
            "incorrect_number",
            "incorrect_zip",
            "do_not_honor",
            "stop_payment_order",
            "new_account_information_available",
            "authentication_required",
            "payment_intent_authentication_failure",
            "authentication_abandoned",
            "offline_pin_required",
            "duplicate_transaction",
            "processing_error",
            "issuer_not_available",
            "card_not_supported",
            "currency_not_supported",
            "account_closed",
            "generic_decline",
        ];
        let categories = codes.map(|code| Decline::new(code).category());
        for category in DeclineCategory::ALL {
            assert_eq!(categories.iter().filter(|known| **known == category).count(), 1, "{category:?}");
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

//! What return codes mean in the dialect: one table for both rails.
//!
//! The error codes and the words of declines are those of Stripe's pages on error codes and network decline
//! codes; the Canadian codes are grouped by the lists of Payments Canada's members.

/// One meaning.
#[derive(Debug)]
pub struct Meaning {
    /// The error's code.
    pub code: &'static str,
    /// The dialect's own reason.
    pub decline_code: &'static str,
    /// The reason of a dispute.
    pub dispute_reason: &'static str,
    /// The sentence for a payer.
    pub message: &'static str,
    /// Whether the payer's consent is over.
    pub ends_consent: bool,
}

/// Every code whose meaning is known, with it.
pub const MEANINGS: &[(&[&str], Meaning)] = &[
    (&["R01", "R09", "901", "908"], NO_FUNDS),
    (&["R02", "905"], CLOSED),
    (&["R03", "R04", "902", "912", "914"], NOT_FOUND),
    (&["R05", "R07", "R10", "R29", "R51", "915", "917", "920"], CONSENT_OVER),
    (&["R08", "R11", "R31", "903", "916", "918", "919", "921"], NOT_AUTHORIZED),
    (&["R14", "R15", "910"], DECEASED),
    (&["R16", "911"], FROZEN),
    (&["R20", "907"], RESTRICTED),
    (&["909"], WRONG_CURRENCY),
];

/// A code that says no more than that it did not work.
pub const UNKNOWN: Meaning = Meaning {
    code: "payment_method_provider_decline",
    decline_code: "generic_could_not_process",
    dispute_reason: "bank_cannot_process",
    message: "The customer's bank could not process this payment.",
    ends_consent: false,
};

const NO_FUNDS: Meaning = Meaning {
    code: "insufficient_funds",
    decline_code: "insufficient_funds",
    dispute_reason: "insufficient_funds",
    message: "The customer's account has insufficient funds to cover this payment.",
    ends_consent: false,
};

const CLOSED: Meaning = Meaning {
    code: "account_closed",
    decline_code: "bank_account_closed",
    dispute_reason: "incorrect_account_details",
    message: "The customer's bank account has been closed.",
    ends_consent: false,
};

const NOT_FOUND: Meaning = Meaning {
    code: "no_account",
    decline_code: "bank_account_invalid_details",
    dispute_reason: "incorrect_account_details",
    message: "The customer's bank account could not be located.",
    ends_consent: false,
};

const NOT_AUTHORIZED: Meaning = Meaning {
    code: "debit_not_authorized",
    decline_code: "debit_not_authorized",
    dispute_reason: "debit_not_authorized",
    message: "The customer has notified their bank that this payment was unauthorized.",
    ends_consent: false,
};

const CONSENT_OVER: Meaning = Meaning { ends_consent: true, ..NOT_AUTHORIZED };

const DECEASED: Meaning = Meaning { decline_code: "recipient_deceased", ends_consent: true, ..UNKNOWN };

const FROZEN: Meaning = Meaning {
    code: "bank_account_restricted",
    decline_code: "bank_account_frozen",
    message: "The customer's bank account is frozen.",
    ..UNKNOWN
};

const RESTRICTED: Meaning = Meaning {
    code: "bank_account_restricted",
    decline_code: "bank_account_restricted",
    message: "The customer's bank account does not allow debits.",
    ..UNKNOWN
};

/// The account is of another currency.
pub const WRONG_CURRENCY: Meaning = Meaning {
    decline_code: "invalid_currency",
    message: "The customer's bank account does not take debits in this currency.",
    ..UNKNOWN
};

//! The stable, machine-readable codes of the billing API's problem documents (RFC 9457).

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $status:literal;)*) => {
        /// Why a request was not done. The text form is stable; new ones may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum ErrorCode {
            $($(#[$meta])* #[cfg_attr(feature = "serde", serde(rename = $code))] $name,)*
        }

        impl ErrorCode {
            /// Every code, for documentation and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as it travels.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status that carries it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Reads a code; `None` for one that this version does not know.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

codes! {
    /// Something that looks like a card number was in the request. It was neither stored nor logged.
    PanNotAccepted = "pan_not_accepted", 400;
    /// A field is missing or malformed; `param` names it.
    InvalidRequest = "invalid_request", 400;
    /// A write came without `Idempotency-Key`.
    IdempotencyKeyMissing = "idempotency_key_missing", 400;
    /// No such session secret.
    SessionInvalid = "session_invalid", 401;
    /// The session was good, but its time is over.
    SessionExpired = "session_expired", 401;
    /// No such API key, or revoked.
    KeyInvalid = "key_invalid", 401;
    /// The embedding page is not the one that the session was made for.
    OriginNotAllowed = "origin_not_allowed", 403;
    /// The wallet opens once its client has confirmed that it is they who are there: ask for a code (`POST /v1/wallet/confirmation`).
    ConfirmationNeeded = "confirmation_needed", 403;
    /// Not there, or not yours: the two are told apart to nobody.
    NotFound = "not_found", 404;
    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405;
    /// Another try to pay is under way; `attempt` tells its state.
    AttemptInProgress = "attempt_in_progress", 409;
    /// It is paid; `attempt` tells by what.
    AlreadyPaid = "already_paid", 409;
    /// Nothing of this payment can be given back, or not in this way, where it stands now.
    NotRefundable = "not_refundable", 409;
    /// What is payable differs from the amount that the payer saw.
    AmountChanged = "amount_changed", 409;
    /// What is due when differs from the schedule that the payer saw.
    ScheduleChanged = "schedule_changed", 409;
    /// A planned payment that is under way or over, or a subscription's, is not changed.
    NotChangeable = "not_changeable", 409;
    /// The saved method was changed since it was shown: load it again.
    MethodChanged = "method_changed", 409;
    /// Something is still to be charged to the method: `planned` tells what.
    MethodInUse = "method_in_use", 409;
    /// The other method cannot be charged for everything that is to move to it: `planned` tells what, and `detail` for whom.
    MethodCannotTake = "method_cannot_take", 409;
    /// This saved card is being brought up to date already.
    UpdateInProgress = "update_in_progress", 409;
    /// Something is open with the client: `in_the_way` lists of which kinds.
    ClientInUse = "client_in_use", 409;
    /// The client was erased: nothing is written for them any more.
    ClientErased = "client_erased", 409;
    /// The first request with this key is still under way.
    IdempotencyInFlight = "idempotency_in_flight", 409;
    /// The request body is larger than the limit.
    BodyTooLarge = "body_too_large", 413;
    /// Not JSON, or not declared as such.
    UnsupportedMediaType = "unsupported_media_type", 415;
    /// The key was used with another request.
    IdempotencyMismatch = "idempotency_mismatch", 422;
    /// The billing address is not complete for its country; `param` names the part.
    AddressInvalid = "address_invalid", 422;
    /// The saved method has no billing address, or none that is still valid: send one; `param` names the field.
    AddressNeeded = "address_needed", 422;
    /// The organization asks for a saved card's security code again: send the processor's name for it.
    SecurityCodeNeeded = "security_code_needed", 422;
    /// The client has never signed in: nothing can be saved to their wallet. A plain payment is possible.
    NeverLoggedIn = "never_logged_in", 422;
    /// The organization may not charge this method: the client has to authorize it first.
    NotAuthorized = "not_authorized", 422;
    /// Nobody has told the e-mail address of the client's login: there is nowhere to send a code to.
    NoEmail = "no_email", 422;
    /// It is not the code that was sent; `tries_left` tells how many more can be tried.
    WrongCode = "wrong_code", 422;
    /// The code's time is over, it was tried too often, or none was sent: ask for a new one.
    CodeOver = "code_over", 422;
    /// The processor cannot change a saved card's expiry: the card must be entered again.
    UpdateUnavailable = "update_unavailable", 422;
    /// The bank or the processor refused the card.
    CardRefused = "card_refused", 422;
    /// The saved card has expired.
    MethodExpired = "method_expired", 422;
    /// No such saved method for this payer and organization.
    MethodUnknown = "method_unknown", 422;
    /// This organization cannot debit bank accounts, or not in this currency.
    BankDebitUnavailable = "bank_debit_unavailable", 422;
    /// A bank account is debited under a mandate: show it and send what was agreed to.
    MandateRequired = "mandate_required", 422;
    /// A return has ended debits of this bank account: another method is needed.
    MethodBlocked = "method_blocked", 422;
    /// The wallet is full.
    WalletFull = "wallet_full", 422;
    /// The processor does not know this token, or it was used.
    TokenUnusable = "token_unusable", 422;
    /// Something on the invoice begins a subscription: choose a way to pay that was shown.
    PlanRequired = "plan_required", 422;
    /// There is no such way to pay this invoice now.
    PlanUnavailable = "plan_unavailable", 422;
    /// Later payments need a saved method, or that the new one is saved.
    PlanNeedsSavedMethod = "plan_needs_saved_method", 422;
    /// Less is paid than the least that the organization lets be paid at once.
    PartialTooSmall = "partial_too_small", 422;
    /// There is nothing to pay.
    NothingToPay = "nothing_to_pay", 422;
    /// More is asked for than is left to give back.
    RefundTooLarge = "refund_too_large", 422;
    /// More of a bank debit is asked for than the organization gives back.
    RefundAboveCap = "refund_above_cap", 422;
    /// Too many requests; `Retry-After` tells when to come back.
    RateLimited = "rate_limited", 429;
    /// So many codes were sent to this client that no more are for a while; `Retry-After` tells when to come back.
    TooManyCodes = "too_many_codes", 429;
    /// A fault of ours; `request_id` finds it in the logs.
    Internal = "internal", 500;
    /// The server was set up without webhooks.
    WebhooksOff = "webhooks_off", 501;
    /// The server was set up without mail: no code can be sent.
    MailUnavailable = "mail_unavailable", 503;
    /// Not ready, or shedding load; `Retry-After` tells when to come back.
    Unavailable = "unavailable", 503;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_are_distinct() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(code.as_str()), Some(*code));
            assert!((400..600).contains(&code.status()), "{code:?}");
        }
        assert_eq!(ErrorCode::parse("who_knows"), None);
    }
}

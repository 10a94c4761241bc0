//! From what the state knows to what a person reads.

use paydesk_domain::decline::DeclineCategory;
use paydesk_domain::wire::billing::{DeclineView, PaymentStatus, ReceiptView};

use super::{Cx, plans, problems, split};
use crate::i18n::{Strings, between, decimal, fill};
use crate::state::{Announcement, Asks, Field, FieldError, Load, LoadFailure, Stage, Submission, Trouble};

impl Cx<'_> {
    /// A field's label; the country decides some of them.
    pub fn label(&self, field: Field) -> &'static str {
        let t = self.t;
        match field {
            Field::SameAddress => t.same_address(),
            Field::Agree => t.agree(),
            Field::Save if self.state.form.asks == Asks::Card => t.save(),
            Field::Save => t.save_bank(),
            Field::Credit => t.credit_use(),
            Field::Part => t.part(),
            Field::Amount => t.amount(),
            field => problems::label(t, &self.state.form, field),
        }
    }

    /// What is wrong with a field, in words.
    pub fn error(&self, error: FieldError) -> String {
        match error {
            FieldError::Amount => split::amounts(self, self.t.amount_wrong()),
            error => problems::error(self.t, &self.state.form.address, error),
        }
    }

    /// What the live region says.
    pub fn spoken(&self) -> String {
        let t = self.t;
        match &self.state.submission {
            Submission::Working { stage, .. } => working(t, *stage).to_owned(),
            Submission::Challenged { .. } => t.challenge().to_owned(),
            Submission::Unknown { .. } => between(t.still_checking(), ". ", t.still_checking_more()),
            Submission::Declined { decline, saved } => {
                [self.declined(decline), ". ", t.not_charged(), " ", &self.advice(decline, *saved)].concat()
            }
            Submission::Failed(trouble) => between(t.not_sent(), ". ", &self.trouble(*trouble)),
            Submission::Paid(receipt) => ended(t, receipt.as_deref()).0.to_owned(),
            Submission::Agreed => between(t.agreed(), ". ", t.agreed_more()),
            Submission::Idle => self.spoken_of_form(),
        }
    }

    /// What the payer reads of whatever went wrong.
    pub fn trouble_in_full(&self) -> String {
        match &self.state.load {
            Load::Failed(why) => {
                let (title, more) = failure(self.t, *why);
                between(title, ". ", more)
            }
            _ => self.spoken(),
        }
    }

    /// What to do about a refusal.
    pub fn advice(&self, decline: &DeclineView, saved: bool) -> String {
        let asks_code = !saved || self.state.form.asks.needs().code;
        fill(advice(self.t, decline.category, asks_code), &[self.organization()])
    }

    fn organization(&self) -> &str {
        self.state.view().map_or("", |view| &view.organization.name)
    }

    /// What was refused, if anybody refused it.
    pub fn declined(&self, decline: &DeclineView) -> &'static str {
        if decline.category == DeclineCategory::AuthenticationAbandoned {
            return self.t.not_made();
        }
        if self.state.is_debit() { self.t.bank_declined() } else { self.t.declined() }
    }

    /// Why a try was not made, and what to do.
    pub fn trouble(&self, trouble: Trouble) -> String {
        let t = self.t;
        let text = match trouble {
            Trouble::ProcessorUnreachable => t.processor_unreachable(),
            Trouble::ProcessorMisconfigured => t.processor_misconfigured(),
            Trouble::AmountChanged => t.amount_changed(),
            Trouble::ScheduleChanged => t.schedule_changed(),
            Trouble::NeedsSaved => t.needs_saved(),
            Trouble::MethodGone => t.method_gone(),
            Trouble::NeedsMore => t.needs_more(),
            Trouble::NotUpdated => t.not_updated(),
            Trouble::TokenGone => t.token_gone(),
            Trouble::AddressRefused => t.address_refused(),
            Trouble::Busy => t.busy(),
            Trouble::WentWrong => t.went_wrong(),
        };
        fill(text, &[self.organization()])
    }

    fn spoken_of_form(&self) -> String {
        let Some((number, announcement)) = &self.state.announcement else {
            return String::new();
        };
        let mut text = match announcement {
            Announcement::Error(field, error) => between(self.label(*field), ": ", &self.error(*error)),
            Announcement::Plan => plans::spoken(self),
            Announcement::Problems(fields) => {
                let mut errors = String::new();
                for field in fields {
                    let error = match self.state.form.problem(*field) {
                        Some(FieldError::Required) => fill(self.t.required_field(), &[self.label(*field)]),
                        Some(error) => self.error(error),
                        None => continue,
                    };
                    if !errors.is_empty() {
                        errors.push(' ');
                    }
                    errors.push_str(&error);
                }
                let template = if fields.len() == 1 { self.t.fix_one() } else { self.t.fix_many() };
                fill(template, &[&errors, &decimal(fields.len())])
            }
        };
        // A live region is silent when its text does not change: a space that nobody hears makes it change.
        if number % 2 == 1 {
            text.push('\u{a0}');
        }
        text
    }
}

/// How a payment ended: in a word, and in full with the amount and the organization.
pub fn ended(t: &'static Strings, receipt: Option<&ReceiptView>) -> (&'static str, &'static str) {
    match receipt.map_or(PaymentStatus::Succeeded, |receipt| receipt.status) {
        PaymentStatus::Succeeded | PaymentStatus::Settled => (t.paid(), t.paid_amount()),
        PaymentStatus::Submitted => (t.submitted(), t.submitted_more()),
        PaymentStatus::Returned | PaymentStatus::Canceled => (t.returned(), t.returned_more()),
    }
}

/// The step of a try that is under way.
pub fn working(t: &'static Strings, stage: Stage) -> &'static str {
    match stage {
        Stage::Tokenizing => t.securing(),
        Stage::Updating => t.updating(),
        Stage::Confirming => t.confirming(),
        Stage::Checking => t.checking(),
        Stage::CallingOff => t.calling_off(),
    }
}

/// What to do about a refusal: each kind has words of its own.
fn advice(t: &'static Strings, category: DeclineCategory, asks_code: bool) -> &'static str {
    match category {
        DeclineCategory::InsufficientFunds => t.funds_advice(),
        DeclineCategory::LimitExceeded => t.limit_advice(),
        DeclineCategory::AmountNotAllowed => t.amount_advice(),
        DeclineCategory::ExpiredCard => t.expired_advice(),
        DeclineCategory::IncorrectCvc if asks_code => t.cvc_advice(),
        DeclineCategory::IncorrectCvc => t.cvc_advice_saved(),
        DeclineCategory::IncorrectNumber => t.number_advice(),
        DeclineCategory::IncorrectAddress => t.address_advice(),
        DeclineCategory::ContactBank => t.bank_advice(),
        DeclineCategory::AuthorizationEnded => t.ended_advice(),
        DeclineCategory::NewCardIssued => t.reissued_advice(),
        DeclineCategory::AuthenticationRequired => t.authentication_advice(),
        DeclineCategory::AuthenticationFailed => t.unproved_advice(),
        DeclineCategory::AuthenticationAbandoned => t.abandoned_advice(),
        DeclineCategory::PinNeeded => t.pin_advice(),
        DeclineCategory::Duplicate => t.duplicate_advice(),
        DeclineCategory::TryAgain => t.again_advice(),
        DeclineCategory::BankUnavailable => t.unreachable_advice(),
        DeclineCategory::NotSupported => t.unsupported_advice(),
        DeclineCategory::CurrencyNotSupported => t.currency_advice(),
        DeclineCategory::BankAccountUnusable => t.unusable_advice(),
        DeclineCategory::Generic => t.generic_advice(),
    }
}

/// Why the page could not be opened: what happened, and what to do.
pub fn failure(t: &'static Strings, failure: LoadFailure) -> (&'static str, &'static str) {
    match failure {
        LoadFailure::Expired => (t.session_expired(), t.session_expired_more()),
        LoadFailure::Invalid => (t.session_invalid(), t.session_invalid_more()),
        LoadFailure::Unreachable => (t.unreachable(), t.unreachable_more()),
    }
}

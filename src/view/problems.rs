//! What the fields of a new card or bank account are called, and what is wrong with them, in words.

use paydesk_domain::bank::BankPart;

use super::address;
use crate::i18n::{FormWords, between, decimal, fill};
use crate::state::{AddressForm, Field, FieldError, Form};

/// What is wrong with a field. `address` is what was typed as an address.
pub(crate) fn error<W: FormWords>(t: &W, address: &AddressForm, error: FieldError) -> String {
    match error {
        FieldError::Required => t.required().to_owned(),
        FieldError::NumberIncomplete => t.number_incomplete().to_owned(),
        FieldError::NumberWrong => t.number_wrong().to_owned(),
        FieldError::NumberLong => t.number_long().to_owned(),
        FieldError::NumberRefused => t.number_refused().to_owned(),
        FieldError::ExpiryIncomplete => t.expiry_incomplete().to_owned(),
        FieldError::ExpiryMonth => t.expiry_month().to_owned(),
        FieldError::ExpiryPast => t.expiry_past().to_owned(),
        FieldError::ExpiryRefused => t.expiry_refused().to_owned(),
        FieldError::ExpiryFar => t.expiry_far().to_owned(),
        FieldError::CvcLength(digits) => fill(t.cvc_incomplete(), &[&decimal(digits)]),
        FieldError::BankLength(shortest, longest) => {
            let digits = if shortest == longest {
                decimal(longest)
            } else {
                between(&decimal(shortest), "–", &decimal(longest))
            };
            fill(t.cvc_incomplete(), &[&digits])
        }
        FieldError::Different => t.different().to_owned(),
        FieldError::CvcRefused => t.cvc_refused().to_owned(),
        FieldError::AddressRefused => t.refused_part().to_owned(),
        FieldError::Address(problem) => address::problem(t, address, problem),
        // The page that asks for an amount says what it may be.
        FieldError::Amount => String::new(),
    }
}

/// What a field of a card or an account is called; the country decides some of them. A page has words of its own for the rest.
pub(crate) fn label<W: FormWords>(t: &W, form: &Form, field: Field) -> &'static str {
    match field {
        Field::Number => t.number(),
        Field::Expiry => t.expiry(),
        Field::Cvc | Field::Code => t.cvc(),
        Field::Renewal => t.new_expiry(),
        Field::Bank(part) => bank(t, part),
        Field::AccountType => t.account_type(),
        Field::Holder => t.holder(),
        Field::Name if form.asks.has_card() => t.name(),
        Field::Name => t.holder_name(),
        Field::Country => t.country(),
        Field::Address(part) => address::label(t, &form.address, part),
        Field::SameAddress | Field::Agree | Field::Save | Field::Credit | Field::Part | Field::Amount => "",
    }
}

/// What a number of a bank account is called.
pub(crate) fn bank<W: FormWords>(t: &W, part: BankPart) -> &'static str {
    match part {
        BankPart::Routing => t.routing(),
        BankPart::Institution => t.institution(),
        BankPart::Transit => t.transit(),
        BankPart::Account => t.account(),
        BankPart::Again => t.again(),
    }
}

//! What happens to the fields of the form.

use paydesk_domain::address::Address;

use super::Form;
use crate::state::{Action, Field};

impl Form {
    /// Takes in what happened to a field; whether that changed what is in it.
    pub(crate) fn take(&mut self, action: Action, own_address: Option<Address>) -> bool {
        match action {
            Action::Leave(field) => self.leave(field),
            Action::Rules(rules) => self.address.learn(rules),
            Action::RulesFailed(country) => self.address.fail(&country),
            action => return self.write(action, own_address),
        }
        false
    }

    fn write(&mut self, action: Action, own_address: Option<Address>) -> bool {
        let form = self;
        let field = match action {
            Action::Number(brand, fact) => {
                form.brand = brand;
                form.number = fact;
                Field::Number
            }
            Action::Expiry(fact) => {
                form.expiry = fact;
                Field::Expiry
            }
            Action::Cvc(digits) => {
                form.cvc_digits = digits;
                Field::Cvc
            }
            Action::Renewal(fact) => {
                form.renewal = fact;
                Field::Renewal
            }
            Action::Code(digits) => {
                form.code_digits = digits;
                Field::Code
            }
            Action::Bank(part, fact) => {
                form.learn_bank(part, fact);
                Field::Bank(part)
            }
            Action::AccountType(kind) => {
                form.account_type = kind;
                Field::AccountType
            }
            Action::Holder(holder) => {
                form.holder = holder;
                Field::Holder
            }
            Action::Agree(agreed) => {
                form.agreed = agreed;
                Field::Agree
            }
            Action::Name(name) => {
                form.name = name;
                Field::Name
            }
            Action::SameAddress(same) => {
                form.take_own_address(same, own_address);
                Field::SameAddress
            }
            Action::Country(country) => {
                form.address.choose_country(&country);
                Field::Country
            }
            Action::Address(part, text) => {
                form.address.set(part, &text);
                Field::Address(part)
            }
            Action::Save(save) => {
                form.save = save;
                Field::Save
            }
            _ => return false,
        };
        form.changed(field);
        true
    }
}

//! The billing address as it is typed, and the rules of its country once they are known.

use std::rc::Rc;

use paydesk_domain::address::{Address, CountryRules, Part, Problem, check_part, fit_postal_code};

/// An address in the making.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddressForm {
    address: Address,
    rules: Option<Rc<CountryRules>>,
    failed: bool,
}

impl AddressForm {
    /// The country's code.
    pub fn country(&self) -> &str {
        &self.address.country
    }

    /// One part as it was typed.
    pub fn value(&self, part: Part) -> &str {
        self.address.part(part)
    }

    /// The rules, once they are known.
    pub fn rules(&self) -> Option<&CountryRules> {
        self.rules.as_deref()
    }

    /// True once the rules are known.
    pub const fn is_known(&self) -> bool {
        self.rules.is_some()
    }

    /// True when the rules could not be loaded.
    pub const fn has_failed(&self) -> bool {
        self.failed
    }

    /// The parts that this country has, in its order.
    pub fn parts(&self) -> &[Part] {
        self.rules.as_deref().map_or(&[], |rules| rules.parts.as_slice())
    }

    /// What is wrong with a part.
    pub fn problem(&self, part: Part) -> Option<Problem> {
        let rules = self.rules.as_deref()?;
        check_part(&self.address, rules, part).err()
    }

    /// The address, tidied; `None` while something is wrong with it.
    pub fn checked(&self) -> Option<Address> {
        paydesk_domain::address::check(&self.address, self.rules.as_deref()?).ok()
    }

    pub(crate) fn choose_country(&mut self, country: &str) {
        self.address.country = country.to_owned();
        self.rules = None;
        self.failed = false;
        // What was typed stays, where the next country has the part; a region is another country's.
        self.set(Part::Region, "");
    }

    /// Another address; the rules stay where it is in the same country.
    pub(crate) fn filled_with(&self, address: Address) -> Self {
        let rules = self.rules.clone().filter(|rules| rules.country == address.country);
        Self { address, rules, failed: false }
    }

    pub(crate) fn learn(&mut self, rules: Rc<CountryRules>) {
        if rules.country == self.address.country {
            self.rules = Some(rules);
            self.failed = false;
        }
    }

    pub(crate) fn fail(&mut self, country: &str) {
        self.failed |= country == self.address.country && self.rules.is_none();
    }

    pub(crate) fn set(&mut self, part: Part, text: &str) {
        self.address = std::mem::take(&mut self.address).with_part(part, text);
    }

    pub(crate) fn tidy_postal_code(&mut self) {
        let fitted = self
            .rules
            .as_deref()
            .and_then(|rules| fit_postal_code(self.value(Part::PostalCode), &rules.postal));
        if let Some(fitted) = fitted {
            self.set(Part::PostalCode, &fitted);
        }
    }
}

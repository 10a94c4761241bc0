//! The form for a new card or bank account: facts about the secret fields, texts of the others, and which errors show.

use paydesk_domain::address::{self, Address, Part};
use paydesk_domain::bank::{AccountType, BankNumberError, BankPart};
use paydesk_domain::card::{Brand, ExpiryError, PanError};
use paydesk_domain::mandate::HolderType;
use paydesk_domain::verdict::Verdict;

use super::{AddressForm, Asks, Field, FieldError};

mod take;

/// What is known of a field whose text is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretFact<R> {
    /// How many digits it has.
    pub digits: usize,
    /// What the validator says.
    pub verdict: Verdict<R>,
}

impl<R> Default for SecretFact<R> {
    fn default() -> Self {
        Self { digits: 0, verdict: Verdict::Incomplete }
    }
}

/// The form for a new card or bank account.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What it asks for.
    pub asks: Asks,
    /// The scheme, as far as the digits tell.
    pub brand: Brand,
    /// The number.
    pub number: SecretFact<PanError>,
    /// The expiry.
    pub expiry: SecretFact<ExpiryError>,
    /// How many digits of the security code there are.
    pub cvc_digits: usize,
    /// The new expiry of a saved card.
    pub renewal: SecretFact<ExpiryError>,
    /// How many digits of a saved card's security code there are.
    pub code_digits: usize,
    /// The numbers of the bank account, in the order of [`BankPart::ALL`].
    pub bank: [SecretFact<BankNumberError>; BankPart::ALL.len()],
    /// What kind of account it is.
    pub account_type: AccountType,
    /// Whose account it is.
    pub holder: HolderType,
    /// The mandate is agreed to.
    pub agreed: bool,
    /// The name on the card, or of the account's holder.
    pub name: String,
    /// The billing address.
    pub address: AddressForm,
    /// It was filled in with the account's own, and is that still.
    pub same_address: bool,
    /// Save the card or the account.
    pub save: bool,
    /// Account credit is used.
    pub credit: bool,
    /// Only a part is paid now.
    pub part: bool,
    /// How much that is, as it was typed.
    pub amount: String,
    /// That is no amount that may be paid.
    pub(super) amount_is_wrong: bool,
    /// The saved method whose address it is, and the address of a new one in the meantime.
    address_of: Option<(String, AddressForm)>,
    /// The fields that were left at least once.
    left: u32,
    /// A try to pay was made: everything that is missing is told.
    submitted: bool,
    /// What a server said of a field; forgotten when the field changes.
    refused: Option<(Field, FieldError)>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            asks: Asks::Nothing,
            brand: Brand::Unknown,
            number: SecretFact::default(),
            expiry: SecretFact::default(),
            cvc_digits: 0,
            renewal: SecretFact::default(),
            code_digits: 0,
            bank: <[SecretFact<BankNumberError>; BankPart::ALL.len()]>::default(),
            account_type: AccountType::default(),
            holder: HolderType::Personal,
            agreed: false,
            name: String::new(),
            address: AddressForm::default(),
            same_address: false,
            save: false,
            credit: false,
            part: false,
            amount: String::new(),
            amount_is_wrong: true,
            address_of: None,
            left: 0,
            submitted: false,
            refused: None,
        }
    }
}

impl Form {
    /// The fields of the form as it stands, in order.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = match self.asks {
            Asks::Card | Asks::Replacement => vec![Field::Number, Field::Expiry, Field::Cvc],
            Asks::Bank(rail) => BankPart::of_rail(rail).iter().copied().map(Field::Bank).collect(),
            Asks::Saved(_) | Asks::Nothing => Vec::new(),
        };
        if self.part {
            fields.insert(0, Field::Amount);
        }
        let needs = self.asks.needs();
        let more =
            [(needs.expiry, Field::Renewal), (needs.code, Field::Code), (self.asks.has_name(), Field::Name)];
        fields.extend(more.into_iter().filter_map(|(is_asked, field)| is_asked.then_some(field)));
        if self.asks.has_address() {
            fields.push(Field::Country);
            fields.extend(self.address.parts().iter().copied().map(Field::Address));
        }
        if self.asks.has_mandate() {
            fields.push(Field::Agree);
        }
        fields
    }

    /// What is wrong with a field, whether it shows or not.
    pub fn problem(&self, field: Field) -> Option<FieldError> {
        if let Some((refused, error)) = self.refused
            && refused == field
        {
            return Some(error);
        }
        match field {
            Field::Number => self.number_problem(),
            Field::Expiry => expiry_problem(self.expiry),
            Field::Cvc => code_problem(self.brand, self.cvc_digits),
            Field::Renewal => expiry_problem(self.renewal),
            Field::Code => code_problem(self.asks.needs().brand, self.code_digits),
            Field::Name if self.name.trim().is_empty() => Some(FieldError::Required),
            Field::Bank(part) => self.bank_problem(part),
            Field::Agree => (!self.agreed).then_some(FieldError::Required),
            Field::Amount => self.amount_is_wrong.then_some(FieldError::Amount),
            Field::Name
            | Field::SameAddress
            | Field::Country
            | Field::Save
            | Field::Credit
            | Field::Part
            | Field::AccountType
            | Field::Holder => None,
            Field::Address(part) => self.address.problem(part).map(|problem| match problem {
                address::Problem::Missing => FieldError::Required,
                other => FieldError::Address(other),
            }),
        }
    }

    /// What is told of a field now: what can no longer become right at once, what is unfinished once the person
    /// left the field or tried to pay.
    pub fn shown_error(&self, field: Field) -> Option<FieldError> {
        let error = self.problem(field)?;
        let certain = match field {
            Field::Number => matches!(self.number.verdict, Verdict::Invalid(_)),
            Field::Expiry => matches!(self.expiry.verdict, Verdict::Invalid(_)),
            Field::Renewal => matches!(self.renewal.verdict, Verdict::Invalid(_)),
            // Of two numbers that differ, the other one may be the one that is being mended.
            Field::Bank(part) if part.is_sent() => {
                matches!(self.bank_fact(part).verdict, Verdict::Invalid(_))
            }
            _ => false,
        };
        let refused = self.refused.is_some_and(|(refused, _)| refused == field);
        let told = certain || refused || self.submitted || self.left & field.bit() != 0;
        told.then_some(error)
    }

    /// Whether a key in a field left everything that is drawn as it was: the picture of the scheme, the box beside the
    /// address, and what is told of the fields.
    pub(super) fn is_drawn_as(&self, before: &Self) -> bool {
        self.brand == before.brand
            && self.same_address == before.same_address
            && Field::ALL.into_iter().all(|field| self.shown_error(field) == before.shown_error(field))
    }

    /// Every field with a problem, in order, once a try to pay is made.
    pub fn problems(&self) -> Vec<Field> {
        self.fields().into_iter().filter(|field| self.problem(*field).is_some()).collect()
    }

    /// True when nothing is missing and the rules of the country are known.
    pub fn is_complete(&self) -> bool {
        (!self.asks.has_address() || self.address.is_known()) && self.problems().is_empty()
    }

    /// What is known of a number of the bank account.
    pub fn bank_fact(&self, part: BankPart) -> SecretFact<BankNumberError> {
        self.bank.get(part.place()).copied().unwrap_or_default()
    }

    pub(super) fn learn_bank(&mut self, part: BankPart, fact: SecretFact<BankNumberError>) {
        if let Some(known) = self.bank.get_mut(part.place()) {
            *known = fact;
        }
    }

    /// Asks for something else from now on. What was complained about is not held against it.
    pub(crate) fn ask(&mut self, asks: Asks) {
        self.submitted &= self.asks == asks;
        self.asks = asks;
    }

    /// Shows the address of a saved method, or that of a new one again. What was typed for the new one is kept for it.
    pub(super) fn show_address_of(&mut self, method: Option<&str>, saved: impl FnOnce() -> Address) {
        if self.address_of.as_ref().map(|(id, _)| id.as_str()) == method {
            return;
        }
        let new_ones = self.address_of.take().map_or_else(|| self.address.clone(), |(_, new_ones)| new_ones);
        match method {
            Some(id) => {
                self.address = self.address.filled_with(saved());
                self.address_of = Some((id.to_owned(), new_ones));
            }
            None => self.address = new_ones,
        }
        self.same_address = false;
    }

    /// Fills in the account's own address, or says that it is another one.
    pub(super) fn take_own_address(&mut self, same: bool, own: Option<Address>) {
        if let (true, Some(own)) = (same, own) {
            self.address = self.address.filled_with(own);
        }
        self.same_address = same;
    }

    pub(super) fn leave(&mut self, field: Field) {
        // Passing through an empty field is not a mistake yet.
        if !self.is_empty(field) {
            self.left |= field.bit();
        }
        if field == Field::Address(Part::PostalCode) {
            self.address.tidy_postal_code();
        }
    }

    pub(crate) fn submit(&mut self) {
        self.submitted = true;
    }

    pub(crate) fn refuse(&mut self, field: Field, error: FieldError) {
        self.refused = Some((field, error));
    }

    pub(super) fn changed(&mut self, field: Field) {
        // The mandate says whose account it is and whether it is kept: what was agreed to is no longer what is meant.
        self.agreed &= !matches!(field, Field::Holder | Field::Save);
        self.same_address &= !matches!(field, Field::Country | Field::Address(_));
        if self.refused.is_some_and(|(refused, _)| refused == field) {
            self.refused = None;
        }
    }

    /// After a payment or a refusal the secret fields are emptied, and nothing is complained about.
    pub(super) fn forget(&mut self, field: Field) {
        match field {
            Field::Number => {
                self.brand = Brand::Unknown;
                self.number = SecretFact::default();
            }
            Field::Expiry => self.expiry = SecretFact::default(),
            Field::Cvc => self.cvc_digits = 0,
            Field::Renewal => self.renewal = SecretFact::default(),
            Field::Code => self.code_digits = 0,
            Field::Bank(part) => self.learn_bank(part, SecretFact::default()),
            _ => {}
        }
        self.left &= !field.bit();
        self.submitted = false;
    }

    fn is_empty(&self, field: Field) -> bool {
        match field {
            Field::Number => self.number.digits == 0,
            Field::Expiry => self.expiry.digits == 0,
            Field::Cvc => self.cvc_digits == 0,
            Field::Renewal => self.renewal.digits == 0,
            Field::Code => self.code_digits == 0,
            Field::Name => self.name.is_empty(),
            Field::Bank(part) => self.bank_fact(part).digits == 0,
            Field::SameAddress
            | Field::Country
            | Field::Save
            | Field::AccountType
            | Field::Holder
            | Field::Credit
            | Field::Part => false,
            Field::Amount => self.amount.is_empty(),
            Field::Agree => !self.agreed,
            Field::Address(part) => self.address.value(part).is_empty(),
        }
    }

    fn number_problem(&self) -> Option<FieldError> {
        match self.number.verdict {
            Verdict::Valid => None,
            Verdict::Incomplete if self.number.digits == 0 => Some(FieldError::Required),
            Verdict::Incomplete | Verdict::Invalid(PanError::TooShort | PanError::NotDigits) => {
                Some(FieldError::NumberIncomplete)
            }
            Verdict::Invalid(PanError::WrongCheckDigit) => Some(FieldError::NumberWrong),
            Verdict::Invalid(PanError::TooLong) => Some(FieldError::NumberLong),
        }
    }

    fn bank_problem(&self, part: BankPart) -> Option<FieldError> {
        let Asks::Bank(rail) = self.asks else {
            return None;
        };
        let fact = self.bank_fact(part);
        match fact.verdict {
            _ if fact.digits == 0 => Some(FieldError::Required),
            Verdict::Valid => None,
            Verdict::Invalid(BankNumberError::WrongCheckDigit) => Some(FieldError::NumberWrong),
            _ if part == BankPart::Again => Some(FieldError::Different),
            _ => {
                let (shortest, longest) = part.lengths(rail);
                Some(FieldError::BankLength(shortest, longest))
            }
        }
    }
}

fn expiry_problem(expiry: SecretFact<ExpiryError>) -> Option<FieldError> {
    match expiry.verdict {
        Verdict::Valid => None,
        Verdict::Incomplete if expiry.digits == 0 => Some(FieldError::Required),
        Verdict::Incomplete | Verdict::Invalid(ExpiryError::Malformed) => Some(FieldError::ExpiryIncomplete),
        Verdict::Invalid(ExpiryError::NoSuchMonth) => Some(FieldError::ExpiryMonth),
        Verdict::Invalid(ExpiryError::Past) => Some(FieldError::ExpiryPast),
        Verdict::Invalid(ExpiryError::TooFarAhead) => Some(FieldError::ExpiryFar),
    }
}

/// A scheme that is not known yet may have three digits or four.
fn code_problem(brand: Brand, digits: usize) -> Option<FieldError> {
    let wanted = brand.cvc_length();
    match digits {
        0 => Some(FieldError::Required),
        _ if digits == wanted || (brand == Brand::Unknown && digits == wanted + 1) => None,
        _ => Some(FieldError::CvcLength(wanted)),
    }
}

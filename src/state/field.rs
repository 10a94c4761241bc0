//! The fields of the form, in the order in which a person meets them.

use paydesk_domain::address::{Part, Problem};
use paydesk_domain::bank::BankPart;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The card number.
    Number,
    /// The expiry date.
    Expiry,
    /// The security code.
    Cvc,
    /// The new expiry date of a saved card.
    Renewal,
    /// The security code of a saved card.
    Code,
    /// A number of a bank account.
    Bank(BankPart),
    /// Checking or savings.
    AccountType,
    /// The name on the card, or of the account's holder.
    Name,
    /// Whether the billing address is the account's own.
    SameAddress,
    /// The country.
    Country,
    /// A part of the address.
    Address(Part),
    /// Whether to save the card or the account.
    Save,
    /// Whose account it is.
    Holder,
    /// Whether the mandate is agreed to.
    Agree,
    /// Whether account credit is used.
    Credit,
    /// Whether only a part is paid now.
    Part,
    /// How much that is.
    Amount,
}

impl Field {
    /// Every field, in an order in which the country's own order of parts can be put.
    pub const ALL: [Self; 25] = [
        Self::Number,
        Self::Expiry,
        Self::Cvc,
        Self::Renewal,
        Self::Code,
        Self::Bank(BankPart::Routing),
        Self::Bank(BankPart::Institution),
        Self::Bank(BankPart::Transit),
        Self::Bank(BankPart::Account),
        Self::Bank(BankPart::Again),
        Self::AccountType,
        Self::Name,
        Self::SameAddress,
        Self::Country,
        Self::Address(Part::Line1),
        Self::Address(Part::Line2),
        Self::Address(Part::City),
        Self::Address(Part::Region),
        Self::Address(Part::PostalCode),
        Self::Save,
        Self::Holder,
        Self::Agree,
        Self::Credit,
        Self::Part,
        Self::Amount,
    ];

    /// The element's id. There is one checkout in a document, so ids need no prefix.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Expiry => "expiry",
            Self::Cvc => "cvc",
            Self::Renewal => "renewal",
            Self::Code => "code",
            Self::Bank(part) => part.as_str(),
            Self::AccountType => "account_type",
            Self::Name => "name",
            Self::SameAddress => "same_address",
            Self::Country => "country",
            Self::Address(part) => part.as_str(),
            Self::Save => "save",
            Self::Holder => "holder",
            Self::Agree => "agree",
            Self::Credit => "credit",
            Self::Part => "part",
            Self::Amount => "amount",
        }
    }

    /// Finds a field by its element's id.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.id() == id)
    }

    /// A bit of its own, for sets of fields.
    pub(super) fn bit(self) -> u32 {
        Self::ALL.iter().position(|field| *field == self).map_or(0, |place| 1 << place)
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// Empty, and it may not be.
    Required,
    /// A card number with too few digits.
    NumberIncomplete,
    /// A card number or a routing number with a wrong digit.
    NumberWrong,
    /// A card number with too many digits.
    NumberLong,
    /// The processor does not know the number.
    NumberRefused,
    /// An expiry without a year.
    ExpiryIncomplete,
    /// Month 13.
    ExpiryMonth,
    /// A month that is over.
    ExpiryPast,
    /// A year that no card has.
    ExpiryFar,
    /// The processor refused the expiry.
    ExpiryRefused,
    /// A security code of another length; how many digits this scheme has.
    CvcLength(usize),
    /// The processor refused the security code.
    CvcRefused,
    /// A bank's number of another length: the fewest and the most digits.
    BankLength(usize, usize),
    /// The account number that was typed once more is another one.
    Different,
    /// A part of the address.
    Address(Problem),
    /// The server refused this part of the address.
    AddressRefused,
    /// No amount, or not one that may be paid now.
    Amount,
}

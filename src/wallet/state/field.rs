//! The fields of the wallet.

use paydesk_domain::address::Part;

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The code that was sent.
    Code,
    /// Whether this device is to be remembered.
    Remember,
    /// What a method is called.
    Nickname,
    /// Where a bank account's notices go.
    Email,
    /// The country of an address.
    Country,
    /// A part of it.
    Address(Part),
    /// One of the others of a new card or bank account, as the checkout has them.
    New(crate::state::Field),
}

impl Field {
    const ALL: [Self; 10] = [
        Self::Code,
        Self::Remember,
        Self::Nickname,
        Self::Email,
        Self::Country,
        Self::Address(Part::Line1),
        Self::Address(Part::Line2),
        Self::Address(Part::City),
        Self::Address(Part::Region),
        Self::Address(Part::PostalCode),
    ];

    /// The element's id. There is one wallet in a document.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Code => "one_time_code",
            Self::Remember => "remember",
            Self::Nickname => "nickname",
            Self::Email => "email",
            Self::Country => "country",
            Self::Address(part) => part.as_str(),
            Self::New(field) => field.id(),
        }
    }

    /// Finds a field by its element's id.
    pub fn of_id(id: &str) -> Option<Self> {
        let own = Self::ALL.into_iter().find(|field| field.id() == id);
        own.or_else(|| crate::state::Field::of_id(id).map(Self::New))
    }

    /// The same field as a form of the checkout has it.
    pub const fn of_form(self) -> Option<crate::state::Field> {
        match self {
            Self::New(field) => Some(field),
            Self::Country => Some(crate::state::Field::Country),
            Self::Address(part) => Some(crate::state::Field::Address(part)),
            Self::Code | Self::Remember | Self::Nickname | Self::Email => None,
        }
    }

    /// A field of such a form as it is here.
    pub const fn of_new(field: crate::state::Field) -> Self {
        match field {
            crate::state::Field::Country => Self::Country,
            crate::state::Field::Address(part) => Self::Address(part),
            field => Self::New(field),
        }
    }
}

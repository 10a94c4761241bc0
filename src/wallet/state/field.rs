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
    /// The country of an address.
    Country,
    /// A part of it.
    Address(Part),
}

impl Field {
    const ALL: [Self; 9] = [
        Self::Code,
        Self::Remember,
        Self::Nickname,
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
            Self::Country => "country",
            Self::Address(part) => part.as_str(),
        }
    }

    /// Finds a field by its element's id.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.id() == id)
    }
}

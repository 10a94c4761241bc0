//! The fields of the wallet.

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
    /// One of a card or bank account, as the checkout has them.
    Form(crate::state::Field),
}

impl Field {
    const OWN: [Self; 4] = [Self::Code, Self::Remember, Self::Nickname, Self::Email];

    /// The element's id. There is one wallet in a document.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Code => "one_time_code",
            Self::Remember => "remember",
            Self::Nickname => "nickname",
            Self::Email => "email",
            Self::Form(field) => field.id(),
        }
    }

    /// Finds a field by its element's id.
    pub fn of_id(id: &str) -> Option<Self> {
        let own = Self::OWN.into_iter().find(|field| field.id() == id);
        own.or_else(|| crate::state::Field::of_id(id).map(Self::Form))
    }

    /// The same field as a form of the checkout has it.
    pub const fn of_form(self) -> Option<crate::state::Field> {
        match self {
            Self::Form(field) => Some(field),
            Self::Code | Self::Remember | Self::Nickname | Self::Email => None,
        }
    }
}

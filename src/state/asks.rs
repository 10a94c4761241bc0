//! What the form asks for, by what is chosen to pay with.

use paydesk_domain::card::Brand;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::billing::{BankAccountView, CheckoutView, MethodView};

/// What a saved method lacks before it can pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Its scheme, which says how long its security code is.
    pub brand: Brand,
    /// Its new expiry: the card has expired, and is brought up to date before it pays.
    pub expiry: bool,
    /// Its security code: nobody may have kept it.
    pub code: bool,
    /// A billing address: it has none that is valid, or the one of an expired card may be another by now.
    pub address: bool,
    /// A mandate: none stands for the account.
    pub mandate: bool,
}

impl Needs {
    /// Nothing is lacking.
    pub const NONE: Self =
        Self { brand: Brand::Unknown, expiry: false, code: false, address: false, mandate: false };
}

/// What the form asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: a saved method pays as it is.
    #[default]
    Nothing,
    /// A card.
    Card,
    /// A bank account of this network's country, and its mandate.
    Bank(Rail),
    /// What a saved method lacks.
    Saved(Needs),
    /// A card that takes the place of a saved one which expired: the processor cannot change an expiry.
    Replacement,
}

impl Asks {
    /// What a saved card lacks here and now. `amount` is what it is to pay, in minor units.
    pub(super) fn of_card(view: &CheckoutView, card: &MethodView, amount: i64) -> Self {
        if card.expired {
            return Self::of_update(card.brand, view.processor.update_expiry);
        }
        let code = view.security_code_above.is_some_and(|above| amount > above);
        Self::of(Needs { brand: card.brand, code, address: card.address_needed, ..Needs::NONE })
    }

    /// What brings a saved card up to date, at whichever page: its new expiry where the processor can change one, and the whole card
    /// where it cannot. The address may be another one by now.
    pub(crate) const fn of_update(brand: Brand, update_expiry: bool) -> Self {
        if update_expiry {
            Self::Saved(Needs { brand, expiry: true, code: true, address: true, mandate: false })
        } else {
            Self::Replacement
        }
    }

    /// A billing address alone.
    pub(crate) const fn address() -> Self {
        Self::Saved(Needs { address: true, ..Needs::NONE })
    }

    /// What a saved bank account lacks.
    pub(super) fn of_account(account: &BankAccountView) -> Self {
        Self::of(Needs { address: account.address_needed, mandate: !account.has_mandate, ..Needs::NONE })
    }

    const fn of(needs: Needs) -> Self {
        let any = needs.expiry || needs.code || needs.address || needs.mandate;
        if any { Self::Saved(needs) } else { Self::Nothing }
    }

    /// True for a method that pays as it was typed in: it can be saved.
    pub const fn is_new(self) -> bool {
        matches!(self, Self::Card | Self::Bank(_))
    }

    /// True for a card's number and all that goes with it.
    pub const fn has_card(self) -> bool {
        matches!(self, Self::Card | Self::Replacement)
    }

    /// True where a name is asked for: that of a card or an account that is typed in.
    pub const fn has_name(self) -> bool {
        self.has_card() || self.is_new()
    }

    /// True where a saved card is brought up to date before it pays.
    pub const fn is_update(self) -> bool {
        matches!(self, Self::Replacement) || self.needs().expiry
    }

    /// True where a billing address is asked for.
    pub const fn has_address(self) -> bool {
        self.has_name() || self.needs().address
    }

    /// True where a debit has to be agreed to.
    pub const fn has_mandate(self) -> bool {
        matches!(self, Self::Bank(_)) || self.needs().mandate
    }

    /// What a saved method lacks; nothing for any other.
    pub const fn needs(self) -> Needs {
        match self {
            Self::Saved(needs) => needs,
            _ => Needs::NONE,
        }
    }
}

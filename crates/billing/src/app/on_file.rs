//! What a client has on file that could be charged today: a usable card, a usable bank account. The store keeps it beside each account,
//! whatever the day; the day, and the currency that a bank account pays in, come in here.

use jiff::Timestamp;
use jiff::civil::Date;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::Currency;

use crate::app::{AppError, view};
use crate::store::{MONTHS, OrganizationRow, WalletFilter};

/// The bank accounts, by what they add above the months.
const BANKS: [(MethodKind, i64); 2] = [(MethodKind::Ach, 1), (MethodKind::Pad, 2)];

/// How what an account has to be charged is read on a day of its organization.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnFile {
    month: i64,
    banks: i64,
    today: Date,
}

impl OnFile {
    /// On the organization's present day, for charges in its currency.
    ///
    /// # Errors
    /// When what is stored of the organization cannot be read.
    pub(super) fn now(organization: &OrganizationRow, now: Timestamp) -> Result<Self, AppError> {
        let today = view::today(organization, now)?;
        let unknown = || AppError::Inconsistent("an unknown currency".into());
        let currency: Currency = organization.currency.parse().map_err(|_| unknown())?;
        let paying = BANKS.iter().filter(|(kind, _)| kind.pays_in(currency));
        Ok(Self {
            month: i64::from(today.year()) * 12 + i64::from(today.month()),
            banks: paying.map(|(_, bit)| bit).sum(),
            today,
        })
    }

    /// The day, as memberships are compared with it.
    pub(super) fn today(&self) -> String {
        self.today.to_string()
    }

    /// Whether a card can be charged.
    pub(super) fn has_card(&self, chargeable: i64) -> bool {
        chargeable % MONTHS >= self.month
    }

    /// Whether a bank account can be charged.
    pub(super) fn has_bank(&self, chargeable: i64) -> bool {
        (chargeable / MONTHS) & self.banks != 0
    }

    /// The same as a question.
    pub(super) fn filter(&self, card: Option<bool>, bank: Option<bool>) -> WalletFilter {
        WalletFilter { card, bank, month: self.month, banks: self.banks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: &str, currency: &str) -> OnFile {
        let organization = OrganizationRow {
            time_zone: "America/Toronto".to_owned(),
            currency: currency.to_owned(),
            ..OrganizationRow::default()
        };
        OnFile::now(&organization, day.parse().unwrap()).unwrap()
    }

    /// The month of a card ends with the organization's day, not with the server's.
    #[test]
    fn a_card_is_good_to_the_end_of_its_month() {
        let november = 2026 * 12 + 11;
        assert!(on("2026-12-01T04:59:59Z", "CAD").has_card(november));
        assert!(!on("2026-12-01T05:00:00Z", "CAD").has_card(november));
        assert!(on("2026-12-31T12:00:00Z", "CAD").has_card(2 * MONTHS + 2027 * 12 + 1));
        assert!(!on("2026-01-01T12:00:00Z", "CAD").has_card(2 * MONTHS));
    }

    #[test]
    fn a_bank_account_pays_in_the_currency_of_its_rail() {
        let both = 3 * MONTHS;
        for (currency, ach, pad) in [("USD", true, false), ("CAD", false, true), ("EUR", false, false)] {
            let on = on("2026-12-01T12:00:00Z", currency);
            let told = [MONTHS, 2 * MONTHS, both, november()].map(|code| on.has_bank(code));
            assert_eq!(told, [ach, pad, ach || pad, false], "{currency}");
        }
    }

    fn november() -> i64 {
        2026 * 12 + 11
    }
}

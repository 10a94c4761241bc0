//! What clients are written: short, plain, in their language, with the organization's name, and with nothing secret but a code.

mod english;
mod french;

use jiff::civil::Date;
use paydesk_domain::consent::is_french;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::money::Money;

use crate::store::{AttemptRow, MethodRow};

/// Why a client is written to. Each is a kind of mail.
#[derive(Clone, Debug)]
pub(super) enum Occasion {
    /// They want to open their wallet: six digits, and for how long they are good.
    Code { code: Code, minutes: i64 },
    /// An admin saved a method for them.
    MethodSaved { method: Named },
    /// An admin brought a saved card up to date.
    MethodUpdated { method: Named },
    /// An organization may charge a method from now on.
    ConsentGiven { method: Named },
    /// An organization may charge a method no longer; what was agreed to may go on.
    ConsentEnded { method: Named, plans_continue: bool },
    /// What an organization might charge one method, it may charge another one: the client replaced it.
    ConsentMoved { from: Named, to: Named },
    /// A payment that was planned could not be taken.
    PlannedFailed { amount: Money, due_on: Date },
    /// A card expires at the end of a month, and something is planned on it; with the first day.
    CardExpires { method: Named, year: i16, month: i8, next_on: Date },
    /// A card's bank has closed it, and something is planned on it; with the first day.
    CardClosed { method: Named, next_on: Date },
    /// A card is charged where a planned payment is refused, from now on.
    BackupSet { method: Named },
    /// No longer.
    BackupEnded { method: Named },
    /// It was charged, as a planned payment was refused.
    BackupCharged { method: Named, amount: Money, due_on: Date },
    /// They had their wallet erased.
    WalletErased,
}

/// Six digits. They are written into a mail, and nowhere else.
#[derive(Clone)]
pub(super) struct Code(pub(super) String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// A method as its owner knows it.
#[derive(Clone, Debug)]
pub(super) struct Named {
    is_card: bool,
    brand: String,
    last4: String,
}

impl Named {
    /// What a method is called.
    pub(super) fn of(row: &MethodRow) -> Self {
        Self::new(&row.kind, &row.brand, &row.last4)
    }

    /// The same of one that was charged.
    pub(super) fn charged(row: &AttemptRow) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self::new(&row.kind, &text(&row.brand), &text(&row.last4))
    }

    fn new(kind: &str, brand: &str, last4: &str) -> Self {
        let is_card = kind == MethodKind::Card.as_str();
        let brand = if is_card { brand_name(brand) } else { String::new() };
        Self { is_card, brand, last4: plain(last4) }
    }
}

/// The kinds of mail, as they are stored.
impl Occasion {
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Code { .. } => "wallet_code",
            Self::MethodSaved { .. } => "method_saved",
            Self::MethodUpdated { .. } => "method_updated",
            Self::ConsentGiven { .. } => "consent_given",
            Self::ConsentEnded { .. } => "consent_ended",
            Self::ConsentMoved { .. } => "consent_moved",
            Self::PlannedFailed { .. } => "planned_failed",
            Self::CardExpires { .. } => "card_expires",
            Self::CardClosed { .. } => "card_closed",
            Self::BackupSet { .. } => "backup_set",
            Self::BackupEnded { .. } => "backup_ended",
            Self::BackupCharged { .. } => "backup_charged",
            Self::WalletErased => "wallet_erased",
        }
    }
}

/// A mail in one language.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) language: &'static str,
    pub(super) subject: String,
    pub(super) body: String,
}

/// Writes a mail. A language that has no text yet gets English.
pub(super) fn write(occasion: &Occasion, locale: &str, organization: &str) -> Written {
    let organization = plain(organization);
    let (language, (subject, paragraphs)) = match is_french(locale) {
        true => ("fr", french::write(occasion, &organization)),
        false => ("en", english::write(occasion, &organization)),
    };
    let body = paragraphs.join("\n\n") + "\n";
    Written { language, subject, body }
}

/// A name in a sentence: on one line, so that nobody adds a paragraph of their own to what we write.
fn plain(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The scheme as it is written on cards.
fn brand_name(brand: &str) -> String {
    let known = match brand {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        "discover" => "Discover",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        _ => "",
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use paydesk_domain::money::Currency;

    use super::*;

    fn card() -> Named {
        Named { is_card: true, brand: "Visa".to_owned(), last4: "4242".to_owned() }
    }

    fn all() -> Vec<Occasion> {
        let method = card();
        let account = Named { is_card: false, brand: String::new(), last4: "6789".to_owned() };
        let cad: Currency = "CAD".parse().unwrap();
        vec![
            Occasion::Code { code: Code("012345".to_owned()), minutes: 10 },
            Occasion::MethodSaved { method: method.clone() },
            Occasion::MethodUpdated { method: method.clone() },
            Occasion::ConsentGiven { method: account.clone() },
            Occasion::ConsentEnded { method: method.clone(), plans_continue: true },
            Occasion::ConsentEnded { method: account, plans_continue: false },
            Occasion::ConsentMoved { from: card(), to: method.clone() },
            Occasion::PlannedFailed { amount: Money::new(5_025, cad), due_on: date(2026, 12, 1) },
            Occasion::CardExpires { method: method.clone(), year: 2026, month: 8, next_on: date(2026, 9, 1) },
            Occasion::CardClosed { method: method.clone(), next_on: date(2026, 9, 1) },
            Occasion::BackupSet { method: method.clone() },
            Occasion::BackupEnded { method: method.clone() },
            Occasion::BackupCharged { method, amount: Money::new(5_025, cad), due_on: date(2026, 12, 1) },
            Occasion::WalletErased,
        ]
    }

    #[test]
    fn every_mail_is_whole_in_both_languages() {
        for occasion in all() {
            for (locale, language) in [("fr-CA", "fr"), ("en", "en"), ("xx", "en")] {
                let mail = write(&occasion, locale, "Club Évasion");
                assert_eq!(mail.language, language);
                assert!(mail.body.contains("Club Évasion"), "{}", mail.body);
                assert!(mail.subject.len() < 100 && !mail.subject.contains('\n'), "{}", mail.subject);
                assert!(mail.body.lines().all(|line| line.len() < 900), "SMTP's lines have an end");
                for text in [&mail.subject, &mail.body] {
                    assert!(!text.contains("  ") && !text.contains("{") && !text.contains("…"), "{text}");
                }
            }
        }
        let code = &all()[0];
        for locale in ["en", "fr"] {
            let mail = write(code, locale, "Club");
            assert!(mail.body.contains("012345") && !mail.subject.contains("012345"), "{}", mail.subject);
        }
        assert!(!format!("{code:?}").contains("012345"), "a code is not printed");
        let failed = write(&all()[7], "fr", "Club").body;
        assert!(failed.contains("50,25 CAD") && failed.contains("1er décembre 2026"), "{failed}");
        let expires = write(&all()[8], "fr", "Club").body;
        assert!(expires.contains("fin d’août 2026"), "{expires}");
    }

    /// Positive control (tried): with the name as it is in place of `plain`, the second paragraph is there.
    #[test]
    fn a_name_adds_no_paragraph() {
        let mail = write(&all()[1], "en", "Club\r\n\r\nCall 555 0100 now");
        assert!(mail.body.contains("Club Call 555 0100 now"), "{}", mail.body);
        assert!(!mail.body.contains('\r') && !mail.body.lines().any(|line| line.starts_with("Call")));
    }
}

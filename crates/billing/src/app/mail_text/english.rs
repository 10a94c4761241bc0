//! Mails in English.

use jiff::civil::Date;
use paydesk_domain::money::Money;

use crate::app::mail_text::{Named, Occasion};

/// A subject, and paragraphs.
pub(super) fn write(occasion: &Occasion, organization: &str) -> (String, Vec<String>) {
    match occasion {
        Occasion::Code { code, minutes } => (
            format!("Your code to open your wallet: {organization}"),
            vec![
                format!(
                    "{} is the code that opens your wallet on the page of {organization}. It is good for {minutes} minutes.",
                    code.0
                ),
                format!(
                    "If you did not ask for it, you need not do anything: without the code nobody can open your wallet. Do not tell \
                     it to anybody, not even to {organization}."
                ),
            ],
        ),
        Occasion::MethodSaved { method } => (
            format!("{organization} saved {} for you", article(method)),
            vec![
                format!(
                    "{organization} saved {} to your wallet for you, and may charge it for what you agree to.",
                    called(method)
                ),
                contact(organization),
            ],
        ),
        Occasion::MethodUpdated { method } => (
            format!("{organization} updated your saved card"),
            vec![
                format!("{organization} updated {} in your wallet for you.", called(method)),
                contact(organization),
            ],
        ),
        Occasion::ConsentGiven { method } => consent_given(method, organization),
        Occasion::ConsentEnded { method, plans_continue } => {
            consent_ended(method, *plans_continue, organization)
        }
        Occasion::ConsentMoved { from, to } => consent_moved(from, to, organization),
        Occasion::PlannedFailed { amount, due_on } => (
            format!("A planned payment to {organization} did not go through"),
            vec![
                format!(
                    "The payment of {amount} to {organization} that was planned for {} did not go through. It is still owed.",
                    day(*due_on)
                ),
                format!("Please check your saved cards and bank accounts, or contact {organization}."),
            ],
        ),
        Occasion::CardExpires { method, year, month, next_on } => {
            card_expires(method, *year, (*month, *next_on), organization)
        }
        Occasion::BackupSet { method } => backup_set(method, organization),
        Occasion::BackupEnded { method } => (
            format!("Your backup for {organization} has ended"),
            vec![format!("{} is your backup for {organization} no longer.", sentence(method))],
        ),
        Occasion::BackupCharged { method, amount, due_on } => {
            backup_charged(method, *amount, *due_on, organization)
        }
        Occasion::CardClosed { method, next_on } => card_closed(method, *next_on, organization),
        Occasion::WalletErased => wallet_erased(organization),
    }
}

fn wallet_erased(organization: &str) -> (String, Vec<String>) {
    (
            "Your wallet was erased".to_owned(),
            vec![
                format!(
                    "As was asked for at {organization}, your wallet was erased: your saved cards and bank accounts were removed, and \
                     nobody may charge them any more."
                ),
                "What you agreed to is kept as long as the rules of payments ask. Each organization keeps its own records of what you \
                 paid."
                    .to_owned(),
                format!("If it was not you who asked for this, please contact {organization}."),
            ],
        )
}

fn card_expires(
    method: &Named,
    year: i16,
    (month, next_on): (i8, Date),
    organization: &str,
) -> (String, Vec<String>) {
    (
        "Your saved card expires next month".to_owned(),
        vec![
            format!(
                "{} expires at the end of {} {year}. {organization} has a payment planned on it for {}.",
                sentence(method),
                month_name(month),
                day(next_on)
            ),
            format!("Please save the renewed card in your wallet, or contact {organization}."),
        ],
    )
}

fn card_closed(method: &Named, next_on: Date, organization: &str) -> (String, Vec<String>) {
    (
        "Your saved card was closed".to_owned(),
        vec![
            format!(
                "{} was closed, as its bank tells us. {organization} has a payment planned on it for {}, which cannot be charged to it.",
                sentence(method),
                day(next_on)
            ),
            format!("Please replace the card in your wallet, or contact {organization}."),
        ],
    )
}

fn backup_set(method: &Named, organization: &str) -> (String, Vec<String>) {
    (
        format!("Your backup for {organization}"),
        vec![format!(
            "{} is your backup for {organization}: where a planned payment is refused, it is charged instead, once. You can end this \
                 at any time in your wallet.",
            sentence(method)
        )],
    )
}

fn backup_charged(method: &Named, amount: Money, due_on: Date, organization: &str) -> (String, Vec<String>) {
    (
        format!("Your backup was charged for {organization}"),
        vec![format!(
            "The payment of {amount} that was planned for {} with {organization} was refused. {}, your backup, was charged instead, \
                 as you agreed.",
            day(due_on),
            sentence(method)
        )],
    )
}

fn consent_given(method: &Named, organization: &str) -> (String, Vec<String>) {
    (
        format!("{organization} may now charge your {}", noun(method)),
        vec![
            format!(
                "You let {organization} charge {} for what you agree to. You can end this at any time in your wallet.",
                called(method)
            ),
            contact(organization),
        ],
    )
}

fn consent_ended(method: &Named, plans_continue: bool, organization: &str) -> (String, Vec<String>) {
    (
        format!("{organization} may no longer charge your {}", noun(method)),
        vec![
            match plans_continue {
                true => format!(
                    "{organization} may no longer charge {} for anything new. What you agreed to before goes on, as you chose.",
                    called(method)
                ),
                false => format!("{organization} may no longer charge {}.", called(method)),
            },
            contact(organization),
        ],
    )
}

fn consent_moved(from: &Named, to: &Named, organization: &str) -> (String, Vec<String>) {
    (
        format!("{organization} may now charge another {}", noun(to)),
        vec![
            format!(
                "You replaced {} in your wallet. {organization} may now charge {} instead, for what you agreed to and agree to. What \
                     was planned moved along.",
                called(from),
                called(to)
            ),
            contact(organization),
        ],
    )
}

fn contact(organization: &str) -> String {
    format!("If you did not expect this, look into your wallet or contact {organization}.")
}

fn noun(method: &Named) -> &'static str {
    if method.is_card { "card" } else { "bank account" }
}

fn article(method: &Named) -> &'static str {
    if method.is_card { "a card" } else { "a bank account" }
}

fn called(method: &Named) -> String {
    match (method.is_card, method.brand.as_str()) {
        (true, "") => format!("your card ending in {}", method.last4),
        (true, brand) => format!("your {brand} card ending in {}", method.last4),
        (false, _) => format!("your bank account ending in {}", method.last4),
    }
}

fn sentence(method: &Named) -> String {
    called(method).replacen("your", "Your", 1)
}

fn day(date: Date) -> String {
    format!("{} {}, {}", month_name(date.month()), date.day(), date.year())
}

fn month_name(month: i8) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

//! Which cards and bank accounts a call touches, so that a scenario can be about one of them.

use super::Call;
use crate::banks::{Rail, account_of_alias};
use crate::cards::number_of_alias;
use crate::form::Node;
use crate::model::Instrument;
use crate::store::Book;

/// Names by which what a call touches is known: last four digits, fingerprints, token and method ids.
#[derive(Debug, Default)]
pub struct Names {
    /// Of cards.
    pub cards: Vec<String>,
    /// Of bank accounts.
    pub accounts: Vec<String>,
}

/// Every name of what this call touches. Reads nothing but what the call names, and never fails: a call that makes no
/// sense touches nothing.
pub fn names(book: &Book, call: &Call) -> Names {
    let mut names = Names::default();
    let node = call.node();
    of_groups(book, &node, &mut names);
    if let Ok(Some(data)) = node.group("payment_method_data") {
        of_groups(book, &data, &mut names);
    }
    for id in &call.path_ids {
        of_id(book, id, &mut names);
    }
    for param in ["payment_method", "source", "charge", "payment_intent"] {
        if let Ok(Some(id)) = node.text(param) {
            of_id(book, id, &mut names);
        }
    }
    names
}

fn of_groups(book: &Book, node: &Node<'_>, names: &mut Names) {
    if let Ok(Some(card)) = node.group("card") {
        if let Ok(Some(number)) = card.text("number") {
            names.cards.extend(last4(number));
        }
        if let Ok(Some(token)) = card.text("token") {
            of_id(book, token, names);
        }
    }
    for group in [Rail::Ach.kind(), Rail::Pad.kind(), "bank_account"] {
        if let Ok(Some(account)) = node.group(group)
            && let Ok(Some(number)) = account.text("account_number")
        {
            names.accounts.extend(last4(number));
        }
    }
}

fn of_id(book: &Book, id: &str, names: &mut Names) {
    if let Some(number) = number_of_alias(id) {
        names.cards.push(id.to_owned());
        names.cards.extend(last4(number));
    } else if let Some(account) = account_of_alias(id) {
        names.accounts.push(id.to_owned());
        names.accounts.extend(last4(account.number));
    } else if let Some(method) = book.payment_methods.row(id) {
        of_instrument(&method.instrument, names);
    } else if let Some(token) = book.tokens.row(id) {
        of_instrument(&token.instrument, names);
    } else if let Some(charge) = book.charges.row(id) {
        of_instrument(&charge.instrument, names);
    } else if let Some(intent) = book.payment_intents.row(id) {
        let method = intent.payment_method.as_deref().or_else(|| {
            let charge = intent.latest_charge.as_deref().and_then(|id| book.charges.row(id));
            charge.map(|charge| charge.payment_method.as_str())
        });
        if let Some(method) = method.and_then(|id| book.payment_methods.row(id)) {
            of_instrument(&method.instrument, names);
        }
    }
}

fn of_instrument(instrument: &Instrument, names: &mut Names) {
    let (names, last4, fingerprint, known_as) = match instrument {
        Instrument::Card(card) => (&mut names.cards, &card.last4, &card.fingerprint, &card.known_as),
        Instrument::Bank(account) => {
            (&mut names.accounts, &account.last4, &account.fingerprint, &account.known_as)
        }
    };
    names.push(last4.clone());
    names.push(fingerprint.clone());
    names.extend(known_as.iter().cloned());
}

fn last4(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 4).then(|| digits.iter().skip(digits.len() - 4).collect())
}

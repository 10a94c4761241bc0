//! Which cards a call touches, so that a scenario can be about one card.

use super::Call;
use crate::cards::number_of_alias;
use crate::form::Node;
use crate::model::{Card, Instrument};
use crate::store::Book;

/// Every name by which the cards of this call are known: last four digits, fingerprint, token and method
/// ids. Reads nothing but what the call names, and never fails: a call that makes no sense touches nothing.
pub fn card_names(book: &Book, call: &Call) -> Vec<String> {
    let mut names = Vec::new();
    let node = call.node();
    of_group(book, &node, &mut names);
    if let Ok(Some(data)) = node.group("payment_method_data") {
        of_group(book, &data, &mut names);
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

fn of_group(book: &Book, node: &Node<'_>, names: &mut Vec<String>) {
    let Ok(Some(card)) = node.group("card") else {
        return;
    };
    if let Ok(Some(number)) = card.text("number") {
        names.extend(last4(number));
    }
    if let Ok(Some(token)) = card.text("token") {
        of_id(book, token, names);
    }
}

fn of_id(book: &Book, id: &str, names: &mut Vec<String>) {
    if let Some(number) = number_of_alias(id) {
        names.push(id.to_owned());
        names.extend(last4(number));
        return;
    }
    if let Some(method) = book.payment_methods.row(id) {
        of_card(method.card(), names);
    } else if let Some(token) = book.tokens.row(id) {
        let Instrument::Card(card) = &token.instrument;
        of_card(card, names);
    } else if let Some(charge) = book.charges.row(id) {
        of_card(&charge.card, names);
    } else if let Some(intent) = book.payment_intents.row(id) {
        let method = intent.payment_method.as_deref().or_else(|| {
            let charge = intent.latest_charge.as_deref().and_then(|id| book.charges.row(id));
            charge.map(|charge| charge.payment_method.as_str())
        });
        if let Some(method) = method.and_then(|id| book.payment_methods.row(id)) {
            of_card(method.card(), names);
        }
    }
}

fn of_card(card: &Card, names: &mut Vec<String>) {
    names.push(card.last4.clone());
    names.push(card.fingerprint.clone());
    names.extend(card.known_as.iter().cloned());
}

fn last4(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 4).then(|| digits.iter().skip(digits.len() - 4).collect())
}

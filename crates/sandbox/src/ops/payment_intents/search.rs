//! Searches intents: `metadata['order']:'6735' AND status:'succeeded'`.
//!
//! A search is up to date here. The real one lags by up to a minute: `search_lag_ms` imitates that.

use serde_json::{Value, json};

use super::{URL, view};
use crate::error::ApiError;
use crate::model::PaymentIntent;
use crate::ops::paging::limit_of;
use crate::ops::{Access, Call, Verb};
use crate::store::{PageRequest, Tx};

/// Searches intents.
pub const SEARCH: Verb =
    Verb { name: "payment_intents.search", access: Access::Secret, moves_money: false, run };

fn run(tx: &mut Tx<'_>, call: &Call) -> Result<Value, ApiError> {
    let node = call.node();
    node.allow(&["query", "limit", "page", "expand"])?;
    let clauses = parse(node.required("query")?)?;
    let list = clauses.iter().find_map(Clause::list);
    let visible_until_ms = tx.context.now.as_millisecond() - tx.context.search_lag_ms;
    let request =
        PageRequest { limit: limit_of(&node)?, starting_after: node.text("page")?, ..PageRequest::default() };
    let keep = |intent: &PaymentIntent| {
        let is_visible = tx.context.search_lag_ms == 0 || intent.created * 1_000 <= visible_until_ms;
        is_visible && clauses.iter().all(|clause| clause.matches(intent))
    };
    let page = tx.book().payment_intents.page(list.as_deref(), request, keep);
    let page = page.ok_or_else(|| ApiError::invalid("Invalid page").param("page"))?;
    let next = page.rows.last().filter(|_| page.has_more).map(|intent| intent.id.clone());
    let data: Vec<Value> = page.rows.into_iter().map(view).collect();
    let url = format!("{URL}/search");
    Ok(
        json!({ "object": "search_result", "data": data, "has_more": page.has_more, "next_page": next, "url": url }),
    )
}

#[derive(Debug, PartialEq, Eq)]
enum Clause {
    Metadata { key: String, value: String },
    Customer(String),
    Status(String),
    Currency(String),
}

impl Clause {
    fn list(&self) -> Option<String> {
        match self {
            Self::Metadata { key, value } => Some(format!("metadata[{key}]={value}")),
            Self::Customer(customer) => Some(format!("customer={customer}")),
            Self::Status(_) | Self::Currency(_) => None,
        }
    }

    fn matches(&self, intent: &PaymentIntent) -> bool {
        match self {
            Self::Metadata { key, value } => intent.metadata.get(key) == Some(value),
            Self::Customer(customer) => intent.customer.as_ref() == Some(customer),
            Self::Status(status) => intent.status.as_str() == status,
            Self::Currency(currency) => intent.currency == *currency,
        }
    }
}

/// Reads clauses joined by `AND`. What is not understood is refused: a search that ignores half of its
/// question answers another one.
fn parse(query: &str) -> Result<Vec<Clause>, ApiError> {
    let refused = || {
        let message = "We were unable to parse your search query. This processor understands metadata['key']:'value', \
                       customer:'…', status:'…' and currency:'…', joined by AND.";
        ApiError::invalid(message).param("query")
    };
    let mut rest = query.trim();
    let mut clauses = Vec::new();
    loop {
        let (clause, after) = clause(rest).ok_or_else(refused)?;
        clauses.push(clause);
        rest = after.trim_start();
        if rest.is_empty() {
            return Ok(clauses);
        }
        let joined = rest.get(..4).filter(|word| word.eq_ignore_ascii_case("and "));
        rest = joined.and_then(|_| rest.get(4..)).ok_or_else(refused)?.trim_start();
    }
}

fn clause(text: &str) -> Option<(Clause, &str)> {
    if let Some(rest) = text.strip_prefix("metadata[") {
        let (key, rest) = quoted(rest)?;
        let (value, rest) = quoted(rest.strip_prefix("]:")?)?;
        return Some((Clause::Metadata { key, value }, rest));
    }
    let (name, rest) = text.split_once(':')?;
    let (value, rest) = quoted(rest)?;
    let clause = match name {
        "customer" => Clause::Customer(value),
        "status" => Clause::Status(value),
        "currency" => Clause::Currency(value.to_ascii_lowercase()),
        _ => return None,
    };
    Some((clause, rest))
}

/// A text in single or double quotes, in which a backslash keeps a quote, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut characters = text.char_indices();
    let (_, quote) = characters.next().filter(|(_, quote)| matches!(quote, '\'' | '"'))?;
    let mut value = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?.1),
            end if end == quote => return Some((value, text.get(at + 1..)?)),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_clauses_and_refuses_the_rest() {
        let metadata =
            |key: &str, value: &str| Clause::Metadata { key: key.to_owned(), value: value.to_owned() };
        assert_eq!(parse("metadata['a']:'b'").unwrap(), [metadata("a", "b")]);
        let both = parse(r#"metadata["it\"s"]:'x y' AND status:'succeeded'"#).unwrap();
        assert_eq!(both, [metadata("it\"s", "x y"), Clause::Status("succeeded".to_owned())]);
        for text in [
            "",
            "metadata['a']",
            "metadata['a']:'b",
            "a:'b'",
            "status:'x' OR status:'y'",
            "status:'x' status:'y'",
            "-status:'x'",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

//! Lists: `limit`, `starting_after`, `ending_before`, `created[…]`, and `has_more`.

use serde_json::{Value, json};

use crate::error::ApiError;
use crate::form::Node;
use crate::store::{PageRequest, Row, Table};

/// The parameters that every list takes.
pub const LIST_PARAMS: [&str; 5] = ["limit", "starting_after", "ending_before", "created", "expand"];

/// Reads how many rows a caller wants: 1 to 100, ten when they do not say.
pub fn limit_of(node: &Node<'_>) -> Result<usize, ApiError> {
    let limit = node.integer("limit")?.unwrap_or(10);
    match usize::try_from(limit) {
        Ok(limit @ 1..=100) => Ok(limit),
        _ => Err(ApiError::invalid("This value must be between 1 and 100.")
            .code("parameter_invalid_integer")
            .param("limit")),
    }
}

/// One page of a list of this table.
pub fn list<T: Row>(
    table: &Table<T>,
    node: &Node<'_>,
    url: &str,
    list: Option<&str>,
    keep: impl Fn(&T) -> bool,
    view: impl Fn(&T) -> Value,
) -> Result<Value, ApiError> {
    let (created_from, created_below) = created_range(node)?;
    let request = PageRequest {
        limit: limit_of(node)?,
        starting_after: node.text("starting_after")?,
        ending_before: node.text("ending_before")?,
        created_from,
        created_below,
    };
    let Some(page) = table.page(list, request, keep) else {
        let param = if request.starting_after.is_some() { "starting_after" } else { "ending_before" };
        let id = request.starting_after.or(request.ending_before).unwrap_or_default();
        return Err(ApiError::no_such("object", id, param));
    };
    let data: Vec<Value> = page.rows.into_iter().map(view).collect();
    Ok(json!({ "object": "list", "data": data, "has_more": page.has_more, "url": url }))
}

/// `created=…` or `created[gte|gt|lte|lt]=…` as a half-open range.
fn created_range(node: &Node<'_>) -> Result<(Option<i64>, Option<i64>), ApiError> {
    let Ok(Some(range)) = node.group("created") else {
        let at = node.integer("created")?;
        return Ok((at, at.map(|at| at.saturating_add(1))));
    };
    range.allow(&["gte", "gt", "lte", "lt"])?;
    let after = range.integer("gt")?.map(|at| at.saturating_add(1));
    let up_to = range.integer("lte")?.map(|at| at.saturating_add(1));
    let from = range.integer("gte")?.max(after);
    let below = [range.integer("lt")?, up_to].into_iter().flatten().min();
    Ok((from, below))
}

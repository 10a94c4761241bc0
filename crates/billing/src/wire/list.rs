//! Pages of lists.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a list, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct List<T: ToSchema> {
    /// The rows.
    pub data: Vec<T>,
    /// Give it as `cursor` to get the page after this one; absent on the last page.
    pub next_cursor: Option<String>,
}

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many rows, 1 to 100; 25 when absent.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

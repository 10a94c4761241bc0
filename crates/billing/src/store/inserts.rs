//! Statements that write rows of one kind, so that a transaction which writes many asks the database few times.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::store::dialect::Engine;

/// How many rows the statement for several inserts.
pub(crate) const SEVERAL: usize = 8;

/// A statement that writes rows: one, several, or as many as there are.
#[derive(Debug)]
pub(crate) struct Insert {
    /// `INSERT INTO t (a, b) VALUES ($1, $2)`, and what may come after it.
    pub(crate) one: &'static str,
    several: OnceLock<String>,
    all: OnceLock<String>,
}

impl Insert {
    /// From the statement for a single row.
    pub(crate) const fn new(one: &'static str) -> Self {
        Self { one, several: OnceLock::new(), all: OnceLock::new() }
    }

    /// The statement for [`SEVERAL`] rows, with a parameter for each value. For SQLite, where a statement costs little and
    /// reading JSON much.
    pub(crate) fn several(&'static self) -> &'static str {
        self.several.get_or_init(|| {
            let (before, parameters, after) = self.parts();
            let count = parameters.matches('$').count();
            let rows: Vec<String> = (0..SEVERAL)
                .map(|row| {
                    let numbers = row * count + 1..=(row + 1) * count;
                    let numbers: Vec<String> = numbers.map(|number| format!("${number}")).collect();
                    format!("({})", numbers.join(", "))
                })
                .collect();
            format!("{before}VALUES {}{after}", rows.join(", "))
        })
    }

    /// The statement for any number of rows, which are its only parameter: a list of objects in JSON. For PostgreSQL, where
    /// every statement is a way there and back.
    pub(crate) fn all(&'static self) -> &'static str {
        self.all.get_or_init(|| {
            let (before, _, after) = self.parts();
            let columns = self.columns().join(", ");
            let table = before.trim_start_matches("INSERT INTO ").split(' ').next().unwrap_or_default();
            format!(
                "{before}SELECT {columns} FROM json_populate_recordset(NULL::{table}, CAST($1 AS json)){after}"
            )
        })
    }

    /// A row as the statement for any number takes it.
    pub(crate) fn object(&self, values: impl IntoIterator<Item = Value>) -> Value {
        let columns = self.columns().into_iter().map(str::to_owned);
        Value::Object(columns.zip(values).collect::<Map<_, _>>())
    }

    /// Every statement that this one stands for, for the test that prepares them.
    pub(crate) fn statements(&'static self, engine: Engine) -> [&'static str; 2] {
        [self.one, if engine == Engine::Sqlite { self.several() } else { self.all() }]
    }

    /// What comes before the values, their parameters, and what comes after them.
    fn parts(&self) -> (&'static str, &'static str, &'static str) {
        let (before, values) = self.one.split_once("VALUES ").unwrap_or((self.one, ""));
        let (parameters, after) = values.split_once(')').unwrap_or((values, ""));
        (before, parameters, after)
    }

    fn columns(&self) -> Vec<&'static str> {
        let (before, _, _) = self.parts();
        let named = before.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        named.map(|(columns, _)| columns.split(',').map(str::trim).collect()).unwrap_or_default()
    }
}

/// Writes rows, each given by its values in the order of the statement's columns. Part of writing what was noted: it does not
/// write that first.
macro_rules! insert_rows {
    ($scope:expr, $insert:expr, $rows:expr, $row:ident => $($bind:expr),* $(,)?) => {
        match &mut $scope.tx {
            crate::store::tx::Tx::Sqlite(tx) => {
                for chunk in $rows[..].chunks(crate::store::inserts::SEVERAL) {
                    if chunk.len() == crate::store::inserts::SEVERAL {
                        let mut query = sqlx::query($insert.several());
                        for $row in chunk {
                            query = query$(.bind($bind))*;
                        }
                        query.execute(&mut **tx).await?;
                        continue;
                    }
                    for $row in chunk {
                        sqlx::query($insert.one)$(.bind($bind))*.execute(&mut **tx).await?;
                    }
                }
            }
            crate::store::tx::Tx::Postgres(tx) => match &$rows[..] {
                [] => {}
                [$row] => {
                    sqlx::query($insert.one)$(.bind($bind))*.execute(&mut **tx).await?;
                }
                rows => {
                    let rows = rows.iter().map(|$row| $insert.object([$(serde_json::json!($bind)),*]));
                    let rows = serde_json::Value::Array(rows.collect()).to_string();
                    sqlx::query($insert.all()).bind(rows).execute(&mut **tx).await?;
                }
            },
        }
    };
}

pub(crate) use insert_rows;

#[cfg(test)]
mod tests {
    use super::*;

    static INSERT: Insert = Insert::new("INSERT INTO t (a, \n b) VALUES ($1, $2) ON CONFLICT DO NOTHING");

    #[test]
    fn several_rows_go_on_counting() {
        let statement = INSERT.several();
        assert!(statement.starts_with("INSERT INTO t (a, \n b) VALUES ($1, $2), ($3, $4), ($5, $6)"));
        let end = format!(", (${}, ${}) ON CONFLICT DO NOTHING", 2 * SEVERAL - 1, 2 * SEVERAL);
        assert!(statement.ends_with(&end), "{statement}");
    }

    #[test]
    fn all_rows_are_one_parameter() {
        assert_eq!(
            INSERT.all(),
            "INSERT INTO t (a, \n b) SELECT a, b FROM json_populate_recordset(NULL::t, CAST($1 AS json)) \
             ON CONFLICT DO NOTHING"
        );
        let row = INSERT.object([serde_json::json!(1), serde_json::json!("x")]);
        assert_eq!(row, serde_json::json!({"a": 1, "b": "x"}));
    }
}

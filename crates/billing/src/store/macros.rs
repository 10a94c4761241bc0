//! The macros that run one statement on whichever engine the transaction belongs to.

/// Runs a statement and returns the number of rows it changed.
macro_rules! execute {
    ($scope:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $scope.tx {
            crate::store::tx::Tx::Sqlite(tx) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            crate::store::tx::Tx::Postgres(tx) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
        .map_err(crate::store::StoreError::from)
    };
}

/// Writes rows of one kind. `$one` inserts a single one and `$many` [`MANY`](crate::store::macros::MANY) of them, so that a
/// commit that holds much asks the database few times.
macro_rules! insert_rows {
    ($scope:expr, $one:expr, $many:expr, $rows:expr, $row:ident => $($bind:expr),* $(,)?) => {
        match &mut $scope.tx {
            crate::store::tx::Tx::Sqlite(tx) => {
                crate::store::macros::insert_rows!(@ tx, $one, $many, $rows, $row => $($bind),*)
            }
            crate::store::tx::Tx::Postgres(tx) => {
                crate::store::macros::insert_rows!(@ tx, $one, $many, $rows, $row => $($bind),*)
            }
        }
    };
    (@ $tx:ident, $one:expr, $many:expr, $rows:expr, $row:ident => $($bind:expr),*) => {
        for chunk in $rows.chunks(crate::store::macros::MANY) {
            if chunk.len() == crate::store::macros::MANY {
                let mut query = sqlx::query($many.as_str());
                for $row in chunk {
                    query = query$(.bind($bind))*;
                }
                query.execute(&mut **$tx).await?;
                continue;
            }
            for $row in chunk {
                sqlx::query($one)$(.bind($bind))*.execute(&mut **$tx).await?;
            }
        }
    };
}

/// How many rows the statements for many insert.
pub(crate) const MANY: usize = 8;

/// The statement for many rows that follows from the one for a single row, which ends with its parameters in order.
pub(crate) fn many(one: &str) -> String {
    let parameters = one.matches('$').count();
    let mut statement = one.to_owned();
    for row in 1..MANY {
        let numbers = row * parameters + 1..=(row + 1) * parameters;
        let numbers: Vec<String> = numbers.map(|number| format!("${number}")).collect();
        statement.push_str(&format!(", ({})", numbers.join(", ")));
    }
    statement
}

/// Reads at most one row.
macro_rules! fetch_optional {
    ($scope:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $scope.tx {
            crate::store::tx::Tx::Sqlite(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await
            }
            crate::store::tx::Tx::Postgres(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **tx).await
            }
        }
        .map_err(crate::store::StoreError::from)
    };
}

/// Reads every row.
macro_rules! fetch_all {
    ($scope:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $scope.tx {
            crate::store::tx::Tx::Sqlite(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await
            }
            crate::store::tx::Tx::Postgres(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut **tx).await
            }
        }
        .map_err(crate::store::StoreError::from)
    };
}

/// Declares a row and how it is read by column name, from either engine.
macro_rules! row {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl<'r, R> sqlx::FromRow<'r, R> for $name
        where
            R: sqlx::Row,
            &'static str: sqlx::ColumnIndex<R>,
            i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
            Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?,)* })
            }
        }
    };
}

/// Declares the statements of a group, and the list of them.
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$meta])* pub(crate) const $name: &str = $sql;)*

        /// All of them, by name.
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name),)*];
    };
}

pub(crate) use {execute, fetch_all, fetch_optional, insert_rows, row, statements};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_go_on_counting() {
        let statement = many("INSERT INTO t (a, b) VALUES ($1, $2)");
        assert!(statement.starts_with("INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6)"));
        assert!(statement.ends_with(&format!(", (${}, ${})", 2 * MANY - 1, 2 * MANY)));
    }
}

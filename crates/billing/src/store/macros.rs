//! The macros that run one statement on whichever engine the transaction belongs to. What the transaction has noted and not
//! written yet is written first, so that no statement can tell the difference.

/// Runs a statement and returns the number of rows it changed.
macro_rules! execute {
    ($scope:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $scope.settle().await {
            Err(error) => Err(error),
            Ok(()) => crate::store::macros::execute!(@ $scope, $sql $(, $bind)*),
        }
    };
    (@ $scope:expr, $sql:expr $(, $bind:expr)*) => {
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

/// Reads at most one row.
macro_rules! fetch_optional {
    ($scope:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $scope.settle().await {
            Err(error) => Err(error),
            Ok(()) => crate::store::macros::fetch_optional!(@ $scope, $row, $sql $(, $bind)*),
        }
    };
    (@ $scope:expr, $row:ty, $sql:expr $(, $bind:expr)*) => {
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
        match $scope.settle().await {
            Err(error) => Err(error),
            Ok(()) => crate::store::macros::fetch_all!(@ $scope, $row, $sql $(, $bind)*),
        }
    };
    (@ $scope:expr, $row:ty, $sql:expr $(, $bind:expr)*) => {
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

/// Reads every row that is about one of several keys, with a statement of [`several`](crate::store::several): the lists of keys
/// come after the organization, and before what else there is.
macro_rules! fetch_among {
    ($scope:expr, $row:ty, $name:ident, [$($keys:expr),+] $(, $bind:expr)* $(,)?) => {
        match $scope.settle().await {
            Err(error) => Err(error),
            Ok(()) => match &mut $scope.tx {
                crate::store::tx::Tx::Sqlite(tx) => {
                    sqlx::query_as::<_, $row>(crate::store::several::sqlite::$name)
                        .bind(&$scope.org)
                        $(.bind(crate::store::several::list($keys)))+
                        $(.bind($bind))*
                        .fetch_all(&mut **tx)
                        .await
                }
                crate::store::tx::Tx::Postgres(tx) => {
                    sqlx::query_as::<_, $row>(crate::store::several::postgres::$name)
                        .bind(&$scope.org)
                        $(.bind($keys))+
                        $(.bind($bind))*
                        .fetch_all(&mut **tx)
                        .await
                }
            }
            .map_err(crate::store::StoreError::from),
        }
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

pub(crate) use {execute, fetch_all, fetch_among, fetch_optional, row, statements};

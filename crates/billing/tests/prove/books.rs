//! Reads our books past the program, with statements that both engines understand.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

/// A connection to the books of one organization.
pub enum Books {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A row, every column of it as text.
pub type Row<const N: usize> = [Option<String>; N];

impl Books {
    pub async fn open(url: &str, organization: &str) -> Self {
        if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            sqlx::query("PRAGMA busy_timeout = 10000").execute(&mut connection).await.unwrap();
            return Self::Sqlite(connection);
        }
        let mut connection = PgConnection::connect(url).await.unwrap();
        for (name, value) in [("organization", organization), ("worker", "on")] {
            let act = sqlx::query("SELECT set_config($1, $2, false)");
            act.bind(format!("paydesk.{name}")).bind(value).execute(&mut connection).await.unwrap();
        }
        Self::Postgres(connection)
    }

    /// The rows of a table: these columns, of the rows that `rest` chooses.
    pub async fn rows<const N: usize>(&mut self, columns: [&str; N], rest: &str) -> Vec<Row<N>> {
        let columns: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
        let sql = AssertSqlSafe(format!("SELECT {} FROM {rest}", columns.join(", ")));
        match self {
            Self::Sqlite(connection) => {
                let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| std::array::from_fn(|at| row.get(at))).collect()
            }
            Self::Postgres(connection) => {
                let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| std::array::from_fn(|at| row.get(at))).collect()
            }
        }
    }

    /// How many rows there are.
    pub async fn count(&mut self, rest: &str) -> i64 {
        number(&self.rows(["COUNT(*)"], rest).await[0][0])
    }

    pub async fn execute(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(connection) => sqlx::query(sql).execute(connection).await.map(|_| ()),
            Self::Postgres(connection) => sqlx::query(sql).execute(connection).await.map(|_| ()),
        }
        .unwrap();
    }
}

/// A number, which is 0 where there is none.
pub fn number(text: &Option<String>) -> i64 {
    text.as_deref().map_or(0, |text| text.parse().unwrap())
}

/// A text, which is empty where there is none.
pub fn text(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

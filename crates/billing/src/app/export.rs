//! Everything that is stored of a client as one JSON file, for the client (across organizations), and for an organization (its own part).
//! It is written as it is read, a page at a time: no transaction waits for whoever reads it, and no more than a page is in memory.

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::app::authenticate::Client;
use crate::app::{App, AppError, text};
use crate::store::Tenant;
use crate::store::exports::{self, ExportPart, ExportRow};

/// What a file says it is. Fields and lists may be added under it; nothing is taken away or changes its meaning.
const WALLET_SCHEMA: &str = "paydesk-wallet-1";
const CLIENT_SCHEMA: &str = "paydesk-client-1";
/// How many rows are read at once.
const PAGE: i64 = 200;
/// How large a piece is at least, but for the last one, in bytes.
const PIECE_BYTES: usize = 16 * 1024;
/// How many pieces may wait for whoever reads them.
const WAITING_MAX: usize = 4;
/// How long one of them waits for that.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// A file on its way: its pieces, and at the end an error where it is not whole.
pub type Pieces = mpsc::Receiver<Result<Vec<u8>, std::io::Error>>;

/// Where a file goes.
struct Out {
    to: mpsc::Sender<Result<Vec<u8>, std::io::Error>>,
    piece: Vec<u8>,
}

/// Why a file is not whole.
enum Broken {
    /// Nobody reads it any more.
    Gone,
    /// It could not be read.
    Failed(AppError),
}

impl<E: Into<AppError>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What rows are read of.
enum Source {
    /// Of a login, through the organization whose page it is.
    Wallet { tenant: Tenant, login: String },
    /// Of an account.
    Account { tenant: Tenant, id: String },
}

impl App {
    /// Begins the file of everything that is stored of a client.
    #[must_use]
    pub fn export_wallet(&self, client: &Client) -> Pieces {
        let (app, client) = (self.clone(), client.clone());
        let (to, pieces) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            let mut out = Out { to, piece: Vec::new() };
            let written = app.write_wallet(&mut out, &client).await;
            out.end(written).await;
        });
        pieces
    }

    /// Begins the file of what an organization has of one of its clients.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn export_client(&self, tenant: &Tenant, id: &str) -> Result<Pieces, AppError> {
        tenant.read().await?.find_account(id).await?.ok_or_else(AppError::not_found)?;
        let head = self.head(CLIENT_SCHEMA);
        let account = Source::Account { tenant: tenant.clone(), id: id.to_owned() };
        let (to, pieces) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            let mut out = Out { to, piece: Vec::new() };
            let written = write_client(&mut out, &head, &account).await;
            out.end(written).await;
        });
        Ok(pieces)
    }

    fn head(&self, schema: &str) -> String {
        format!("{{\"schema\":\"{schema}\",\"exported_at\":\"{}\",", text::time(self.mint.now_ms()))
    }

    async fn write_wallet(&self, out: &mut Out, client: &Client) -> Result<(), Broken> {
        let login = client.session.login_id.clone();
        out.text(&self.head(WALLET_SCHEMA)).await?;
        let wallet = Source::Wallet { tenant: client.tenant.clone(), login: login.clone() };
        out.one(exports::LOGIN, &wallet).await?;
        out.text(",\"wallet\":{").await?;
        for (at, part) in exports::WALLET.into_iter().enumerate() {
            out.text(if at == 0 { "" } else { "," }).await?;
            out.list(part, &wallet).await?;
        }
        out.text("},\"accounts\":[").await?;
        let mut after = String::new();
        loop {
            let rows = wallet.page(exports::ACCOUNTS, &after).await?;
            let is_last = is_last(&rows);
            for row in rows {
                let tenant = self.tenant_of(row.text("organization"));
                let lost = || AppError::Inconsistent("an account of no organization".into());
                let tenant = tenant.ok_or_else(lost)?;
                let account = Source::Account { tenant, id: row.text("id").to_owned() };
                out.text(if after.is_empty() { "{" } else { ",{" }).await?;
                out.account(&account, &exports::CLIENTS_OWN).await?;
                out.text("}").await?;
                row.cursor().clone_into(&mut after);
            }
            if is_last {
                return out.text("]}\n").await;
            }
        }
    }
}

async fn write_client(out: &mut Out, head: &str, account: &Source) -> Result<(), Broken> {
    out.text(head).await?;
    out.account(account, &exports::ORGANIZATIONS_OWN).await?;
    out.text("}\n").await
}

fn is_last(rows: &[ExportRow]) -> bool {
    i64::try_from(rows.len()).is_ok_and(|read| read < PAGE)
}

impl Source {
    /// The next rows after a cursor, in a transaction of their own.
    async fn page(&self, part: ExportPart, after: &str) -> Result<Vec<ExportRow>, AppError> {
        match self {
            Self::Wallet { tenant, login } => {
                let mut tx = tenant.read().await?;
                tx.act_for_wallet(login).await?;
                Ok(tx.export_of_login(part, login, after, PAGE).await?)
            }
            Self::Account { tenant, id } => {
                Ok(tenant.read().await?.export_of_account(part, id, after, PAGE).await?)
            }
        }
    }
}

impl Out {
    async fn text(&mut self, text: &str) -> Result<(), Broken> {
        self.piece.extend_from_slice(text.as_bytes());
        if self.piece.len() < PIECE_BYTES {
            return Ok(());
        }
        self.send().await
    }

    async fn send(&mut self) -> Result<(), Broken> {
        let piece = Ok(std::mem::take(&mut self.piece));
        self.to.send_timeout(piece, PATIENCE).await.map_err(|_| Broken::Gone)
    }

    /// A field with one row, or null.
    async fn one(&mut self, part: ExportPart, source: &Source) -> Result<(), Broken> {
        let row = source.page(part, "").await?.into_iter().next();
        self.text(&format!("\"{}\":{}", part.name, row.map_or(Value::Null, told))).await
    }

    /// A field with a list of rows.
    async fn list(&mut self, part: ExportPart, source: &Source) -> Result<(), Broken> {
        self.text(&format!("\"{}\":[", part.name)).await?;
        let mut after = String::new();
        loop {
            let rows = source.page(part, &after).await?;
            let is_last = is_last(&rows);
            for row in rows {
                let between = if after.is_empty() { "" } else { "," };
                row.cursor().clone_into(&mut after);
                self.text(&format!("{between}{}", told(row))).await?;
            }
            if is_last {
                return self.text("]").await;
            }
        }
    }

    /// The fields about one account, without what surrounds them.
    async fn account(&mut self, account: &Source, besides: &[ExportPart]) -> Result<(), Broken> {
        self.one(exports::ACCOUNT, account).await?;
        for part in exports::SHARED.iter().chain(besides) {
            self.text(",").await?;
            self.list(*part, account).await?;
        }
        Ok(())
    }

    /// Sends what is left; or that the file is not whole, so that nobody takes it for one.
    async fn end(mut self, written: Result<(), Broken>) {
        match written {
            Ok(()) => {
                let _ = self.send().await;
            }
            Err(Broken::Gone) => {}
            Err(Broken::Failed(error)) => {
                tracing::error!(%error, "a client's data could not be read to its end");
                let _ = self.to.send(Err(std::io::Error::other("not whole"))).await;
            }
        }
    }
}

/// A row as it is told: times as RFC 3339, what is stored as JSON as JSON, and what is 0 or 1 as false or true.
fn told(row: ExportRow) -> Value {
    let mut fields = Map::new();
    for (name, value) in row.0 {
        let (name, value) = match (name.as_str(), &value) {
            ("cursor", _) => continue,
            ("is_default" | "plans_continue", Value::Number(number)) => {
                (name, Value::from(number.as_i64() == Some(1)))
            }
            (stored, Value::Number(number)) if stored.ends_with("_ms") => {
                let time = text::time(number.as_i64().unwrap_or_default());
                (stored.trim_end_matches("_ms").to_owned(), Value::from(time))
            }
            (stored, Value::String(json)) if stored.ends_with("_json") => {
                let read = serde_json::from_str(json).unwrap_or(Value::Null);
                (stored.trim_end_matches("_json").to_owned(), read)
            }
            (stored, Value::Null) => {
                (stored.trim_end_matches("_ms").trim_end_matches("_json").to_owned(), Value::Null)
            }
            _ => (name, value),
        };
        fields.insert(name, value);
    }
    Value::Object(fields)
}

//! Transactions, and the tenant that they belong to.

use paydesk_domain::id::OrganizationId;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::store::actor::Actor;
use crate::store::audit::NewAuditEntry;
use crate::store::db::Store;
use crate::store::dialect;
use crate::store::events::EventRow;
use crate::store::macros::{fetch_among, fetch_optional, row};
use crate::store::noted::Noted;
use crate::store::payments::Booking;
use crate::store::{StoreError, sql};

/// A transaction on either engine.
#[derive(Debug)]
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction that belongs to no organization: for the few doors that lead to one.
#[derive(Debug)]
pub(crate) struct DoorTx {
    pub(crate) tx: Tx,
}

/// One organization's part of the store. The only way to its rows.
#[derive(Clone, Debug)]
pub struct Tenant {
    store: Store,
    org: OrganizationId,
    actor: Actor,
}

/// A transaction of one organization.
#[derive(Debug)]
pub struct OrgTx {
    pub(crate) tx: Tx,
    /// The organization's id, as every statement binds it.
    pub(crate) org: String,
    /// Who acts.
    pub(crate) actor: Actor,
    /// What is written before anything else is asked.
    pub(crate) noted: Noted,
    /// What is told when it commits.
    pub(crate) told: Vec<EventRow>,
    /// What goes into the books when it commits.
    pub(crate) booked: Vec<Booking>,
    /// What goes into the audit log when it commits, and who did it.
    pub(crate) audited: Vec<(Actor, NewAuditEntry)>,
}

/// Which part of a list is wanted: newest first, after the row with the id `after`.
#[derive(Clone, Debug)]
pub struct Page {
    /// The last id of the page before, or empty.
    pub after: String,
    /// How many rows at most.
    pub limit: i64,
}

row! {
    /// A single id.
    IdRow {
        /// The id.
        id: String,
    }
}

impl Store {
    /// The part of one organization. Until [`Tenant::acting`] says otherwise, it is this program itself that acts.
    pub fn organization(&self, org: OrganizationId) -> Tenant {
        Tenant { store: self.clone(), org, actor: Actor::Worker }
    }

    /// Answers whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        let mut door = DoorTx { tx: self.begin_read().await? };
        fetch_optional!(door, IdRow, sql::PING)?;
        Ok(())
    }

    /// The settings that durability rests on, as the writing connection has them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn durability(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        let mut door = DoorTx { tx: self.begin_write().await? };
        let mut settings = Vec::new();
        for (name, sql) in dialect::durability(self.engine()) {
            let row = fetch_optional!(door, IdRow, *sql)?;
            settings.extend(row.map(|row| (*name, row.id)));
        }
        Ok(settings)
    }

    /// A transaction that claims work of every organization.
    pub(crate) async fn work_door(&self) -> Result<DoorTx, StoreError> {
        let mut door = DoorTx { tx: self.begin_write().await? };
        act_as(&mut door.tx, "paydesk.worker", "on").await?;
        Ok(door)
    }

    /// A transaction that writes what is a login's own, and belongs to no organization.
    pub(crate) async fn login_door(&self, login: &str) -> Result<DoorTx, StoreError> {
        let mut door = DoorTx { tx: self.begin_write().await? };
        act_as(&mut door.tx, "paydesk.login", login).await?;
        Ok(door)
    }

    /// A transaction with no organization, which sees only what `name` = `value` opens (PostgreSQL; on SQLite the
    /// statement's own `WHERE` does it alone).
    pub(crate) async fn door(&self, name: &'static str, value: &str) -> Result<DoorTx, StoreError> {
        let mut door = DoorTx { tx: self.begin_read().await? };
        act_as(&mut door.tx, name, value).await?;
        Ok(door)
    }
}

impl DoorTx {
    /// Nothing is noted in it that was not written.
    pub(crate) fn settle(&self) -> std::future::Ready<Result<(), StoreError>> {
        std::future::ready(Ok(()))
    }

    /// Makes everything done in it durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await
    }
}

impl Tx {
    async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Tenant {
    /// Which organization.
    pub fn id(&self) -> &OrganizationId {
        &self.org
    }

    /// The same part, for somebody: what is changed through it is put down to them in the audit log.
    #[must_use]
    pub fn acting(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// Begins to read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&self) -> Result<OrgTx, StoreError> {
        OrgTx::begin(self.store.begin_read().await?, self).await
    }

    /// Begins to write.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write(&self) -> Result<OrgTx, StoreError> {
        OrgTx::begin(self.store.begin_write().await?, self).await
    }
}

impl OrgTx {
    async fn begin(mut tx: Tx, tenant: &Tenant) -> Result<Self, StoreError> {
        let org = tenant.org.as_str();
        act_as(&mut tx, "paydesk.organization", org).await?;
        Ok(Self {
            tx,
            org: org.to_owned(),
            actor: tenant.actor.clone(),
            noted: Noted::default(),
            told: Vec::new(),
            booked: Vec::new(),
            audited: Vec::new(),
        })
    }

    /// From here on the transaction is another organization's, and its actor's: what a client does in their wallet is one thing, also
    /// where it concerns several. What was noted for the one before is written. Whoever turns to several does so in the order of their
    /// ids, so that two who do never wait for each other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn turn_to(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        self.settle().await?;
        self.append_booked().await?;
        self.append_told().await?;
        self.append_audited().await?;
        let org = tenant.org.as_str();
        act_as(&mut self.tx, "paydesk.organization", org).await?;
        org.clone_into(&mut self.org);
        self.actor = tenant.actor.clone();
        Ok(())
    }

    /// From here on it is this tenant's actor who changes something. The transaction stays the organization's that
    /// it is.
    pub fn act_by(&mut self, tenant: &Tenant) {
        debug_assert_eq!(self.org, tenant.org.as_str(), "a transaction belongs to one organization");
        self.actor = tenant.actor.clone();
    }

    /// From here on the transaction acts for a login as well: its wallet is in reach.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn act_for_login(&mut self, login: &str) -> Result<(), StoreError> {
        act_as(&mut self.tx, "paydesk.login", login).await
    }

    /// From here on the transaction acts for a client who looks after their wallet: what other organizations have to do with the
    /// wallet is in reach too, to be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn act_for_wallet(&mut self, login: &str) -> Result<(), StoreError> {
        act_as(&mut self.tx, "paydesk.wallet", login).await?;
        self.act_for_login(login).await
    }

    /// Which organization it belongs to.
    pub fn organization(&self) -> &str {
        &self.org
    }

    /// Waits for everybody else who is about to change what is paid of an invoice. Every transaction that decides
    /// about a charge takes this lock first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_invoice(&mut self, invoice: &str) -> Result<bool, StoreError> {
        self.lock_invoices(&[invoice]).await.map(|locked| locked == 1)
    }

    /// The same for several, and how many of them there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_invoices(&mut self, invoices: &[&str]) -> Result<usize, StoreError> {
        Ok(fetch_among!(self, IdRow, LOCK_INVOICES, [invoices])?.len())
    }

    /// Waits for everybody else who is about to change a wallet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_login(&mut self, login: &str) -> Result<bool, StoreError> {
        let sql = match &self.tx {
            Tx::Sqlite(_) => dialect::sqlite::LOCK_LOGIN,
            Tx::Postgres(_) => dialect::postgres::LOCK_LOGIN,
        };
        Ok(fetch_optional!(self, IdRow, sql, login)?.is_some())
    }

    /// Makes everything done in it durable, with what was noted for the books, the listeners and the audit log, or none
    /// of it.
    ///
    /// # Errors
    /// When the database fails: whether it was written is then unknown.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.settle().await?;
        self.append_booked().await?;
        self.append_told().await?;
        self.append_audited().await?;
        self.tx.commit().await
    }

    /// Tells every worker, when this commits, that there is something to do. A hint only: they look by themselves too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hint(&mut self) -> Result<(), StoreError> {
        if let Tx::Postgres(tx) = &mut self.tx {
            sqlx::query(dialect::postgres::HINT).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Gives up everything done in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.tx {
            Tx::Sqlite(tx) => tx.rollback().await?,
            Tx::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

/// Says for whom the transaction acts. Only PostgreSQL has a use for it.
async fn act_as(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(dialect::postgres::ACT_AS).bind(name).bind(value).execute(&mut **tx).await?;
    }
    Ok(())
}

//! Walks an organization's audit log and says whether it is whole, or which entry is the first that is not.
//!
//! The end of the chain is read first, and entries are looked at up to there: what is appended meanwhile is not in the
//! way. They are read a batch at a time, so that a long chain takes no more memory than a short one.

use std::collections::BTreeMap;

use paydesk_domain::id::OrganizationId;

use crate::app::AppError;
use crate::store::{AuditHead, AuditRow, BEFORE_THE_FIRST, Store, Tenant, entry_hash};

/// How many entries, or organizations, are read at a time.
const BATCH: i64 = 500;

/// Ends of chains that were written down earlier and kept elsewhere: the number of entries, and the hash of the last.
#[derive(Clone, Debug, Default)]
pub struct Anchors(BTreeMap<i64, String>);

impl Anchors {
    /// Adds an end. Answers false when another end with as many entries is there already: they cannot both be true.
    pub fn add(&mut self, entries: i64, head: &str) -> bool {
        self.0.entry(entries).or_insert_with(|| head.to_owned()) == head
    }
}

/// A chain that is whole, by its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// How many entries there are.
    pub entries: i64,
    /// The hash of the last one.
    pub head: String,
}

/// The first thing that is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The number of the entry that it is about; 0 when it is about the head alone.
    pub seq: i64,
    /// That entry's id, where there is one.
    pub id: Option<String>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The entry is not there, although one after it is, or the head counts it.
    Missing,
    /// The entry has a number that comes before every entry, or after the last one that the head counts.
    Surplus,
    /// The entry's hash is not that of its columns.
    Hash,
    /// The entry does not name the hash of the entry before it.
    Link,
    /// The head does not name the hash of the last entry.
    Head,
    /// The organization has no head.
    NoHead,
    /// At this entry the chain had another hash when its end was written down.
    Anchor,
    /// The chain had more entries when its end was written down.
    Shorter,
}

impl Wrong {
    /// One word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Surplus => "surplus",
            Self::Hash => "hash",
            Self::Link => "link",
            Self::Head => "head",
            Self::NoHead => "no_head",
            Self::Anchor => "anchor",
            Self::Shorter => "shorter",
        }
    }

    /// A sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Missing => "this entry is missing",
            Self::Surplus => "this entry lies outside of what the head counts",
            Self::Hash => "this entry's hash is not that of its columns",
            Self::Link => "this entry does not follow the one before it",
            Self::Head => "the head does not have this last entry's hash",
            Self::NoHead => "the organization has no head",
            Self::Anchor => "the chain had another hash here when its end was written down",
            Self::Shorter => "the chain had this many entries when its end was written down",
        }
    }
}

/// Verifies one organization's chain.
///
/// # Errors
/// When the database fails. That a chain is not whole is an answer, not an error.
pub async fn verify_chain(tenant: &Tenant, anchors: &Anchors) -> Result<Result<Whole, Flaw>, AppError> {
    let Some(head) = tenant.read().await?.audit_head().await? else {
        return Ok(Err(Flaw { seq: 0, id: None, wrong: Wrong::NoHead }));
    };
    let mut walk =
        Walk { org: tenant.id().as_str(), head: &head, anchors, seq: 0, hash: BEFORE_THE_FIRST.into() };
    // From the lowest number that there can be: an entry that was moved in front of the first is found as well.
    let mut after = i64::MIN;
    loop {
        let rows = tenant.read().await?.audit_after(after, BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in rows {
            // What was appended after the head was read is none of this walk's business.
            if walk.seq == head.entries && row.seq > head.last.unwrap_or_default() {
                return Ok(walk.finish());
            }
            if let Err(flaw) = walk.step(row) {
                return Ok(Err(flaw));
            }
        }
    }
    Ok(walk.finish())
}

/// Every organization's id, in batches: calls `each` with every one of them.
///
/// # Errors
/// When the database fails, or `each` does.
pub async fn every_organization<E: From<AppError>>(
    store: &Store,
    mut each: impl AsyncFnMut(OrganizationId) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let batch = store.organizations_after(&after, BATCH).await.map_err(AppError::from)?;
        let Some(last) = batch.last() else { return Ok(()) };
        after = last.as_str().to_owned();
        for organization in batch {
            each(organization).await?;
        }
    }
}

/// Calls `each` with every entry of a chain, in order, a batch at a time.
///
/// # Errors
/// When the database fails, or `each` does.
pub async fn every_entry<E: From<AppError>>(
    tenant: &Tenant,
    mut each: impl FnMut(AuditRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = i64::MIN;
    loop {
        let mut tx = tenant.read().await.map_err(AppError::from)?;
        let batch = tx.audit_after(after, BATCH).await.map_err(AppError::from)?;
        drop(tx);
        let Some(last) = batch.last() else { return Ok(()) };
        after = last.seq;
        batch.into_iter().try_for_each(&mut each)?;
    }
}

/// Where a walk along a chain has come to.
struct Walk<'a> {
    org: &'a str,
    head: &'a AuditHead,
    anchors: &'a Anchors,
    /// The number of the entry that was looked at last.
    seq: i64,
    /// Its hash.
    hash: String,
}

impl Walk<'_> {
    fn step(&mut self, row: AuditRow) -> Result<(), Flaw> {
        let expected = self.seq.saturating_add(1);
        let wrong = if row.seq < expected || expected > self.head.entries {
            Some(Wrong::Surplus)
        } else if row.seq > expected {
            return Err(Flaw { seq: expected, id: None, wrong: Wrong::Missing });
        } else if row.hash != entry_hash(self.org, &row) {
            Some(Wrong::Hash)
        } else if row.prev_hash != self.hash {
            Some(Wrong::Link)
        } else {
            self.unlike_anchor(expected, &row.hash).then_some(Wrong::Anchor)
        };
        match wrong {
            Some(wrong) => Err(Flaw { seq: row.seq, id: Some(row.id), wrong }),
            None => {
                (self.seq, self.hash) = (row.seq, row.hash);
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<Whole, Flaw> {
        let flaw = |seq, wrong| Err(Flaw { seq, id: None, wrong });
        if self.seq < self.head.entries {
            return flaw(self.seq.saturating_add(1), Wrong::Missing);
        }
        if self.hash != self.head.hash {
            return flaw(self.seq, Wrong::Head);
        }
        match self.anchors.0.last_key_value() {
            Some((entries, _)) if *entries > self.seq => flaw(*entries, Wrong::Shorter),
            _ => Ok(Whole { entries: self.seq, head: self.hash }),
        }
    }

    fn unlike_anchor(&self, seq: i64, hash: &str) -> bool {
        self.anchors.0.get(&seq).is_some_and(|anchor| anchor != hash)
    }
}

//! Mandates: what a payer agreed to be debited for. Never changed but for their end.

use crate::store::StoreError;
use crate::store::macros::{execute, fetch_all, fetch_optional, statements};
use crate::store::rows::MandateRow;
use crate::store::tx::{OrgTx, Page};

macro_rules! mandate_columns {
    () => {
        "id, login_id, account_id, method_id, kind, scope, holder_type, currency, amount_max, text_version, text_hash, text, \
         locale, accepted_at_ms, actor, address, user_agent, processor_reference, used_by, ended_at_ms, ended_because"
    };
}

statements! {
    INSERT_MANDATE = "INSERT INTO mandates (org_id, id, login_id, account_id, method_id, kind, scope, holder_type, currency, \
        amount_max, text_version, text_hash, text, locale, accepted_at_ms, actor, address, user_agent) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    FIND_MANDATE = concat!("SELECT ", mandate_columns!(), " FROM mandates WHERE org_id = $1 AND id = $2");
    STANDING_MANDATE = concat!("SELECT ", mandate_columns!(), " FROM mandates \
        WHERE org_id = $1 AND method_id = $2 AND scope = 'standing' AND ended_at_ms IS NULL");
    LIST_MANDATES = concat!("SELECT ", mandate_columns!(), " FROM mandates WHERE org_id = $1 AND ($2 = '' OR id < $2) \
        AND ($3 = '' OR account_id = $3) ORDER BY id DESC LIMIT $4");
    USE_MANDATE = "UPDATE mandates SET used_by = $3 WHERE org_id = $1 AND id = $2 AND (used_by IS NULL OR scope = 'standing')";
    NAME_MANDATE = "UPDATE mandates SET processor_reference = $3 \
        WHERE org_id = $1 AND id = $2 AND processor_reference IS NULL";
    STAND_FOR = "UPDATE mandates SET method_id = $3 WHERE org_id = $1 AND id = $2 AND method_id IS NULL";
    END_MANDATE = "UPDATE mandates SET ended_at_ms = $3, ended_because = $4 \
        WHERE org_id = $1 AND id = $2 AND ended_at_ms IS NULL";
    SAY_WHY_IT_ENDED = "UPDATE mandates SET ended_because = $3 \
        WHERE org_id = $1 AND id = $2 AND ended_because = 'processor'";
}

/// Which mandates are wanted. An empty filter lets everything through.
#[derive(Clone, Debug, Default)]
pub struct MandateFilter {
    /// Whose account it is.
    pub account: String,
}

impl OrgTx {
    /// Writes a mandate.
    ///
    /// # Errors
    /// When the database fails; a unique violation when the method has a standing one already.
    pub async fn insert_mandate(&mut self, row: MandateRow) -> Result<(), StoreError> {
        execute!(
            self,
            INSERT_MANDATE,
            &self.org,
            row.id,
            row.login_id,
            row.account_id,
            row.method_id,
            row.kind,
            row.scope,
            row.holder_type,
            row.currency,
            row.amount_max,
            row.text_version,
            row.text_hash,
            row.text,
            row.locale,
            row.accepted_at_ms,
            row.actor,
            row.address,
            row.user_agent
        )?;
        Ok(())
    }

    /// Finds a mandate.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_mandate(&mut self, id: &str) -> Result<Option<MandateRow>, StoreError> {
        fetch_optional!(self, MandateRow, FIND_MANDATE, &self.org, id)
    }

    /// The standing mandate of a saved bank account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing_mandate(&mut self, method: &str) -> Result<Option<MandateRow>, StoreError> {
        fetch_optional!(self, MandateRow, STANDING_MANDATE, &self.org, method)
    }

    /// Lists mandates, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_mandates(
        &mut self,
        page: &Page,
        filter: &MandateFilter,
    ) -> Result<Vec<MandateRow>, StoreError> {
        fetch_all!(self, MandateRow, LIST_MANDATES, &self.org, &page.after, &filter.account, page.limit)
    }

    /// Notes the debt that a one-time mandate is used for. The first one stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_mandate(&mut self, id: &str, origin: &str) -> Result<(), StoreError> {
        execute!(self, USE_MANDATE, &self.org, id, origin)?;
        Ok(())
    }

    /// Keeps what the processor calls a mandate. The first name stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn name_mandate(&mut self, id: &str, reference: &str) -> Result<(), StoreError> {
        execute!(self, NAME_MANDATE, &self.org, id, reference)?;
        Ok(())
    }

    /// Says which saved bank account a mandate stands for, once it is saved.
    ///
    /// # Errors
    /// When the database fails; a unique violation when that account has a standing one already.
    pub async fn stand_for(&mut self, id: &str, method: &str) -> Result<(), StoreError> {
        execute!(self, STAND_FOR, &self.org, id, method)?;
        Ok(())
    }

    /// Ends a mandate. Answers whether it was alive. One that the processor has ended without a word gets the reason that
    /// is told later, so that the order in which the two are heard does not matter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_mandate(&mut self, id: &str, because: &str, now_ms: i64) -> Result<bool, StoreError> {
        let ended = execute!(self, END_MANDATE, &self.org, id, now_ms, because)? == 1;
        if !ended {
            execute!(self, SAY_WHY_IT_ENDED, &self.org, id, because)?;
        }
        Ok(ended)
    }
}

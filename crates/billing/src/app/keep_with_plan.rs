//! A card that is kept for what it pays later, and is in no wallet: an admin entered it for a client who has never signed in.
//! It is charged for the planned payments of that purchase alone.

use paydesk_domain::id::PlanMethodId;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::confirm_checkout::with_method;
use crate::app::report::Report;
use crate::app::take_payment::method_of;
use crate::app::{App, AppError};
use crate::store::{AttemptRow, MethodRow, OrgTx, OrganizationRow, PlannedRow};

/// Where the new method of a try goes once that has succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// It was used once.
    Nowhere,
    /// Into the client's wallet.
    Wallet,
    /// Beside the plan that begins, for its payments alone.
    Plan,
}

impl Keeping {
    /// What was agreed to for a try's new method. Whoever agreed to anything and did not save it agreed to the plan's own text.
    pub(super) const fn of(row: &AttemptRow) -> Self {
        match (row.save, &row.consent_version) {
            (1, _) => Self::Wallet,
            (_, Some(_)) => Self::Plan,
            (_, None) => Self::Nowhere,
        }
    }

    /// Whether the processor keeps it for later charges.
    pub(super) const fn is_kept(self) -> bool {
        !matches!(self, Self::Nowhere)
    }
}

/// Whether this names a card that is kept for its plan, and not a saved method.
pub(super) fn is_kept_with_plan(method: Option<&str>) -> bool {
    method.is_some_and(|id| id.parse::<PlanMethodId>().is_ok())
}

/// A try without the plan's own text: nothing is paid later, so that nothing is kept.
pub(super) fn used_once(row: AttemptRow) -> AttemptRow {
    if Keeping::of(&row) != Keeping::Plan {
        return row;
    }
    AttemptRow {
        consent_version: None,
        consent_hash: None,
        consent_locale: None,
        consented_at_ms: None,
        consent_address: None,
        consent_user_agent: None,
        ..row
    }
}

impl App {
    /// Keeps the card of a try that has succeeded for what was agreed to with it, and answers with its id.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn keep_with_plan(
        &self,
        tx: &mut OrgTx,
        row: &AttemptRow,
        report: &Report,
    ) -> Result<String, AppError> {
        let admin = tx.find_payer(&row.id).await?.and_then(|payer| payer.admin_id);
        let lost = || AppError::Inconsistent("a card that a plan keeps, and no admin who let it".into());
        let method = method_of(row, report, self.mint.id(PlanMethodId::new)?.as_str().to_owned());
        let admin = admin.ok_or_else(lost)?;
        tx.insert_plan_method(&method, row, &admin, self.mint.now_ms()).await?;
        let detail = json!({
            "attempt": row.id,
            "login": row.login_id,
            "vault": row.vault,
            "consent_version": row.consent_version,
            "consent_hash": row.consent_hash,
            "accepted_at_ms": row.consented_at_ms,
            "admin": admin,
        });
        note(tx, &self.mint, Action::PlanMethodKept, &method.id, detail)?;
        Ok(method.id)
    }

    /// The charge of a planned payment with the facts of the card that is kept for it.
    ///
    /// # Errors
    /// A refusal of the card; when the database fails.
    pub(super) async fn with_kept(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        planned: &PlannedRow,
        row: AttemptRow,
    ) -> Result<AttemptRow, AppError> {
        let id = planned.method_id.as_deref().unwrap_or_default();
        let found = tx.plan_method_for(&planned.id, &organization.vault, id).await?;
        let permission = self.judge(organization, &row, found)?;
        Ok(with_method(row, permission.map_err(|why| why.refusal("payment_method"))?))
    }

    /// The card that is kept for what a charge is a part of, if it is such a charge.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn kept_for(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        row: &AttemptRow,
    ) -> Result<Option<MethodRow>, AppError> {
        let Some(planned) = tx.planned_of_attempt(&row.origin_id).await? else { return Ok(None) };
        let id = row.method_id.as_deref().unwrap_or_default();
        Ok(tx.plan_method_for(&planned.id, &organization.vault, id).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_to_decides_where_a_card_goes() {
        let agreed = |save, version: Option<&str>| AttemptRow {
            save,
            consent_version: version.map(str::to_owned),
            ..AttemptRow::default()
        };
        assert_eq!(Keeping::of(&agreed(0, None)), Keeping::Nowhere);
        assert_eq!(Keeping::of(&agreed(1, Some("save-card-1"))), Keeping::Wallet);
        let plan = agreed(0, Some("plan-card-for-client-1"));
        assert_eq!(Keeping::of(&plan), Keeping::Plan);
        assert_eq!(Keeping::of(&used_once(plan)), Keeping::Nowhere);
        let saved = agreed(1, Some("save-card-1"));
        assert_eq!(used_once(saved.clone()), saved);
    }

    #[test]
    fn a_kept_card_is_no_saved_method() {
        assert!(is_kept_with_plan(Some("plm_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")));
        for other in [None, Some("pm_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"), Some("plm_"), Some("")] {
            assert!(!is_kept_with_plan(other), "{other:?}");
        }
    }
}

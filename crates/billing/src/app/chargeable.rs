//! Whether a saved method may be charged now: it is authorized, neither expired nor blocked, and pays in the currency. Asked
//! when a charge is written, and again when it is sent: what was permitted then may have ended since.

use std::collections::BTreeSet;

use paydesk_domain::money::Currency;
use paydesk_domain::wire::error::ErrorCode;

use crate::app::charge_backup::is_backup;
use crate::app::keep_with_plan::is_kept_with_plan;
use crate::app::{App, AppError, view};
use crate::store::{AttemptRow, MethodRow, OrgTx, OrganizationRow};

/// Why a saved method may not be charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotChargeable {
    /// There is no such method that this organization may charge.
    Unknown,
    /// The card's month is over.
    Expired,
    /// A return has ended debits of this account.
    Blocked,
    /// Its bank has closed the card.
    Closed,
    /// It does not pay in this currency.
    OtherCurrency,
}

/// What a charge rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The client's permission, which must stand.
    Permission,
    /// What was agreed to while it stood: that goes on where the client let it when they ended the permission.
    Plan,
}

/// A saved method that may be charged, or why it may not be.
pub type Permission = Result<MethodRow, NotChargeable>;

impl NotChargeable {
    /// The reason as it is stored with an attempt.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "not_authorized",
            Self::Expired => "method_expired",
            Self::Blocked => "method_blocked",
            Self::Closed => "method_closed",
            Self::OtherCurrency => "other_currency",
        }
    }

    /// The refusal of a request that named the method in `param`.
    pub fn refusal(self, param: &'static str) -> AppError {
        let (code, detail) = match self {
            Self::Unknown => {
                (ErrorCode::MethodUnknown, "There is no such saved method that may be charged here.")
            }
            Self::Expired => (ErrorCode::MethodExpired, "This card has expired: pay with another one."),
            Self::Blocked => {
                (ErrorCode::MethodBlocked, "This bank account takes no more debits: pay with another method.")
            }
            Self::Closed => {
                (ErrorCode::MethodBlocked, "The bank has closed this card: pay with another method.")
            }
            Self::OtherCurrency => {
                (ErrorCode::BankDebitUnavailable, "This kind of account does not pay in this currency.")
            }
        };
        AppError::param(code, param, detail)
    }
}

impl App {
    /// The saved method with this id, if it may be charged for `row`.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn chargeable(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        row: &AttemptRow,
        method: &str,
        ground: Ground,
    ) -> Result<Permission, AppError> {
        let found = match tx.find_method(&row.login_id, &organization.vault, method).await? {
            None if ground == Ground::Plan => {
                tx.act_for_login(&row.login_id).await?;
                let going_on = tx.methods_of_plans(&row.login_id, &organization.vault).await?;
                going_on.into_iter().find(|found| found.id == method)
            }
            found => found,
        };
        self.judge(organization, row, found)
    }

    /// The same for the methods that attempts charge already, by the processor's names for them: they may have been saved
    /// by the attempts that these repeat, and other cards may have taken their places since. What a plan keeps is found for its own
    /// payments alone.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn still_chargeable(
        &self,
        tx: &mut OrgTx,
        rows: &[AttemptRow],
    ) -> Result<Vec<Permission>, AppError> {
        let organization = tx.find_organization().await?.ok_or_else(AppError::not_found)?;
        let logins: BTreeSet<&str> = rows.iter().map(|row| row.login_id.as_str()).collect();
        let methods = tx.list_methods(&Vec::from_iter(logins), &organization.vault).await?;
        let mut permissions = Vec::with_capacity(rows.len());
        for row in rows {
            if is_kept_with_plan(row.method_id.as_deref()) {
                let found = self.kept_for(tx, &organization, row).await?;
                permissions.push(self.judge(&organization, row, found)?);
                continue;
            }
            if is_backup(row) {
                permissions.push(self.still_backed_up(tx, &organization, row).await?);
                continue;
            }
            let reference = row.processor_method.as_deref().unwrap_or_default();
            let wallet = || methods.iter().filter(|method| method.login_id == row.login_id);
            let found = match wallet().find(|method| method.reference == reference) {
                None => {
                    tx.act_for_login(&row.login_id).await?;
                    let vault = &organization.vault;
                    let replaced = tx.method_replacing(&row.login_id, vault, reference).await?;
                    let is_meant = |method: &MethodRow| {
                        method.reference == reference || replaced.as_ref() == Some(&method.id)
                    };
                    match wallet().find(|method| is_meant(method)) {
                        None if tx.planned_of_attempt(&row.origin_id).await?.is_some() => {
                            let going_on = tx.methods_of_plans(&row.login_id, vault).await?;
                            going_on.into_iter().find(|method| is_meant(method))
                        }
                        found => found.cloned(),
                    }
                }
                found => found.cloned(),
            };
            permissions.push(self.judge(&organization, row, found)?);
        }
        Ok(permissions)
    }

    /// Whether a method that was found may be charged for `row`.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub(super) fn judge(
        &self,
        organization: &OrganizationRow,
        row: &AttemptRow,
        found: Option<MethodRow>,
    ) -> Result<Permission, AppError> {
        let Some(method) = found else {
            return Ok(Err(NotChargeable::Unknown));
        };
        let currency: Currency =
            row.currency.parse().map_err(|_| AppError::Inconsistent("an unknown currency".into()))?;
        if view::is_expired(&method, view::today(organization, self.mint.now())?) {
            return Ok(Err(NotChargeable::Expired));
        }
        if method.blocked_by.is_some() {
            return Ok(Err(NotChargeable::Blocked));
        }
        if method.closed_at_ms.is_some() {
            return Ok(Err(NotChargeable::Closed));
        }
        if !view::kind(&method.kind)?.pays_in(currency) {
            return Ok(Err(NotChargeable::OtherCurrency));
        }
        Ok(Ok(method))
    }
}

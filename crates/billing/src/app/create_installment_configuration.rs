//! Makes an installment configuration: the ways in which some of what an organization sells may be paid in parts.

use paydesk_domain::id::InstallmentConfigurationId;
use serde_json::json;

use crate::app::audit::{Action, note};
use crate::app::read_installment_configurations::view;
use crate::app::{App, AppError, plan_terms, text};
use crate::store::{ConfigurationRow, OrgTx};
use crate::wire::{InstallmentConfigurationView, NewInstallmentConfiguration};

impl App {
    /// Makes a configuration.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub async fn create_installment_configuration(
        &self,
        mut tx: OrgTx,
        new: NewInstallmentConfiguration,
    ) -> Result<(OrgTx, InstallmentConfigurationView), AppError> {
        let name = text::required("name", &new.name, 200)?;
        plan_terms::configuration(&new.options)?;
        let row = ConfigurationRow {
            id: self.mint.id(InstallmentConfigurationId::new)?.as_str().to_owned(),
            name,
            options: plan_terms::stored(&new.options),
            created_at_ms: self.mint.now_ms(),
        };
        tx.insert_configuration(&row).await?;
        let detail = json!({"options": new.options.len()});
        note(&mut tx, &self.mint, Action::ConfigurationCreated, &row.id, detail)?;
        let view = view(row)?;
        Ok((tx, view))
    }
}

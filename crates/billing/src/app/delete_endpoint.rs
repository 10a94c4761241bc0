//! Deletes a webhook endpoint, with its secrets and its deliveries. The events stay.

use crate::app::{App, AppError};
use crate::store::OrgTx;
use crate::wire::webhooks::DeletedEndpoint;

impl App {
    /// Deletes an endpoint. What is on its way to it at this moment may still arrive.
    ///
    /// # Errors
    /// `not_found`; when the database fails.
    pub async fn delete_endpoint(
        &self,
        mut tx: OrgTx,
        id: &str,
    ) -> Result<(OrgTx, DeletedEndpoint), AppError> {
        if !tx.lock_endpoint(id).await? {
            return Err(AppError::not_found());
        }
        tx.delete_endpoint(id).await?;
        Ok((tx, DeletedEndpoint { id: id.to_owned(), deleted: true }))
    }
}

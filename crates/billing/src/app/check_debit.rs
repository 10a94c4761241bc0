//! Asks the processor about a debit of which nothing was heard: a webhook that never came must not leave it hanging.

use crate::app::report::Report;
use crate::app::{App, AppError, millis};
use crate::store::Tenant;
use paydesk_domain::attempt::{AttemptEvent, ProcessorReference};

impl App {
    /// Asks about the debit of a payment, if that is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_debit(&self, tenant: &Tenant, id: &str) -> Result<(), AppError> {
        let now = self.mint.now_ms();
        let next = now.saturating_add(millis(self.settings.debit_check_every));
        let mut tx = tenant.write().await?;
        if !tx.postpone_check(id, next, now).await? {
            return Ok(());
        }
        let Some(payment) = tx.find_payment(id).await? else {
            return Ok(());
        };
        tx.commit().await?;
        let asked = self.processor.debit_news(&payment.processor_reference);
        match tokio::time::timeout(self.settings.call_timeout, asked).await {
            Ok(Ok(Some(event))) => {
                let known = AttemptEvent::Succeed(ProcessorReference(payment.processor_reference));
                self.apply_report(tenant, &payment.attempt_id, Report::from(known).with_debit(Some(event)))
                    .await?;
            }
            Ok(Ok(None)) if payment.checks >= self.settings.debit_checks_max => {
                let mut tx = tenant.write().await?;
                if let Some(attempt) = tx.find_attempt(&payment.attempt_id).await? {
                    self.open_item(&mut tx, "debit_overdue", &attempt, None).await?;
                    tx.commit().await?;
                }
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::warn!(payment = id, %error, "a debit could not be asked about"),
            Err(_) => tracing::warn!(payment = id, "a debit could not be asked about in time"),
        }
        Ok(())
    }
}

//! How a line of a new invoice may be paid: in installments, or again in every period of a subscription.

use paydesk_domain::plan::SubscriptionError;

use crate::app::{App, AppError, plan_terms, text, view};
use crate::store::{ItemTermsRow, OrgTx, OrganizationRow};
use crate::wire::NewItem;

/// The terms of a line, and what the line is then over.
#[derive(Debug)]
pub(super) struct LineTerms {
    /// The terms, if there are any.
    pub(super) row: Option<ItemTermsRow>,
    /// Minor units: of a subscription, its first charge.
    pub(super) amount: i64,
}

impl App {
    /// Reads the terms of a line that `param` names.
    ///
    /// # Errors
    /// A refusal that names the field; when the database fails.
    pub(super) async fn line_terms(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        param: &str,
        item: &NewItem,
        id: &str,
    ) -> Result<LineTerms, AppError> {
        let amount = item.amount;
        let field = |name: &str| format!("{param}.{name}");
        let ends_on =
            item.ends_on.as_deref().map(|day| text::read_date(field("ends_on"), day)).transpose()?;
        let row = ItemTermsRow {
            item_id: id.to_owned(),
            ends_on: ends_on.map(|day| day.to_string()),
            ..ItemTermsRow::default()
        };
        match (&item.installment_configuration, &item.subscription) {
            (None, None) if ends_on.is_some() => {
                let detail = "Only installments end with an activity: name an installment_configuration.";
                Err(AppError::invalid(field("ends_on"), detail))
            }
            (None, None) => Ok(LineTerms { row: None, amount }),
            (Some(configuration), None) => {
                if tx.find_configuration(configuration).await?.is_none() {
                    let detail = "There is no such installment configuration of yours.";
                    return Err(AppError::invalid(field("installment_configuration"), detail));
                }
                let row = ItemTermsRow { configuration_id: Some(configuration.clone()), ..row };
                Ok(LineTerms { row: Some(row), amount })
            }
            (None, Some(terms)) if ends_on.is_none() && amount > 0 => {
                let subscription = plan_terms::subscription(&field("subscription"), terms)?;
                let today = view::today(organization, self.mint.now())?;
                let begun = subscription.begin(amount, today).map_err(|error| {
                    let at_fault = match error {
                        SubscriptionError::AnchorTooFar => "subscription.anchor",
                        SubscriptionError::Over => "subscription.ends_on",
                        SubscriptionError::OutOfCalendar(_) => "subscription",
                    };
                    AppError::invalid(field(at_fault), error.to_string())
                })?;
                let row = ItemTermsRow {
                    subscription: Some(plan_terms::stored(terms)),
                    price: Some(amount),
                    ..row
                };
                Ok(LineTerms { row: Some(row), amount: begun.first_amount })
            }
            (_, Some(_)) => {
                let detail = "A subscription has an amount above zero, its own ends_on and no installment_configuration.";
                Err(AppError::invalid(field("subscription"), detail))
            }
        }
    }
}

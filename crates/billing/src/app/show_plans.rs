//! The ways to pay as the payer sees them: every payment with its day, and which saved cards do not live that long.

use jiff::civil::Date;
use paydesk_domain::card::Expiry;
use paydesk_domain::plan::expires_before;
use paydesk_domain::wire::billing::MethodView;
use paydesk_domain::wire::plans::{
    ExpiringView, PlanOptionView, PlannedView, PlansView, SubscriptionOfferView,
};

use crate::app::offer_plans::Offer;
use crate::app::plan_terms::AgreedSubscription;
use crate::app::{App, AppError};
use crate::store::{InvoiceRow, OrgTx, OrganizationRow};

impl App {
    /// The ways to pay an invoice; `None` where there is none but the full price at once.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn show_plans(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        invoice: &InvoiceRow,
        cards: &[MethodView],
    ) -> Result<Option<PlansView>, AppError> {
        let Some(offers) = self.offers(tx, organization, invoice).await? else { return Ok(None) };
        let options: Result<Vec<_>, _> = offers.into_iter().map(|offer| option(offer, cards)).collect();
        Ok(Some(PlansView { options: options? }))
    }
}

fn option(offer: Offer, cards: &[MethodView]) -> Result<PlanOptionView, AppError> {
    let needs_saved_method = offer.needs_saved_method();
    let subscriptions: Result<Vec<_>, _> = offer.subscriptions.iter().map(subscription).collect();
    let subscriptions = subscriptions?;
    let first = offer.subscriptions.into_iter().filter_map(|begins| begins.first);
    let mut payments: Vec<PlannedView> = offer
        .later
        .into_iter()
        .chain(first)
        .map(|later| PlannedView { amount: later.amount(), due_on: later.due_on })
        .collect();
    // Days that are written in this way sort as they are.
    payments.sort_by(|a, b| a.due_on.cmp(&b.due_on));
    let recurring = subscriptions.iter().filter_map(|subscription| subscription.next_on.as_ref());
    let days: Vec<Date> = payments
        .iter()
        .map(|payment| &payment.due_on)
        .chain(recurring)
        .filter_map(|day| day.parse().ok())
        .collect();
    Ok(PlanOptionView {
        id: offer.id,
        due_now: offer.due_now,
        total: payments.iter().map(|payment| payment.amount).fold(offer.due_now, i64::saturating_add),
        expiring: cards.iter().filter_map(|card| expiring(card, &days)).collect(),
        payments,
        subscriptions,
        needs_saved_method,
        schedule_hash: offer.hash,
    })
}

fn subscription(begins: &AgreedSubscription) -> Result<SubscriptionOfferView, AppError> {
    Ok(SubscriptionOfferView {
        description: begins.description.clone(),
        amount: begins.price,
        interval_unit: begins.unit.clone(),
        interval_count: begins.every,
        first_amount: begins.first_amount,
        first_on: begins.first.as_ref().map(|first| first.due_on.clone()),
        next_on: begins.charged_on(1)?.map(|day| day.to_string()),
        ends_on: begins.ends_on.clone(),
    })
}

fn expiring(card: &MethodView, days: &[Date]) -> Option<ExpiringView> {
    let expiry = Expiry::new(card.exp_year, card.exp_month).ok()?;
    let missed_on = expires_before(expiry, days.iter().copied())?;
    Some(ExpiringView { method: card.id.clone(), missed_on: missed_on.to_string() })
}

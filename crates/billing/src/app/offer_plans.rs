//! The ways in which an invoice may be paid today, each with all that it costs and when: what the payer is shown, and what
//! a confirm is held to.

use jiff::civil::Date;
use paydesk_domain::plan::{Begun, Item, NotOffered, Part, Schedule, Subscription};
use paydesk_domain::wire::plans::SavedMethodReason;

use crate::app::plan_terms::{
    AgreedPayment, AgreedSubscription, Line, configuration, read_stored, subscription, sum,
};
use crate::app::{App, AppError, view};
use crate::secret::spelled_sha256;
use crate::store::{InvoiceRow, ItemRow, ItemTermsRow, OrgTx, OrganizationRow, PlanRow};
use crate::wire::SubscriptionTerms;

/// The name of the way to pay that is always there.
pub(super) const FULL: &str = "full";

/// One way to pay.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// `full`, or `icf_…/` and the place of the option, from 1.
    pub(super) id: String,
    /// What is due at checkout, minor units.
    pub(super) due_now: i64,
    /// Which lines that pays; empty for an ordinary payment, which pays the top line first.
    pub(super) now: Vec<Line>,
    /// What is paid later, in the order of the days, but for subscriptions.
    pub(super) later: Vec<AgreedPayment>,
    /// The subscriptions that begin with it.
    pub(super) subscriptions: Vec<AgreedSubscription>,
    /// Stands for all of it.
    pub(super) hash: String,
}

impl Offer {
    /// Why a saved method is needed, if it is.
    pub(super) fn needs_saved_method(&self) -> Option<SavedMethodReason> {
        if !self.later.is_empty() {
            Some(SavedMethodReason::Installments)
        } else if !self.subscriptions.is_empty() {
            Some(SavedMethodReason::Subscription)
        } else {
            None
        }
    }
}

/// A line of the invoice with what may be done with it.
struct OpenLine {
    row: ItemRow,
    open: i64,
    terms: Option<ItemTermsRow>,
    begins: Option<AgreedSubscription>,
}

impl OpenLine {
    /// As the rules see it. A subscription that is charged later is not paid with the rest.
    fn item(&self, configuration: Option<&str>) -> Item {
        let terms = self.terms.as_ref();
        let is_later = self.begins.as_ref().is_some_and(|begins| begins.first.is_some());
        Item {
            open: if is_later { 0 } else { self.open },
            is_eligible: configuration.is_some()
                && terms.and_then(|terms| terms.configuration_id.as_deref()) == configuration,
            ends_on: terms.and_then(|terms| terms.ends_on.as_ref()?.parse().ok()),
        }
    }
}

impl App {
    /// The ways in which an invoice may be paid today, the full price first. `None` where there is no other than that, and
    /// none at all when a subscription on it can no longer begin as it was meant.
    ///
    /// # Errors
    /// When the database fails or contradicts itself.
    pub(super) async fn offers(
        &self,
        tx: &mut OrgTx,
        organization: &OrganizationRow,
        invoice: &InvoiceRow,
    ) -> Result<Option<Vec<Offer>>, AppError> {
        let terms = tx.list_item_terms(&invoice.id).await?;
        if terms.is_empty() {
            return Ok(None);
        }
        let plans = tx.plans_of_invoice(&invoice.id).await?;
        let today = view::today(organization, self.mint.now())?;
        let days = Days { today, invoiced_on: view::day_of(organization, invoice.created_at_ms)? };
        let items = tx.list_items(&invoice.id).await?;
        let Some(lines) = open_lines(items, terms, &plans, &days)? else {
            return Ok(Some(Vec::new()));
        };
        let begins_subscriptions = lines.iter().any(|line| line.begins.is_some());
        if !begins_subscriptions && (invoice.pending > 0 || has_installments(&plans)) {
            return Ok(Some(vec![ordinary(invoice)]));
        }
        if invoice.pending > 0 {
            return Ok(Some(Vec::new()));
        }
        let mut offers = if begins_subscriptions {
            let items: Vec<Item> = lines.iter().map(|line| line.item(None)).collect();
            vec![offer(FULL.to_owned(), invoice, &lines, &Schedule::in_full(&items))]
        } else {
            vec![ordinary(invoice)]
        };
        if !has_installments(&plans) {
            offers.extend(installments(tx, invoice, &lines, today).await?);
        }
        Ok(Some(offers))
    }
}

struct Days {
    today: Date,
    /// What is prorated was reckoned for this day.
    invoiced_on: Date,
}

fn has_installments(plans: &[PlanRow]) -> bool {
    plans
        .iter()
        .any(|plan| plan.kind == "installments" && (plan.status == "active" || plan.status == "pending"))
}

/// The lines with the subscriptions that they begin, those left out that have begun before. `None` when one can no longer
/// begin as it was meant.
fn open_lines(
    items: Vec<ItemRow>,
    mut terms: Vec<ItemTermsRow>,
    plans: &[PlanRow],
    days: &Days,
) -> Result<Option<Vec<OpenLine>>, AppError> {
    let mut lines = Vec::with_capacity(items.len());
    for row in items {
        let open = row.amount.saturating_sub(row.covered).max(0);
        let place = terms.iter().position(|terms| terms.item_id == row.id);
        let terms = place.map(|place| terms.swap_remove(place));
        let has_begun = plans.iter().any(|plan| plan.item_id.as_ref() == Some(&row.id));
        let begins = match terms.as_ref().and_then(|terms| Some((terms.subscription.as_ref()?, terms.price?)))
        {
            Some((stored, price)) if !has_begun => {
                let stored: SubscriptionTerms = read_stored(stored)?;
                let Some(begins) = begin(&stored, price, &row, open, days)? else { return Ok(None) };
                Some(begins)
            }
            _ => None,
        };
        lines.push(OpenLine { row, open, terms, begins });
    }
    Ok(Some(lines))
}

/// How a subscription begins today. `None` when it can no longer: the period that its line is for is over.
fn begin(
    terms: &SubscriptionTerms,
    price: i64,
    row: &ItemRow,
    open: i64,
    days: &Days,
) -> Result<Option<AgreedSubscription>, AppError> {
    let odd = |_| AppError::Inconsistent("a subscription that cannot be read".into());
    let rules: Subscription = subscription("subscription", terms).map_err(odd)?;
    let purchase = if rules.anchor.is_some() { days.invoiced_on } else { days.today };
    let Ok(Begun { first_on, first_amount, recurrence, next }) = rules.begin(price, purchase) else {
        return Ok(None);
    };
    let Ok(next_on) = rules.charged_on(&recurrence, next) else { return Ok(None) };
    if [first_on, next_on].into_iter().flatten().any(|day| day <= days.today) {
        return Ok(None);
    }
    let first = first_on.map(|day| AgreedPayment {
        due_on: day.to_string(),
        lines: vec![Line { item: row.id.clone(), amount: open }],
    });
    Ok(Some(AgreedSubscription {
        item: row.id.clone(),
        description: row.description.clone(),
        participant: row.participant.clone(),
        price,
        unit: rules.interval.unit().as_str().to_owned(),
        every: rules.interval.every(),
        anchor: rules.anchor.unwrap_or(purchase).to_string(),
        first: first.filter(|first| first.amount() > 0),
        first_amount,
        next,
        ends_on: rules.ends_on.map(|day| day.to_string()),
    }))
}

/// Each option of each configuration that a line names, in the order of the lines.
async fn installments(
    tx: &mut OrgTx,
    invoice: &InvoiceRow,
    lines: &[OpenLine],
    today: Date,
) -> Result<Vec<Offer>, AppError> {
    let mut named: Vec<&str> = Vec::new();
    for id in lines.iter().filter_map(|line| line.terms.as_ref()?.configuration_id.as_deref()) {
        if !named.contains(&id) {
            named.push(id);
        }
    }
    let mut offers = Vec::new();
    for id in named {
        let lost = || AppError::Inconsistent("a line whose configuration is gone".into());
        let stored = tx.find_configuration(id).await?.ok_or_else(lost)?;
        let rules = configuration(&read_stored::<Vec<_>>(&stored.options)?)
            .map_err(|_| AppError::Inconsistent("a configuration that cannot be read".into()))?;
        let items: Vec<Item> = lines.iter().map(|line| line.item(Some(id))).collect();
        for (place, option) in (1..).zip(rules.options()) {
            match option.schedule(&items, today) {
                Ok(schedule) => offers.push(offer(format!("{id}/{place}"), invoice, lines, &schedule)),
                Err(NotOffered::NothingLater | NotOffered::OutOfCalendar(_)) => {}
            }
        }
    }
    Ok(offers)
}

/// Everything that is payable, at once and with nothing after it.
fn ordinary(invoice: &InvoiceRow) -> Offer {
    let mut offer = offer(FULL.to_owned(), invoice, &[], &Schedule::default());
    offer.due_now = view::payable_now(invoice);
    Offer { hash: hash(invoice, &offer), ..offer }
}

fn offer(id: String, invoice: &InvoiceRow, lines: &[OpenLine], schedule: &Schedule) -> Offer {
    let line = |part: &Part| {
        lines.get(part.item).map(|line| Line { item: line.row.id.clone(), amount: part.amount })
    };
    let now: Vec<Line> = schedule.now.iter().filter_map(line).collect();
    let later = schedule.later.iter().map(|later| AgreedPayment {
        due_on: later.on.to_string(),
        lines: later.parts.iter().filter_map(line).collect(),
    });
    let offer = Offer {
        id,
        due_now: sum(&now),
        now,
        later: later.collect(),
        subscriptions: lines.iter().filter_map(|line| line.begins.clone()).collect(),
        hash: String::new(),
    };
    Offer { hash: hash(invoice, &offer), ..offer }
}

/// Stands for what the payer is shown: any other day, amount, line or period gives another one. It travels back in a confirm,
/// and so it is 128 bits of a SHA-256 in letters, like an id: no run of digits can be taken for a card number.
fn hash(invoice: &InvoiceRow, offer: &Offer) -> String {
    let terms = (&offer.now, &offer.later, &offer.subscriptions);
    let terms = serde_json::to_string(&terms).unwrap_or_default();
    let Offer { id, due_now, .. } = offer;
    spelled_sha256(format!("{}\n{}\n{id}\n{due_now}\n{terms}", invoice.id, invoice.currency).as_bytes())
}

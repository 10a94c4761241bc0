//! The ways to pay, and every payment of the chosen one with its day, before anything is agreed to.

use paydesk_domain::wire::billing::CheckoutView;
use paydesk_domain::wire::plans::{PlanOptionView, PlannedView, SubscriptionOfferView};

use super::Cx;
use super::markup::{Out, attr, attrs, fixed, when};
use super::parts::{figure, line};
use crate::i18n::{between, decimal, fill};

/// The name of the group of radio buttons.
pub(super) const GROUP: &str = "plan";
/// So many payments are listed at once; more of them on demand, unless it is one more.
const LISTED: usize = 3;
/// So many different amounts are told in a summary.
const AMOUNTS_MAX: usize = 3;

/// What there is to choose from, and what the choice comes to. Where there is only one way, it is told all the same when
/// anything is paid later.
pub(super) fn plans(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let Some(chosen) = cx.state.option() else {
        return out.nothing();
    };
    let options = view.plans.as_ref().map_or(&[][..], |plans| &plans.options);
    let has_choice = options.len() > 1;
    if !has_choice && chosen.needs_saved_method.is_none() {
        return out.nothing();
    }
    out.el("fieldset", "", |out| {
        out.el_say("legend", "", if has_choice { cx.t.plan_how() } else { cx.t.plan_one() });
        if !has_choice {
            return schedule(out, cx, chosen);
        }
        out.el("div", "group", |out| {
            for option in options {
                row(out, cx, option, option.id == chosen.id);
            }
        });
    });
}

/// What the button to pay says.
pub(super) fn pay_label(cx: &Cx<'_>, view: &CheckoutView) -> String {
    let due = cx.state.due_now();
    if cx.state.is_covered() {
        return fill(cx.t.pay_credit(), &[&money(cx, cx.state.credit_used())]);
    }
    let text = match cx.state.needs_saved() {
        Some(_) if due == 0 => cx.t.pay_nothing(),
        _ if cx.state.form.asks.is_update() => cx.t.update_pay(),
        None => cx.t.pay(),
        Some(_) => cx.t.pay_now(),
    };
    fill(text, &[&cx.locale.money(due, &view.invoice.currency)])
}

/// What is said when a way to pay was chosen: what it comes to now, what it asks for, and what to look out for.
pub(super) fn spoken(cx: &Cx<'_>) -> String {
    let Some(view) = cx.state.view() else {
        return String::new();
    };
    let why = cx.state.needs_saved().map_or("", |_| why(cx));
    [&pay_label(cx, view), ". ", why, " ", &warning(cx)].concat()
}

/// That the chosen card does not live to all payments; empty when it does.
pub(super) fn warning(cx: &Cx<'_>) -> String {
    cx.state.missed().map_or_else(String::new, |day| fill(cx.t.expiring_more(), &[&cx.locale.date(day)]))
}

/// The same beside a saved card.
pub(super) fn expiring(cx: &Cx<'_>, method: &str) -> String {
    cx.state.missed_by(method).map_or_else(String::new, |day| fill(cx.t.expiring(), &[&cx.locale.date(day)]))
}

/// What comes after the payment that was made.
pub(super) fn next(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    if let Some(next) = cx.state.next_payment() {
        let amount = cx.locale.money(next.amount, &view.invoice.currency);
        figure(out, "", cx.t.next_payment(), &between(&cx.locale.date(&next.due_on), " · ", &amount));
    }
}

/// That the client has to take over what comes after, which is charged to a card that is kept for it alone.
pub(super) fn follow_up(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    if let (true, Some(acting)) = (cx.state.has_follow_up(), &view.acting) {
        out.el_fill("p", "notice", cx.t.follow_up(), &[&acting.client]);
    }
}

/// Why a saved method is needed: the payer of installments or of a subscription is not there for the later payments.
fn why(cx: &Cx<'_>) -> &'static str {
    if cx.state.cannot_save() {
        return cx.t.needs_saved();
    }
    if cx.state.keeps() { cx.t.why_kept() } else { cx.t.why_saved() }
}

fn row(out: &mut Out, cx: &Cx<'_>, option: &PlanOptionView, chosen: bool) {
    let id = attr(&option.id);
    out.el_with("div", attrs! {"class": fixed("row"), "key": id}, |out| {
        out.el("label", "method", |out| {
            out.el_with(
                "input",
                attrs! {"type": fixed("radio"), "name": fixed(GROUP), "value": id, "checked": when(chosen)},
                |_| {},
            );
            out.el("span", "what", |out| {
                out.said(&title(cx, option));
                out.el_said("span", "when", &summary(cx, option));
            });
        });
        // Always two children: a row that gets its second one is made anew, and loses the focus.
        if chosen && option.needs_saved_method.is_some() {
            schedule(out, cx, option);
        } else {
            out.nothing();
        }
    });
}

/// How many payments it is made of, and until when.
fn title(cx: &Cx<'_>, option: &PlanOptionView) -> String {
    let parts = option.payments.len() + usize::from(option.due_now != 0);
    let text = match (option.id.as_str(), parts) {
        ("full", _) => cx.t.in_full(),
        (_, 1) => cx.t.in_one(),
        _ => cx.t.in_parts(),
    };
    let last = option.payments.last().map_or_else(String::new, |last| cx.locale.date(&last.due_on));
    fill(text, &[&decimal(parts), &last])
}

/// What is paid today, and what after it: equal payments in a row are told as one amount and their number.
fn summary(cx: &Cx<'_>, option: &PlanOptionView) -> String {
    let mut later = String::new();
    let mut amounts = 0;
    for run in option.payments.chunk_by(|a, b| a.amount == b.amount) {
        amounts += 1;
        let times =
            if run.len() > 1 { between(&decimal(run.len()), "\u{a0}×\u{a0}", "") } else { String::new() };
        let amount = money(cx, run.first().map_or(0, |first| first.amount));
        later = [&*later, if amounts > 1 { " + " } else { "" }, &times, &amount].concat();
    }
    let is_told = (1..=AMOUNTS_MAX).contains(&amounts);
    fill(if is_told { cx.t.today_then() } else { cx.t.today_alone() }, &[&money(cx, option.due_now), &later])
}

/// Every payment with its day; what goes on after them; and why a saved method is needed.
fn schedule(out: &mut Out, cx: &Cx<'_>, option: &PlanOptionView) {
    let t = cx.t;
    let count = option.payments.len();
    let listed = if count > LISTED + 1 { LISTED } else { count };
    let (first, more) = option.payments.split_at_checked(listed).unwrap_or_default();
    out.el("div", "plan", |out| {
        out.el("dl", "lines", |out| {
            figure(out, "", t.today(), &money(cx, option.due_now));
            dated(out, cx, first);
        });
        if !more.is_empty() {
            out.el("details", "", |out| {
                out.el_fill("summary", "", t.more_payments(), &[&decimal(more.len())]);
                out.el("dl", "lines", |out| dated(out, cx, more));
            });
        }
        out.el("dl", "lines", |out| {
            // Of a subscription nobody knows what it comes to in the end.
            if option.subscriptions.is_empty() {
                figure(out, "sum", t.total(), &money(cx, option.total));
            }
            for begins in &option.subscriptions {
                subscription(out, cx, begins);
            }
        });
        if option.needs_saved_method.is_some() {
            let class = if cx.state.cannot_save() { "why error" } else { "why" };
            out.el_say("p", class, why(cx));
        }
    });
}

fn dated(out: &mut Out, cx: &Cx<'_>, payments: &[PlannedView]) {
    for payment in payments {
        figure(out, "", &cx.locale.date(&payment.due_on), &money(cx, payment.amount));
    }
}

/// What a subscription costs and how often; when it is charged first, where that is not today or not the whole price; when
/// after that; and until when.
fn subscription(out: &mut Out, cx: &Cx<'_>, begins: &SubscriptionOfferView) {
    let t = cx.t;
    let price = match (begins.interval_unit.as_str(), begins.interval_count) {
        ("week", 1) => t.every_week(),
        ("week", _) => t.every_weeks(),
        (_, 1) => t.every_month(),
        _ => t.every_months(),
    };
    let price = fill(price, &[&money(cx, begins.amount), &decimal(begins.interval_count.into())]);
    let day = |day: &Option<String>| day.as_deref().map(|day| cx.locale.date(day));
    let first_on = day(&begins.first_on);
    let first = between(first_on.as_deref().unwrap_or(t.today()), " · ", &money(cx, begins.first_amount));
    let is_whole = begins.first_amount == begins.amount;
    let first_text = if is_whole { t.first_charge() } else { t.first_part() };
    let what = |out: &mut Out| {
        out.said(&begins.description);
        out.el_fill("span", "", first_text, &[&first]);
        let next = day(&begins.next_on).map(|next| fill(t.next_charge(), &[&next]));
        out.el_said("span", "", &next.unwrap_or_default());
        let end = day(&begins.ends_on).map(|end| fill(t.until(), &[&end]));
        out.el_said("span", "", end.as_deref().unwrap_or(t.until_ended()));
    };
    line(out, "", what, &price);
}

#[inline(never)]
fn money(cx: &Cx<'_>, amount: i64) -> String {
    cx.state.view().map_or_else(String::new, |view| cx.locale.money(amount, &view.invoice.currency))
}

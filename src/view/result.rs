//! How it ended: paid, nothing to pay, or not opened at all.

use paydesk_domain::card::Brand;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::{CheckoutView, PaymentStatus, ReceiptView};

use super::Cx;
use super::markup::{Out, attrs, fixed, when};
use super::messages::{ended, failure};
use super::parts::{button, figure};
use super::{plans, summary};
use crate::i18n::fill;
use crate::state::LoadFailure;

/// Paid, or on its way, or sent back.
pub(super) fn paid(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView, receipt: Option<&ReceiptView>) {
    let t = cx.t;
    let (title, more) = ended(t, receipt);
    let class = match receipt.map(|receipt| receipt.status) {
        Some(PaymentStatus::Submitted) => "result way",
        Some(PaymentStatus::Returned | PaymentStatus::Canceled) => "result bad",
        _ => "result good",
    };
    let credit = cx.state.credit_spent;
    let paid = |receipt: &ReceiptView| if receipt.amount == 0 { credit } else { receipt.amount };
    let amount = receipt.map(|receipt| cx.locale.money(paid(receipt), &receipt.currency));
    let more = amount.map_or_else(String::new, |amount| fill(more, &[&amount, &view.organization.name]));
    end(out, class, "", title, &more, |out| {
        let Some(receipt) = receipt else {
            return;
        };
        out.el("dl", "lines", |out| {
            figure(out, "", t.receipt(), &receipt.number);
            figure(out, "", t.date(), &cx.locale.day(&receipt.paid_at));
            // A debit is not paid before it has settled.
            let (name, what) = match receipt.kind {
                MethodKind::Card => (t.paid_with(), receipt.brand.map(Brand::name)),
                MethodKind::Ach | MethodKind::Pad => (t.how_to_pay(), Some(t.echeck())),
            };
            if let (Some(what), Some(last4)) = (what, &receipt.last4) {
                figure(out, "", name, &fill(t.card_ending(), &[what, last4]));
            }
            for (name, amount) in [(t.credit(), credit), (t.rest(), cx.state.rest())] {
                if amount > 0 {
                    figure(out, "", name, &cx.locale.money(amount, &receipt.currency));
                }
            }
            plans::next(out, cx, view);
            if receipt.status == PaymentStatus::Submitted && cx.state.next_payment().is_none() {
                summary::figures(out, cx, &view.invoice, receipt.amount);
            }
        });
        plans::follow_up(out, cx, view);
    });
}

/// Nothing was due now, and the later payments begin.
pub(super) fn agreed(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    end(out, "result good", "", cx.t.agreed(), cx.t.agreed_more(), |out| {
        if cx.state.next_payment().is_some() {
            out.el("dl", "lines", |out| plans::next(out, cx, view));
        }
        plans::follow_up(out, cx, view);
    });
}

/// What is on the invoice can no longer be bought as it was meant.
pub(super) fn off_sale(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let more = fill(cx.t.off_sale_more(), &[&view.organization.name]);
    end(out, "result", "", cx.t.off_sale(), &more, |_| {});
}

/// The invoice has no balance.
pub(super) fn nothing_due(out: &mut Out, cx: &Cx<'_>) {
    end(out, "result", "", cx.t.nothing_due(), cx.t.nothing_due_more(), |_| {});
}

/// The session could not be opened.
pub(super) fn failed(out: &mut Out, cx: &Cx<'_>, why: LoadFailure) {
    let (title, more) = failure(cx.t, why);
    end(out, "result bad", "alert", title, more, |out| {
        if why == LoadFailure::Unreachable {
            button(out, "again", "reload", "button", cx.t.retry());
        }
    });
}

/// Before the session is known: the shape of what will come, as it stands in index.html too. The line that says so
/// shows after a while (by the style sheet).
pub(super) fn skeleton(out: &mut Out, cx: &Cx<'_>) {
    out.el("section", "skeleton", |out| {
        for class in ["bar short", "bar big", "bar tall", "bar tall", "bar button"] {
            out.el("i", class, |_| {});
        }
        out.el("p", "slow", |out| {
            out.say(cx.t.slow());
            out.say(" ");
            button(out, "link", "reload", "button", cx.t.retry());
        });
    });
}

fn end(
    out: &mut Out,
    class: &'static str,
    role: &'static str,
    title: &'static str,
    more: &str,
    rest: impl FnOnce(&mut Out),
) {
    out.el_with("section", attrs! {"class": fixed(class), "role": fixed(role)}, |out| {
        out.el_with("span", attrs! {"class": fixed("mark"), "aria-hidden": when(true)}, |_| {});
        out.el_with("h1", attrs! {"id": fixed("result"), "tabindex": fixed("-1")}, |out| out.say(title));
        out.el_said("p", "", more);
        rest(out);
    });
}

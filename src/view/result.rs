//! How it ended: paid, nothing to pay, or not opened at all.

use paydesk_domain::wire::billing::{CheckoutView, ReceiptView};

use super::Cx;
use super::markup::{Out, attrs, fixed, when};
use super::messages::failure;
use super::parts::{button, line};
use crate::i18n::fill;
use crate::state::LoadFailure;

/// Paid.
pub(super) fn paid(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView, receipt: Option<&ReceiptView>) {
    let t = cx.t;
    let amount = receipt.map(|receipt| cx.locale.money(receipt.amount, &receipt.currency));
    let more =
        amount.map_or_else(String::new, |amount| fill(t.paid_amount, &[&amount, &view.organization.name]));
    end(out, "result good", "", t.paid, &more, |out| {
        let Some(receipt) = receipt else {
            return;
        };
        out.el("dl", "lines", |out| {
            line(out, "", |out| out.say(t.receipt), &receipt.number);
            line(out, "", |out| out.say(t.date), &cx.locale.day(&receipt.paid_at));
            if let (Some(brand), Some(last4)) = (receipt.brand, &receipt.last4) {
                line(out, "", |out| out.say(t.paid_with), &fill(t.card_ending, &[brand.name(), last4]));
            }
        });
    });
}

/// The invoice has no balance.
pub(super) fn nothing_due(out: &mut Out, cx: &Cx<'_>) {
    end(out, "result", "", cx.t.nothing_due, cx.t.nothing_due_more, |_| {});
}

/// The session could not be opened.
pub(super) fn failed(out: &mut Out, cx: &Cx<'_>, why: LoadFailure) {
    let (title, more) = failure(cx.t, why);
    end(out, "result bad", "alert", title, more, |out| {
        if why == LoadFailure::Unreachable {
            button(out, "again", "reload", "button", cx.t.retry);
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
            out.say(cx.t.slow);
            out.say(" ");
            button(out, "link", "reload", "button", cx.t.retry);
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
        out.el("p", "", |out| out.said(more));
        rest(out);
    });
}

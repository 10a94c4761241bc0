//! What is paid, and to whom.

use paydesk_domain::wire::billing::CheckoutView;

use super::Cx;
use super::markup::Out;
use super::parts::line;
use crate::i18n::fill;

/// The head of the checkout: the organization, the amount, and the lines of the invoice on demand.
pub(super) fn summary(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let invoice = &view.invoice;
    let money = |minor| cx.locale.money(minor, &invoice.currency);
    let due = money(invoice.payable_now);
    out.el("header", "", |out| {
        out.el("h1", "", |out| out.said(&fill(cx.t.pay_to, &[&view.organization.name])));
        out.el("p", "amount", |out| out.said(&due));
        out.el("details", "", |out| {
            out.el("summary", "", |out| out.said(&fill(cx.t.invoice, &[&invoice.number])));
            out.el("dl", "lines", |out| {
                for item in &invoice.items {
                    let what = |out: &mut Out| {
                        out.said(&item.description);
                        out.el("span", "", |out| out.said(item.participant.as_deref().unwrap_or_default()));
                    };
                    line(out, "", what, &money(item.amount));
                }
                if invoice.payable_now != invoice.total {
                    line(out, "sum", |out| out.say(cx.t.total), &money(invoice.total));
                    line(out, "", |out| out.say(cx.t.already_paid), &money(-invoice.paid));
                }
                line(out, "sum", |out| out.say(cx.t.due_now), &due);
            });
        });
    });
}

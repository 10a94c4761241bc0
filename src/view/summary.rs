//! What is paid, and to whom.

use paydesk_domain::wire::billing::{CheckoutView, InvoiceView};
use paydesk_domain::wire::payers::ActorKind;

use super::Cx;
use super::markup::Out;
use super::parts::{figure, line};

/// The head of the checkout: the organization, the amount, and the lines of the invoice on demand.
pub(super) fn summary(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let invoice = &view.invoice;
    let money = |minor| cx.locale.money(minor, &invoice.currency);
    let due_now = cx.state.due_now();
    let due = money(due_now);
    out.el("header", "", |out| {
        if let Some(acting) = view.acting.as_ref().filter(|acting| acting.kind == ActorKind::Admin) {
            let admin = acting.admin.as_deref().unwrap_or(cx.t.staff());
            out.el_fill("p", "acting", cx.t.acting(), &[admin, &acting.client]);
        }
        out.el_fill("h1", "", cx.t.pay_to(), &[&view.organization.name]);
        out.el_said("p", "amount", &due);
        if invoice.pending != 0 {
            out.el("dl", "lines", |out| figures(out, cx, invoice, 0));
        }
        out.el("details", "", |out| {
            out.el_fill("summary", "", cx.t.invoice(), &[&invoice.number]);
            out.el("dl", "lines", |out| {
                for item in &invoice.items {
                    let what = |out: &mut Out| {
                        out.said(&item.description);
                        out.el_said("span", "", item.participant.as_deref().unwrap_or_default());
                    };
                    line(out, "", what, &money(item.amount));
                }
                if due_now != invoice.total {
                    figure(out, "sum", cx.t.total(), &money(invoice.total));
                }
                if invoice.paid != 0 {
                    figure(out, "", cx.t.already_paid(), &money(-invoice.paid));
                }
                let credit = cx.state.credit_used();
                if credit != 0 {
                    figure(out, "", cx.t.credit(), &money(-credit));
                }
                figure(out, "sum", cx.t.due_now(), &due);
            });
        });
    });
}

/// The three figures of an invoice on which something is on its way: what is owed, what of it is on its way, and what can
/// be paid now. A payment of `sent` is on its way, too; an invoice that was read before it does not say so yet.
pub(super) fn figures(out: &mut Out, cx: &Cx<'_>, invoice: &InvoiceView, sent: i64) {
    let unseen = if invoice.pending < sent { sent } else { 0 };
    let figures = [
        ("", cx.t.balance(), invoice.total - invoice.paid),
        ("", cx.t.pending(), invoice.pending + unseen),
        ("sum", cx.t.payable_now(), invoice.payable_now - unseen),
    ];
    for (class, name, amount) in figures {
        figure(out, class, name, &cx.locale.money(amount, &invoice.currency));
    }
}

//! How much is paid now: the account's credit, and a part instead of all.

use paydesk_domain::wire::billing::CheckoutView;

use super::Cx;
use super::form::{check_box, grid};
use super::markup::{Out, attrs, fixed};
use super::parts::{Look, text_field};
use crate::i18n::fill;
use crate::state::Field;

/// Offers what there is to offer. Both stay where they are while the amounts change.
pub(super) fn split(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let form = &cx.state.form;
    let (credit, is_divisible) = (cx.state.credit_offered(), cx.state.amounts_offered().is_some());
    if credit.is_none() && !is_divisible {
        return out.nothing();
    }
    out.el("fieldset", "", |out| {
        out.el_say("legend", "", cx.t.how_much());
        if let Some(credit) = credit {
            out.el_with("div", attrs! {"class": fixed("save"), "key": fixed("credit")}, |out| {
                check_box(out, cx, Field::Credit, form.credit, "credit-note");
                let there = fill(cx.t.credit_there(), &[&cx.locale.money(credit, &view.invoice.currency)]);
                out.el_with("p", attrs! {"class": fixed("why"), "id": fixed("credit-note")}, |out| {
                    out.said(&there)
                });
            });
        }
        if is_divisible {
            out.el_with("div", attrs! {"class": fixed("save"), "key": fixed("part")}, |out| {
                check_box(out, cx, Field::Part, form.part, "");
                grid(out, form.part, "", |out| {
                    let hint = amounts(cx, cx.t.amounts());
                    let look = Look { inputmode: "decimal", hint: &hint, ..Look::default() };
                    text_field(out, cx, Field::Amount, Some(&form.amount), look);
                });
            });
        }
    });
}

/// A sentence about the least and the most that may be paid now.
pub(super) fn amounts(cx: &Cx<'_>, sentence: &'static str) -> String {
    let currency = cx.state.view().map_or("", |view| &view.invoice.currency);
    let (least, most) = cx.state.amounts_offered().unwrap_or_default();
    fill(sentence, &[&cx.locale.money(least, currency), &cx.locale.money(most, currency)])
}

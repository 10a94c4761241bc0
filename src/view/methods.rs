//! The saved cards and the way to another one: one radio group.

use paydesk_domain::wire::billing::{CheckoutView, MethodView};
use yew::AttrValue;

use super::markup::{Out, attr, attrs, fixed, when};
use super::parts::mark;
use super::{Cx, card_form};
use crate::i18n::{fill, two_digits};
use crate::state::Choice;

/// The value of the radio button for another card. No id of ours looks like it.
pub(super) const NEW: &str = "new";

/// Every way to pay.
pub(super) fn methods(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let t = cx.t;
    let new = matches!(cx.state.choice, Some(Choice::NewCard));
    let form = |out: &mut Out| {
        // Once it was open, the form stays in the document: what was typed is held by its fields alone.
        if new || cx.state.form_opened {
            card_form::card_form(out, cx, view, !new);
        }
    };
    let alone = view.methods.is_empty();
    let none_left = !alone && view.methods.iter().all(|method| method.expired);
    out.el("fieldset", "", |out| {
        out.el("legend", "", |out| out.say(if alone { t.new_card } else { t.how_to_pay }));
        out.el("p", "hint", |out| out.say(if none_left { t.all_expired } else { "" }));
        out.el("div", if alone { "" } else { "group" }, |out| {
            for method in &view.methods {
                saved(out, cx, method);
            }
            out.el_with("div", attrs! {"class": fixed("row"), "key": fixed(NEW)}, |out| {
                if !alone {
                    let another = |out: &mut Out| out.el("span", "what", |out| out.say(t.another_card));
                    method(out, "method", fixed(NEW), (new, false), fixed(""), "plus", another);
                }
                // Always there: what comes after a field may not make the field anew, or the focus would be lost.
                out.el("div", "", form);
            });
        });
    });
}

fn saved(out: &mut Out, cx: &Cx<'_>, card: &MethodView) {
    let t = cx.t;
    let chosen = matches!(&cx.state.choice, Some(Choice::Saved(id)) if *id == card.id);
    let (long, short, class) = match card.expired {
        true => (t.ending_expired, t.expired, "method off"),
        false => (t.ending, t.expires, "method"),
    };
    // Told in one breath to who cannot see the row: what is shown is hidden from them. All that is shown is in it, so
    // that who steers by voice can say what they see (WCAG 2.5.3).
    let nickname = card.nickname.as_deref().unwrap_or_default();
    let digits =
        if nickname.is_empty() { card.last4.clone() } else { [&card.last4, ", ", nickname].concat() };
    let name =
        fill(long, &[card.brand.name(), &digits, &cx.locale.month_year(card.exp_year, card.exp_month)]);
    let year = u8::try_from(card.exp_year % 100).unwrap_or_default();
    let month = [two_digits(card.exp_month), two_digits(year)].join("/");
    let id = attr(&card.id);
    out.el_with("div", attrs! {"class": fixed("row"), "key": id.clone()}, |out| {
        method(out, class, id, (chosen, card.expired), attr(&name), card.brand.as_str(), |out| {
            out.el_with("span", attrs! {"class": fixed("what"), "aria-hidden": when(true)}, |out| {
                out.say(card.brand.name());
                out.el("span", "digits", |out| out.said(&[" •••• ", &card.last4].concat()));
                out.el("span", "when", |out| {
                    if !nickname.is_empty() {
                        out.said(nickname);
                        out.say(" · ");
                    }
                    out.said(&fill(short, &[&month]));
                });
            });
        });
    });
}

/// A radio button with its picture and text.
fn method(
    out: &mut Out,
    class: &'static str,
    value: AttrValue,
    (chosen, off): (bool, bool),
    name: AttrValue,
    picture: &'static str,
    text: impl FnOnce(&mut Out),
) {
    out.el("label", class, |out| {
        out.el_with("input", attrs! {
            "type": fixed("radio"), "name": fixed("method"), "value": value, "checked": when(chosen), "disabled": when(off),
            "aria-label": name,
        }, |_| {});
        mark(out, picture);
        text(out);
    });
}

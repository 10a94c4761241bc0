//! The saved cards and bank accounts and the ways to another one: one radio group, and the form below it.

use paydesk_domain::wire::billing::{BankAccountView, CheckoutView, MethodView};

use super::markup::{Out, attr, attrs, fixed, when};
use super::parts::{OFF, method_row, with};
use super::{Cx, form, plans};
use crate::i18n::{between, fill, two_digits};
use crate::state::{Choice, can_debit};

/// The value of the radio button for another card. No id of ours looks like it.
pub(super) const NEW_CARD: &str = "new";
/// The value of the radio button for another bank account.
pub(super) const NEW_BANK: &str = "bank";

/// Every way to pay.
pub(super) fn methods(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let t = cx.t;
    let alone = view.methods.is_empty() && view.accounts.is_empty() && view.bank.is_none();
    let none_left = !view.methods.is_empty() && view.methods.iter().all(|method| method.expired);
    // What was typed stays, should a method be needed after all.
    out.el_with("fieldset", attrs! {"hidden": when(cx.state.is_covered())}, |out| {
        out.el_say("legend", "", if alone { t.new_card() } else { t.how_to_pay() });
        out.el_say("p", "hint", if none_left { t.all_expired() } else { "" });
        out.el("div", if alone { "" } else { "group" }, |out| {
            for card in &view.methods {
                saved_card(out, cx, card);
            }
            for account in &view.accounts {
                saved_account(out, cx, view, account);
            }
            if !alone {
                let chosen = matches!(cx.state.choice, Some(Choice::NewCard));
                let text = |out: &mut Out| out.say(t.another_card());
                method_row(out, fixed(NEW_CARD), (chosen, ""), "", "plus", text);
            }
            if view.bank.is_some() {
                let chosen = matches!(cx.state.choice, Some(Choice::NewBank));
                let text = |out: &mut Out| out.say(t.another_bank());
                method_row(out, fixed(NEW_BANK), (chosen, ""), "", "bank", text);
            }
        });
        form::form(out, cx, view);
    });
}

fn saved_card(out: &mut Out, cx: &Cx<'_>, card: &MethodView) {
    let t = cx.t;
    let (long, short) =
        if card.expired { (t.ending_expired(), t.expired()) } else { (t.ending(), t.expires()) };
    let nickname = card.nickname.as_deref().unwrap_or_default();
    let digits = with(&card.last4, ", ", nickname);
    let name =
        fill(long, &[card.brand.name(), &digits, &cx.locale.month_year(card.exp_year, card.exp_month)]);
    let year = u8::try_from(card.exp_year % 100).unwrap_or_default();
    let month = between(&two_digits(card.exp_month), "/", &two_digits(year));
    let more = fill(short, &[&month]);
    let more = if nickname.is_empty() { more } else { between(nickname, " · ", &more) };
    // One that has expired says so already.
    let warning = if card.expired { String::new() } else { plans::expiring(cx, &card.id) };
    let (name, more) = (with(&name, ". ", &warning), with(&more, " · ", &warning));
    let shown = [card.brand.name(), &card.last4, &more];
    saved(out, cx, &card.id, if card.expired { "stale" } else { "" }, &name, card.brand.as_str(), shown);
}

fn saved_account(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView, account: &BankAccountView) {
    let t = cx.t;
    let why = match &account.blocked_by {
        Some(code) => fill(t.blocked(), &[code]),
        None if can_debit(view, account) => String::new(),
        None => t.unfit().to_owned(),
    };
    let nickname = account.nickname.as_deref().unwrap_or_default();
    let bank = if account.bank.is_empty() { t.echeck() } else { &account.bank };
    let name = fill(t.card_ending(), &[bank, &with(&account.last4, ", ", nickname)]);
    let name = with(&name, ". ", &why);
    let more = if nickname.is_empty() { why.clone() } else { with(nickname, " · ", &why) };
    let class = if why.is_empty() { "" } else { OFF };
    saved(out, cx, &account.id, class, &name, "bank", [bank, &account.last4, &more]);
}

/// The row of a saved method: what it is, its last digits, and what more there is to say.
///
/// Told in one breath to who cannot see the row: what is shown is hidden from them. All that is shown is in it, so
/// that who steers by voice can say what they see (WCAG 2.5.3).
fn saved(
    out: &mut Out,
    cx: &Cx<'_>,
    id: &str,
    class: &'static str,
    name: &str,
    picture: &'static str,
    [what, digits, more]: [&str; 3],
) {
    let chosen = matches!(&cx.state.choice, Some(Choice::Saved(chosen)) if *chosen == id);
    method_row(out, attr(id), (chosen, class), name, picture, |out| {
        out.said(what);
        out.el_said("span", "digits", &[" •••• ", digits].concat());
        out.el_said("span", "when", more);
    });
}

#[cfg(test)]
mod tests {
    use paydesk_domain::card::Brand;
    use paydesk_domain::return_code::Rail;

    /// It is there before the program, and knows them by itself. Positive control: another name for a scheme or a network there fails
    /// here (tried).
    #[test]
    fn the_first_view_knows_the_same_schemes_and_networks() {
        let first = include_str!("../../static/first.js");
        for brand in Brand::KNOWN {
            assert!(first.contains(&format!("{}: \"{}\"", brand.as_str(), brand.name())), "{brand:?}");
        }
        for code in ["USD", "CAD"] {
            let rail = Rail::of_currency(code.parse().unwrap()).unwrap();
            assert!(first.contains(&format!("{code}: \"{}\"", rail.as_str())), "{code}");
        }
    }
}

//! A card or bank account that is typed in: the button for a new one, and its fields.

use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::wallet::WalletShelfView;

use super::Cx;
use super::panel::frame;
use crate::state::Asks;
use crate::view::markup::Out;
use crate::view::parts::{Look, button, text_field};
use crate::view::{address, fields};
use crate::wallet::state::{ACCOUNTS, CARDS, Field, New, Work};

/// The id of the button for a new card.
pub(super) const ADD_CARD: &str = "add-card";
/// The id of the button for a new bank account.
pub(super) const ADD_ACCOUNT: &str = "add-account";
/// The id of the button for a card whose number has changed.
pub(super) const OTHER_NUMBER: &str = "other-number";

/// The button for a new method of a shelf, or the panel where it is typed in.
pub(super) fn new(out: &mut Out, cx: &Cx<'_>, shelf: &WalletShelfView, id: &'static str) {
    let t = cx.t;
    if let Some(panel) = cx.state.panel.as_ref().filter(|panel| panel.method == id)
        && let Work::Add(new) = &panel.work
    {
        let title = if id == CARDS { t.add_card() } else { t.add_account() };
        return frame(out, cx, panel, title, |out| {
            out.el_say("p", "", t.saving_more());
            typed(out, cx, new);
        });
    }
    let country = cx.state.view.as_ref().map_or("", |view| &view.organization.country);
    if id == ACCOUNTS && Rail::of_country(country).is_none() {
        return out.nothing();
    }
    out.el("p", "add", |out| {
        if shelf.count >= shelf.max {
            out.el_say("span", "hint", t.shelf_full());
        } else if id == CARDS {
            button(out, "small", ADD_CARD, "button", t.add_card());
        } else {
            button(out, "small", ADD_ACCOUNT, "button", t.add_account());
        }
    });
}

/// What brings a saved card up to date, and why it is asked for.
pub(super) fn update(out: &mut Out, cx: &Cx<'_>, new: &New) {
    let t = cx.t;
    let needs = new.form.asks.needs();
    out.el("p", "", |out| {
        if needs.expiry {
            out.say(t.update_why());
            out.say(" ");
            button(out, "link", OTHER_NUMBER, "button", t.other_number());
        } else {
            out.say(t.replace_why());
        }
    });
    typed(out, cx, new);
}

/// All that is asked for. What belongs to a saved card alone and what belongs to a whole one are never there together.
fn typed(out: &mut Out, cx: &Cx<'_>, new: &New) {
    let form = &new.form;
    out.el("div", "grid", |out| {
        match form.asks {
            Asks::Bank(rail) => {
                fields::account(out, cx, form, rail);
                fields::holder(out, cx, form);
            }
            Asks::Saved(needs) => fields::lacking(out, cx, needs),
            _ => fields::card(out, cx, form.brand),
        }
        if form.asks.has_name() {
            fields::name(out, cx, form);
        }
        if new.asks_email() {
            let look = Look {
                autocomplete: "email",
                inputmode: "email",
                hint: cx.t.email_hint(),
                ..Look::default()
            };
            text_field(out, cx, Field::Email, Some(&new.email), look);
        }
    });
    out.el("div", "grid", |out| address::fields(out, cx, &form.address));
    out.el_say("p", "hint", cx.t.direct_note());
}

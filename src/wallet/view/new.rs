//! A new card or bank account: the button for it, and its fields. Those of numbers, the expiry and the security code hold their own
//! text; the markup never has it.

use paydesk_domain::bank::{AccountType, BankPart};
use paydesk_domain::card::Brand;
use paydesk_domain::mandate::HolderType;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::wallet::WalletShelfView;
use yew::Html;

use super::Cx;
use super::panel::frame;
use crate::state::{Asks, Field as Of, Form};
use crate::view::address;
use crate::view::markup::{Out, fixed};
use crate::view::options::option_list;
use crate::view::parts::{Look, button, choice_field, text_field};
use crate::wallet::state::{ACCOUNTS, CARDS, Field, New};

/// The id of the button for a new card.
pub(super) const ADD_CARD: &str = "add-card";
/// The id of the button for a new bank account.
pub(super) const ADD_ACCOUNT: &str = "add-account";

/// The network that debits bank accounts of a country, where there is one.
pub(super) fn rail_of(country: &str) -> Option<Rail> {
    match country {
        "CA" => Some(Rail::Pad),
        "US" => Some(Rail::Ach),
        _ => None,
    }
}

/// The button for a new method of a shelf, or the panel where it is typed in.
pub(super) fn new(out: &mut Out, cx: &Cx<'_>, shelf: &WalletShelfView, id: &'static str) {
    let t = cx.t;
    if let Some((panel, new)) = cx.state.panel.as_ref().and_then(|panel| Some((panel, panel.new_method()?)))
        && panel.method == id
    {
        let title = if id == CARDS { t.add_card() } else { t.add_account() };
        return frame(out, cx, panel, title, |out| fields(out, cx, new));
    }
    let country = cx.state.view.as_ref().map_or("", |view| &view.organization.country);
    if id == ACCOUNTS && rail_of(country).is_none() {
        return out.nothing();
    }
    out.el("p", "add", |out| {
        if shelf.count >= shelf.max {
            out.el("span", "hint", |out| out.say(t.shelf_full()));
        } else if id == CARDS {
            button(out, "small", ADD_CARD, "button", t.add_card());
        } else {
            button(out, "small", ADD_ACCOUNT, "button", t.add_account());
        }
    });
}

fn fields(out: &mut Out, cx: &Cx<'_>, new: &New) {
    let (t, form) = (cx.t, &new.form);
    out.el("p", "", |out| out.say(t.saving_more()));
    out.el("div", "grid", |out| {
        match form.asks {
            Asks::Bank(rail) => account(out, cx, form, rail),
            _ => card(out, cx, form.brand),
        }
        let autocomplete = if form.asks.has_card() { "cc-name" } else { "name" };
        text_field(out, cx, Field::New(Of::Name), Some(&form.name), Look { autocomplete, ..Look::default() });
        if new.asks_email() {
            let look =
                Look { autocomplete: "email", inputmode: "email", hint: t.email_hint(), ..Look::default() };
            text_field(out, cx, Field::Email, Some(&new.email), look);
        }
    });
    out.el("div", "grid", |out| address::fields(out, cx, &form.address));
    out.el("p", "hint", |out| out.say(t.direct_note()));
}

fn card(out: &mut Out, cx: &Cx<'_>, brand: Brand) {
    let t = cx.t;
    let (hint, mark) =
        if brand == Brand::Amex { (t.cvc_hint_front(), "front") } else { (t.cvc_hint_back(), "code") };
    for (field, autocomplete, placeholder, hint, mark) in [
        (Of::Number, "cc-number", "1234 1234 1234 1234", "", brand.as_str()),
        (Of::Expiry, "cc-exp", t.expiry_hint(), "", ""),
        (Of::Cvc, "cc-csc", "", hint, mark),
    ] {
        let look = Look { autocomplete, inputmode: "numeric", placeholder, hint, mark };
        text_field(out, cx, Field::New(field), None, look);
    }
}

fn account(out: &mut Out, cx: &Cx<'_>, form: &Form, rail: Rail) {
    let t = cx.t;
    for part in BankPart::of_rail(rail) {
        let look = Look { inputmode: "numeric", ..Look::default() };
        text_field(out, cx, Field::New(Of::Bank(*part)), None, look);
    }
    if rail == Rail::Ach {
        let kinds = [(AccountType::Checking, t.chequing()), (AccountType::Savings, t.savings())];
        let kinds = kinds.map(|(kind, words)| (kind.as_str(), words));
        select(out, cx, Of::AccountType, kinds, form.account_type.as_str());
    }
    let holders = [(HolderType::Personal, t.personal()), (HolderType::Business, t.business())];
    let holders = holders.map(|(holder, words)| (holder.as_str(), words));
    select(out, cx, Of::Holder, holders, form.holder.as_str());
}

fn select(out: &mut Out, cx: &Cx<'_>, field: Of, options: [(&str, &str); 2], chosen: &str) {
    let options = [option_list(options, chosen), Html::default()];
    choice_field(out, cx, Field::New(field), fixed(""), "off", options);
}

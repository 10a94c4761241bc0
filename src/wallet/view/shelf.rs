//! The wallet: cards and bank accounts apart, each with what there is to know at a glance.

use paydesk_domain::card::{Brand, ExpiryState};
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::wallet::{WalletMethodView, WalletShelfView, WalletView};

use super::entry::title;
use super::{Cx, details, new, other};
use crate::i18n::{between, decimal, fill};
use crate::view::challenge;
use crate::view::markup::{Out, attr, attrs, fixed, when};
use crate::view::parts::{button, mark};
use crate::wallet::state::{ACCOUNTS, CARDS, Proof, SHOW_CONSENTS, Said, toggle_id};

/// Both shelves.
pub(super) fn wallet(out: &mut Out, cx: &Cx<'_>, view: &WalletView) {
    let t = cx.t;
    let url = cx.state.verification.as_ref().filter(|verification| verification.proof == Proof::Asked);
    // What was typed stays in its fields while the bank asks.
    let hidden = when(url.is_some());
    out.el_with("div", attrs! {"class": fixed("wallet"), "key": fixed("wallet"), "hidden": hidden}, |out| {
        title(out, t.wallet());
        let said = cx.said();
        let class = fixed(if matches!(cx.state.said.as_deref(), Some(Said::Failed(_))) {
            "notice bad"
        } else {
            "done"
        });
        out.el_with("div", attrs! {"class": class, "hidden": when(said.is_empty())}, |out| {
            out.el_said("p", "", &said);
            other::moved(out, cx);
        });
        shelf(out, cx, &view.cards, (CARDS, t.cards(), t.no_cards()));
        shelf(out, cx, &view.accounts, (ACCOUNTS, t.accounts(), t.no_accounts()));
        out.el("p", "agreed", |out| button(out, "link", SHOW_CONSENTS, "button", t.consents()));
    });
    match url {
        Some(verification) => challenge::page(out, t, &verification.url, t.prove_more(), t.prove_cancel()),
        // A list that grows makes what stands before it anew.
        None => out.nothing(),
    }
}

fn shelf(
    out: &mut Out,
    cx: &Cx<'_>,
    shelf: &WalletShelfView,
    (id, name, none): (&'static str, &'static str, &'static str),
) {
    let number = |number: i64| decimal(usize::try_from(number).unwrap_or_default());
    out.el_with("section", attrs! {"class": fixed("shelf"), "aria-labelledby": fixed(id)}, |out| {
        out.el("div", "shelf-head", |out| {
            out.el_with("h2", attrs! {"id": fixed(id), "tabindex": fixed("-1")}, |out| out.say(name));
            out.el_fill("span", "count", cx.t.count(), &[&number(shelf.count), &number(shelf.max)]);
        });
        if shelf.methods.is_empty() {
            out.el_say("p", "empty", none);
        } else {
            out.el("ul", "group", |out| {
                for method in &shelf.methods {
                    item(out, cx, method);
                }
            });
        }
        new::new(out, cx, shelf, id);
    });
}

fn item(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView) {
    let t = cx.t;
    let called = cx.called(method);
    let is_shown = cx.state.shown.as_ref() == Some(&method.id);
    let (toggle, place) = (toggle_id(&method.id), ["details:", &method.id].concat());
    out.el_with("li", attrs! {"class": fixed("row"), "key": attr(&method.id)}, |out| {
        out.el("div", "item", |out| {
            mark(out, picture(method.kind, method.brand));
            out.el("div", "what", |out| {
                out.el("h3", "", |out| {
                    out.said(method.nickname.as_deref().unwrap_or(&called));
                    if method.is_default {
                        out.el_say("span", "badge", t.default_mark());
                    }
                });
                if method.nickname.is_some() {
                    out.el_said("span", "when", &called);
                }
                state(out, cx, method);
                out.el_said("span", "when", &at_a_glance(cx, method));
            });
            let label = fill(t.manage_of(), &[&called]);
            out.el_with(
                "button",
                attrs! {
                    "class": fixed("small"), "type": fixed("button"), "id": attr(&toggle), "aria-label": attr(&label),
                    "aria-expanded": fixed(if is_shown { "true" } else { "false" }), "aria-controls": attr(&place),
                },
                |out| out.say(t.manage()),
            );
        });
        out.el_with("div", attrs! {"class": fixed("details"), "id": attr(&place), "hidden": when(!is_shown)}, |out| {
            if is_shown {
                details::details(out, cx, method);
            }
        });
    });
}

pub(super) fn picture(kind: MethodKind, brand: Option<Brand>) -> &'static str {
    match kind {
        MethodKind::Card => brand.unwrap_or(Brand::Unknown).as_str(),
        MethodKind::Ach | MethodKind::Pad => "bank",
    }
}

/// When a card expires, or why an account takes no debits.
fn state(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView) {
    let (is_good, words) = standing(cx, method);
    let class = match method.expiry {
        _ if !is_good => "when wrong",
        Some(ExpiryState::Expiring) => "when soon",
        _ => "when",
    };
    out.el_said("span", class, &words);
}

/// When a card expires, or why an account takes no debits, and whether it can be charged at all.
pub(super) fn standing(cx: &Cx<'_>, method: &WalletMethodView) -> (bool, String) {
    let t = cx.t;
    if let Some(code) = &method.blocked_by {
        return (false, fill(t.no_debits(), &[code]));
    }
    if let Some(closed) = &method.closed_at {
        return (false, fill(t.closed(), &[&cx.locale.day(closed)]));
    }
    let (Some(year), Some(month), Some(expiry)) = (method.exp_year, method.exp_month, method.expiry) else {
        return (true, String::new());
    };
    let words = match expiry {
        ExpiryState::Valid => t.valid_until(),
        ExpiryState::Expiring => t.expiring(),
        ExpiryState::Expired => t.expired_since(),
    };
    (expiry != ExpiryState::Expired, fill(words, &[&cx.locale.month_year(year, month)]))
}

/// Who may charge it and how much is planned, in a line.
fn at_a_glance(cx: &Cx<'_>, method: &WalletMethodView) -> String {
    let t = cx.t;
    let who = match method.authorizations.as_slice() {
        [] => t.charged_by_none().to_owned(),
        [one] => fill(t.charged_by_one(), &[&one.name]),
        several => fill(t.charged_by_many(), &[&decimal(several.len())]),
    };
    match method.planned.len() {
        0 => who,
        1 => between(&who, " · ", t.planned_one()),
        several => between(&who, " · ", &fill(t.planned_many(), &[&decimal(several)])),
    }
}

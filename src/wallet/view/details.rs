//! What there is to know of one method, and what can be done with it.

use paydesk_domain::address::{Address, Part};
use paydesk_domain::card::ExpiryState;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::wallet::{WalletBankUpdateView, WalletMethodView, WalletPlannedView};

use super::{Cx, panel};
use crate::i18n::fill;
use crate::view::markup::{Out, attr, attrs, fixed};
use crate::wallet::state::plans_of;

/// The class of a button.
pub(super) const SMALL: &str = "small";

/// Everything about a method, and the panel of what is being done with it. What is not so has its place all the same: a list that
/// grows would make the panel's fields anew.
pub(super) fn details(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView) {
    let t = cx.t;
    match &method.updated_by_bank {
        Some(update) => by_bank(out, cx, method, update),
        None => out.nothing(),
    }
    part(out, t.who(), &|out| who(out, cx, method));
    part(out, t.planned(), &|out| {
        if method.planned.is_empty() {
            out.el_say("p", "hint", t.nothing_planned());
        }
        for plan in plans_of(&method.planned) {
            planned(out, cx, &plan);
            if let Some(first) = plan.first().filter(|_| cx.state.has_other(&method.id)) {
                let day = cx.locale.date(&first.due_on);
                let label = fill(t.move_plan_of(), &[&first.name, &day]);
                act_called(out, "move", &[&method.id, &first.plan], t.move_plan(), SMALL, &label);
            }
        }
    });
    if method.backups.is_empty() && method.can_back_up.is_empty() {
        out.nothing();
    } else {
        part(out, t.backup(), &|out| backup(out, cx, method));
    }
    part(out, t.billing_address(), &|out| {
        match method.billing_address.as_ref().filter(|_| !method.address_needed) {
            Some(address) => out.el("p", "address", |out| lines(out, cx, address)),
            None => out.el_say("p", "wrong", t.no_address()),
        }
        act(out, "address", &[&method.id], t.correct_address(), SMALL);
    });
    out.el("div", "acts", |out| {
        if method.kind == MethodKind::Card && method.closed_at.is_none() {
            let is_good = method.expiry == Some(ExpiryState::Valid);
            act(out, "update", &[&method.id], t.update(), if is_good { SMALL } else { "small now" });
        } else {
            out.nothing();
        }
        act(out, "rename", &[&method.id], t.rename(), SMALL);
        if method.is_default {
            out.nothing();
        } else {
            act(out, "default", &[&method.id], t.make_default(), SMALL);
        }
        if cx.state.moves_something(method) {
            act(out, "replace", &[&method.id], t.replace(), SMALL);
        } else {
            out.nothing();
        }
        act(out, "remove", &[&method.id], t.remove(), "small danger");
    });
    panel::panel(out, cx, method);
}

/// What the card was before its bank told that it is another.
fn by_bank(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView, update: &WalletBankUpdateView) {
    let was = &update.was;
    let (day, month) = (cx.locale.day(&update.at), cx.locale.month_year(was.exp_year, was.exp_month));
    let called = cx.named(method.kind, method.brand, None, &was.last4);
    out.el_fill("p", "told", cx.t.by_bank(), &[&day, &called, &month]);
}

/// Once for all parts: what is in one is called, not copied.
#[inline(never)]
fn part(out: &mut Out, title: &'static str, inside: &dyn Fn(&mut Out)) {
    out.el("div", "part", |out| {
        out.el_say("h4", "", title);
        inside(out);
    });
}

/// Who may charge it, since when, and who else could be let.
fn who(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView) {
    let t = cx.t;
    if method.authorizations.is_empty() {
        out.el_say("p", "hint", t.nobody());
    } else {
        out.el("ul", "plain", |out| {
            for one in &method.authorizations {
                let end = ("revoke", method.id.as_str(), t.revoke(), t.revoke_of());
                given(out, cx, (&one.id, &one.name, &one.since), end);
            }
        });
    }
    out.el("div", "acts", |out| {
        for id in &method.can_be_authorized {
            if let Some(organization) = cx.state.organization(id) {
                let words = fill(t.authorize(), &[&organization.name]);
                act(out, "authorize", &[&method.id, id], &words, SMALL);
            }
        }
    });
}

/// For whom it is charged where a planned payment is refused, and for whom it could be.
fn backup(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView) {
    let t = cx.t;
    out.el_say("p", "hint", t.backup_more());
    out.el("ul", "plain", |out| {
        for backup in &method.backups {
            let name = cx.state.organization(&backup.organization).map_or("", |known| &known.name);
            let end = ("unback", method.id.as_str(), t.backup_end(), t.backup_end_of());
            given(out, cx, (&backup.id, name, &backup.since), end);
        }
    });
    out.el("div", "acts", |out| {
        for id in &method.can_back_up {
            if let Some(organization) = cx.state.organization(id) {
                act(out, "backup", &[&method.id, id], &fill(t.backup_for(), &[&organization.name]), SMALL);
            }
        }
    });
}

/// An organization, since when, and the button that ends it: what that does, with which method, its words and its label.
#[inline(never)]
fn given(
    out: &mut Out,
    cx: &Cx<'_>,
    (id, name, since): (&str, &str, &str),
    (verb, method, words, label): (&str, &str, &'static str, &'static str),
) {
    let label = fill(label, &[name]);
    out.el_with("li", attrs! {"key": attr(id)}, |out| {
        out.el("span", "", |out| {
            out.said(name);
            out.say(" ");
            out.el_fill("span", "since", cx.t.since(), &[&cx.locale.day(since)]);
        });
        act_called(out, verb, &[method, id], words, "small danger", &label);
    });
}

/// Payments that are planned: the day, then how much and to whom.
#[inline(never)]
pub(super) fn planned(out: &mut Out, cx: &Cx<'_>, payments: &[&WalletPlannedView]) {
    out.el("dl", "lines", |out| {
        for payment in payments {
            out.el("div", "", |out| {
                out.el_said("dt", "", &cx.locale.date(&payment.due_on));
                out.el_said("dd", "", &cx.planned(payment));
            });
        }
    });
}

fn lines(out: &mut Out, cx: &Cx<'_>, address: &Address) {
    let parts =
        [Part::Line1, Part::Line2, Part::City, Part::Region, Part::PostalCode].map(|part| address.part(part));
    let country = cx.locale.countries(&address.country).pop().map(|(_, name)| name).unwrap_or_default();
    let whole: Vec<_> = parts.into_iter().chain([&*country]).filter(|part| !part.is_empty()).collect();
    out.said(&whole.join(", "));
}

/// A button for something that can be done: its id says what, and with what.
pub(super) fn act(out: &mut Out, verb: &str, subjects: &[&str], words: &str, class: &'static str) {
    act_called(out, verb, subjects, words, class, "");
}

#[inline(never)]
fn act_called(out: &mut Out, verb: &str, subjects: &[&str], words: &str, class: &'static str, label: &str) {
    let mut id = verb.to_owned();
    for subject in subjects {
        id.push(':');
        id.push_str(subject);
    }
    out.el_with(
        "button",
        attrs! {
            "class": fixed(class), "type": fixed("button"), "id": attr(&id), "key": attr(&id), "aria-label": attr(label),
        },
        |out| out.said(words),
    );
}

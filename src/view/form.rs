//! The form for a new card or bank account, and the mandate of a debit.

use paydesk_domain::bank::BankPart;
use paydesk_domain::return_code::Rail;
use paydesk_domain::wire::billing::CheckoutView;

use super::markup::{Out, attr, attrs, fixed, when};
use super::parts::button;
use super::problems::bank;
use super::{Cx, address, fields};
use crate::i18n::{between, fill, pieces};
use crate::state::{Agreement, Asks, Choice, Field};

/// Draws the form. Once it was open it stays in the document, and what it does not ask for now is hidden: what was typed
/// is held by its fields alone. Its place is always there: what comes after the methods may not make them anew, or the
/// focus would be lost.
pub(super) fn form(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let asks = cx.state.form.asks;
    let is_new = asks.is_new();
    out.el_with("div", attrs! {"class": fixed("card"), "hidden": when(asks == Asks::Nothing)}, |out| {
        if !cx.state.form_opened {
            return;
        }
        lacking(out, cx);
        grid(out, asks.has_card(), "", |out| fields::card(out, cx, cx.state.form.brand));
        let rail = view.bank.as_ref().and_then(|bank| bank.kind.rail());
        grid(out, matches!(asks, Asks::Bank(_)), "", |out| {
            if let Some(rail) = rail {
                bank_fields(out, cx, rail);
            }
        });
        grid(out, asks.has_name(), "", |out| {
            fields::name(out, cx, &cx.state.form);
        });
        grid(out, asks.has_address(), cx.t.billing_address(), |out| billing_address(out, cx, view));
        let never = view.save_refused_because.is_some();
        let says = is_new && (view.session.may_save || never);
        out.el_with("div", attrs! {"class": fixed("save"), "hidden": when(!says)}, |out| {
            if view.session.may_save {
                save(out, cx, view);
            } else if let (true, Some(acting)) = (never, &view.acting) {
                out.el_fill("p", "hint", cx.t.never_signed_in(), &[&acting.client]);
                if cx.state.keeps() {
                    consent(out, cx, view);
                }
            }
        });
        out.el_with("div", attrs! {"class": fixed("save"), "hidden": when(!asks.has_mandate())}, |out| {
            if asks.has_mandate() {
                mandate(out, cx);
            }
        });
    });
}

/// A part of the form, in columns; one with a name is a group.
pub(super) fn grid(out: &mut Out, shows: bool, name: &'static str, fields: impl FnOnce(&mut Out)) {
    let role = fixed(if name.is_empty() { "" } else { "group" });
    out.el_with(
        "div",
        attrs! {"class": fixed("grid"), "hidden": when(!shows), "role": role, "aria-label": fixed(name)},
        fields,
    );
}

/// What a saved method lacks, and why it is asked for. The fields are a card's own: those of another card are made anew.
fn lacking(out: &mut Out, cx: &Cx<'_>) {
    let t = cx.t;
    let asks = cx.state.form.asks;
    let needs = asks.needs();
    let why = match asks {
        Asks::Replacement => t.replace_why(),
        Asks::Saved(needs) if needs.expiry => t.update_why(),
        Asks::Saved(needs) if needs.code => t.code_why(),
        Asks::Saved(needs) if needs.address => t.address_why(),
        _ => "",
    };
    let card = match &cx.state.choice {
        Some(Choice::Saved(id)) => id.as_str(),
        _ => "",
    };
    out.el_with(
        "div",
        attrs! {"class": fixed("grid"), "key": attr(card), "hidden": when(why.is_empty())},
        |out| {
            out.el_say("p", "wide hint", why);
            fields::lacking(out, cx, needs);
        },
    );
}

/// The numbers of an account in its country's form, below a picture of where they stand.
fn bank_fields(out: &mut Out, cx: &Cx<'_>, rail: Rail) {
    let t = cx.t;
    if matches!(cx.state.form.asks, Asks::Bank(_)) {
        // Not asked for before it is needed.
        let picture = ["/pictures/cheque-", rail.as_str(), "-", t.pictures(), ".svg"].concat();
        let printed: &[BankPart] = match rail {
            Rail::Ach => &[BankPart::Routing, BankPart::Account],
            Rail::Pad => &[BankPart::Transit, BankPart::Institution, BankPart::Account],
        };
        let mut numbers = String::new();
        for part in printed {
            let mark = if numbers.is_empty() { "" } else { ", " };
            numbers = between(&numbers, mark, bank(t, *part));
        }
        let said = fill(t.cheque(), &[&numbers]);
        out.el_with("img", attrs! {"class": fixed("wide"), "key": fixed("cheque"), "src": attr(&picture), "alt": attr(&said)}, |_| {});
    }
    fields::account(out, cx, &cx.state.form, rail);
}

/// What is agreed to before the account is debited: in full, and by an act of its own.
fn mandate(out: &mut Out, cx: &Cx<'_>) {
    fields::holder(out, cx, &cx.state.form);
    // Always one element: what changes here may not make the list above it anew.
    out.el("div", "agreement", |out| agreement(out, cx));
}

/// The text of the mandate and the box to agree to it, or why they are not there.
fn agreement(out: &mut Out, cx: &Cx<'_>) {
    let t = cx.t;
    match &cx.state.agreement {
        Agreement::Here(_, mandate) => {
            out.el_with("div", attrs! {"class": fixed("terms"), "lang": attr(&mandate.locale)}, |out| {
                // Paragraphs are set apart by an empty line, and have none inside.
                for paragraph in pieces(&mandate.text, &['\n']).into_iter().filter(|line| !line.is_empty()) {
                    out.el_said("p", "", paragraph);
                }
            });
            check_box(out, cx, Field::Agree, cx.state.form.agreed, "agree-note");
        }
        Agreement::Failed(_) => out.el("p", "error note", |out| {
            out.say(t.mandate_unavailable());
            out.say(" ");
            button(out, "link", "retry-mandate", "button", t.retry());
        }),
        Agreement::Unasked | Agreement::Asked(_) => out.el_say("p", "note", t.mandate_loading()),
    }
}

/// A box to tick, its label, and the line for its error.
pub(super) fn check_box(out: &mut Out, cx: &Cx<'_>, field: Field, checked: bool, described_by: &'static str) {
    let error = cx.state.form.shown_error(field);
    let is_agree = field == Field::Agree;
    let is_forced = field == Field::Save && cx.state.needs_saved().is_some();
    out.el("label", "", |out| {
        out.el_with("input", attrs! {
            "type": fixed("checkbox"), "id": fixed(field.id()), "checked": when(checked), "aria-describedby": fixed(described_by),
            "aria-invalid": when(error.is_some()), "aria-required": when(is_agree), "aria-readonly": when(is_forced),
        }, |_| {});
        out.el_say("span", "", cx.label(field));
    });
    if is_agree {
        let error = error.map(|error| cx.error(error));
        out.el_with("p", attrs! {"class": fixed("note error"), "id": fixed(described_by)}, |out| {
            out.said(error.as_deref().unwrap_or_default())
        });
    }
}

/// The box for the account's own address, and the fields.
fn billing_address(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    if view.account_address.is_some() {
        out.el_with("div", attrs! {"class": fixed("wide"), "key": fixed("same")}, |out| {
            check_box(out, cx, Field::SameAddress, cx.state.form.same_address, "");
        });
    }
    address::fields(out, cx, &cx.state.form.address);
}

fn save(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    // Not `disabled` where it is needed: that would hide it from the keyboard. See `Page::happened`.
    let why = if cx.state.needs_saved().is_some() { cx.t.save_needed() } else { "" };
    check_box(out, cx, Field::Save, cx.state.saves(), "why consent");
    out.el_with("p", attrs! {"class": fixed("why"), "id": fixed("why")}, |out| out.say(why));
    consent(out, cx, view);
}

/// What is agreed to by paying with a method that is kept.
fn consent(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let consent = cx.state.consent(view);
    out.el_with("p", attrs! {"id": fixed("consent"), "lang": attr(&consent.locale)}, |out| {
        out.said(&consent.text)
    });
}

//! The panel of what is being done with a method.

use std::rc::Rc;

use paydesk_domain::wire::wallet::{WalletMethodView, WalletPlannedView};

use super::consents::lines;
use super::details::{SMALL, act, planned};
use super::entry::send;
use super::{Cx, new, other};
use crate::i18n::fill;
use crate::view::address;
use crate::view::markup::{Out, attr, attrs, fixed, when};
use crate::view::parts::{Look, button, text_field};
use crate::wallet::state::{Field, PANEL_TITLE, PANEL_TROUBLE, Panel, Plans, Trouble, Work};

/// Draws the panel, where one is open for this method. Its place is always there.
pub(super) fn panel(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView) {
    let Some(panel) = cx.state.panel.as_ref().filter(|panel| panel.method == method.id) else {
        return out.nothing();
    };
    frame(out, cx, panel, &title(cx, method, panel), |out| inside(out, cx, method, panel));
}

/// A panel around what is in it: its title, why it was not done, and its buttons.
pub(super) fn frame(out: &mut Out, cx: &Cx<'_>, panel: &Panel, title: &str, inside: impl FnOnce(&mut Out)) {
    // Another panel is another element: what was typed in one is not the other's.
    out.el_with(
        "form",
        attrs! {"class": fixed("panel"), "novalidate": when(true), "key": attr(&panel.opener), "aria-labelledby": fixed(PANEL_TITLE)},
        |out| {
            out.el_with("h4", attrs! {"id": fixed(PANEL_TITLE), "tabindex": fixed("-1")}, |out| out.said(title));
            inside(out);
            trouble(out, cx, panel.trouble);
            buttons(out, cx, panel);
        },
    );
}

/// Why something was not done. Its place is always there.
pub(super) fn trouble(out: &mut Out, cx: &Cx<'_>, trouble: Option<Trouble>) {
    let words = trouble.map_or("", |trouble| cx.trouble(trouble));
    out.el_with(
        "p",
        attrs! {"class": fixed("notice bad"), "id": fixed(PANEL_TROUBLE), "tabindex": fixed("-1"), "hidden": when(words.is_empty())},
        |out| out.say(words),
    );
}

fn title(cx: &Cx<'_>, method: &WalletMethodView, panel: &Panel) -> String {
    let t = cx.t;
    match &panel.work {
        Work::Rename(_) => t.rename().to_owned(),
        Work::MakeDefault => t.make_default().to_owned(),
        // Titled where it is drawn.
        Work::Add(_) => String::new(),
        Work::Update(_) => fill(t.update_title(), &[&cx.called(method)]),
        Work::BackUp { organization } => {
            let name = cx.state.organization(organization).map_or("", |known| known.name.as_str());
            fill(t.backup_for(), &[name])
        }
        Work::EndBackup { organization, .. } => fill(t.backup_end_sure(), &[organization]),
        Work::Address(_) => t.correct_address().to_owned(),
        Work::Authorize { organization } => {
            let name = cx.state.organization(organization).map_or("", |known| known.name.as_str());
            fill(t.authorize(), &[name])
        }
        Work::Revoke { organization, .. } => fill(t.revoke_sure(), &[organization]),
        Work::Replace { .. } => fill(t.replace_title(), &[&cx.called(method)]),
        Work::Move { .. } => t.move_title().to_owned(),
        Work::Remove { planned: Some(_) } => t.in_use().to_owned(),
        Work::Remove { planned: None } => fill(t.remove_sure(), &[&cx.called(method)]),
    }
}

fn inside(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView, panel: &Panel) {
    let t = cx.t;
    match &panel.work {
        Work::MakeDefault | Work::Add(_) => {}
        Work::Rename(name) => {
            let look = Look { hint: t.nickname_hint(), ..Look::default() };
            text_field(out, cx, Field::Nickname, Some(name), look);
        }
        Work::Address(new) => out.el("div", "grid", |out| address::fields(out, cx, &new.form.address)),
        Work::Update(new) => new::update(out, cx, new),
        Work::Authorize { organization } => terms(out, cx, method, organization, false),
        Work::BackUp { organization } => {
            terms(out, cx, method, organization, true);
            if let Some(earlier) = cx.state.backup_of(organization) {
                out.el_fill("p", "", t.backup_instead(), &[&cx.called(earlier)]);
            }
        }
        Work::EndBackup { organization, .. } => {
            out.el_fill("p", "", t.backup_end_more(), &[organization]);
        }
        Work::Replace { stuck, .. } => other::replace(out, cx, method, panel, stuck.as_deref()),
        Work::Move { plan, .. } => other::plan(out, cx, method, panel, plan),
        Work::Revoke { organization, agreed, plans, .. } => {
            out.el_fill("p", "", t.revoke_more(), &[organization]);
            if let Some(agreed) = agreed {
                choice(out, cx, agreed, *plans);
            }
        }
        Work::Remove { planned: Some(list) } => {
            out.el_say("p", "", t.in_use_more());
            planned(out, cx, &Vec::from_iter(&**list));
            if cx.state.has_other(&method.id) {
                out.el("p", "", |out| act(out, "replace", &[&method.id, "instead"], t.replace(), SMALL));
            }
        }
        Work::Remove { planned: None } => out.el_say("p", "", t.remove_more()),
    }
}

/// What is agreed to, in full.
fn terms(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView, organization: &str, backs_up: bool) {
    if let Some(consent) = cx.state.consent(method, organization, backs_up) {
        let language = attr(&consent.locale);
        out.el_with("div", attrs! {"class": fixed("terms"), "lang": language}, |out| {
            lines(out, &consent.text)
        });
    }
}

/// What was agreed to, and what is to become of it.
fn choice(out: &mut Out, cx: &Cx<'_>, agreed: &Rc<[WalletPlannedView]>, chosen: Option<Plans>) {
    let t = cx.t;
    out.el("fieldset", "", |out| {
        out.el_say("legend", "", t.revoke_agreed());
        planned(out, cx, &Vec::from_iter(&**agreed));
        for (plans, words) in [(Plans::Continue, t.plans_go_on()), (Plans::End, t.plans_end())] {
            out.el("label", "tick", |out| {
                out.el_with(
                    "input",
                    attrs! {
                        "type": fixed("radio"), "name": fixed("plans"), "id": fixed(plans.as_str()),
                        "checked": when(chosen == Some(plans)), "value": fixed(plans.as_str()),
                    },
                    |_| {},
                );
                out.el_say("span", "", words);
            });
        }
    });
}

fn buttons(out: &mut Out, cx: &Cx<'_>, panel: &Panel) {
    let t = cx.t;
    let words = match &panel.work {
        _ if panel.busy => t.saving(),
        Work::Authorize { .. } | Work::BackUp { .. } => t.agree_button(),
        Work::EndBackup { .. } => t.backup_end(),
        Work::Update(_) => t.update(),
        Work::Revoke { .. } => t.revoke(),
        Work::Replace { .. } => t.replace_button(),
        Work::Move { .. } => t.move_button(),
        Work::Remove { .. } => t.remove(),
        Work::MakeDefault if panel.trouble.is_some() => t.retry(),
        Work::Rename(_) | Work::Address(_) | Work::MakeDefault | Work::Add(_) => t.save_change(),
    };
    out.el("div", "acts", |out| {
        // What is planned has to go first: there is nothing to send.
        if matches!(panel.work, Work::Remove { planned: Some(_) }) {
            out.nothing();
        } else {
            send(out, "again", "send", panel.busy, words);
        }
        button(out, "small", "cancel", "button", t.cancel());
    });
}

//! Another method in the place of one: what moves to it, and which one it is to be.

use paydesk_domain::wire::wallet::{WalletMethodView, WalletPlannedView};

use super::details::planned;
use super::shelf::{picture, standing};
use super::{Cx, names};
use crate::i18n::fill;
use crate::view::markup::{Out, attr};
use crate::view::parts::{OFF, method_row, with};
use crate::wallet::state::{Panel, plans_of};

/// What moves with a method that is replaced, before it does, and what can take its place. `stuck` is what the chosen one cannot be
/// charged for.
pub(super) fn replace(
    out: &mut Out,
    cx: &Cx<'_>,
    method: &WalletMethodView,
    panel: &Panel,
    stuck: Option<&[WalletPlannedView]>,
) {
    let t = cx.t;
    choice(out, cx, t.replace_by(), panel, |_| None);
    if let Some(stuck) = stuck {
        out.el_say("p", "", t.stuck());
        planned(out, cx, &Vec::from_iter(stuck));
    } else if !method.planned.is_empty() {
        out.el_say("p", "", t.replace_moves());
        planned(out, cx, &Vec::from_iter(&method.planned));
    }
    if !method.authorizations.is_empty() {
        let who = names(method.authorizations.iter().map(|given| given.name.as_str()));
        out.el_fill("p", "", t.replace_who(), &[&who]);
    }
    out.el_fill("p", "", t.replace_gone(), &[&cx.called(method)]);
}

/// What is planned of a plan, and what it can be charged to.
pub(super) fn plan(out: &mut Out, cx: &Cx<'_>, method: &WalletMethodView, panel: &Panel, plan: &str) {
    let of_it = plans_of(&method.planned).into_iter().find(|of_one| of_one[0].plan == plan);
    let of_it = of_it.unwrap_or_default();
    planned(out, cx, &of_it);
    let who = of_it.first();
    choice(out, cx, cx.t.move_to(), panel, |other| {
        let who = who
            .filter(|who| other.authorizations.iter().all(|given| given.organization != who.organization))?;
        Some(fill(cx.t.may_not(), &[&who.name]))
    });
}

/// The other methods, of which one is to be chosen; `why_not` says why one cannot be.
fn choice(
    out: &mut Out,
    cx: &Cx<'_>,
    question: &'static str,
    panel: &Panel,
    why_not: impl Fn(&WalletMethodView) -> Option<String>,
) {
    out.el("fieldset", "", |out| {
        out.el_say("legend", "", question);
        out.el("div", "group", |out| {
            for other in cx.state.others(&panel.method) {
                let (is_good, mut more) = standing(cx, other);
                let why = if is_good { why_not(other) } else { None };
                let class = if is_good && why.is_none() { "" } else { OFF };
                more = why.unwrap_or(more);
                let called = cx.called(other);
                let (name, more) = match &other.nickname {
                    Some(nickname) => (nickname, with(&called, " · ", &more)),
                    None => (&called, more),
                };
                let label = with(name, ". ", &more);
                let chosen = panel.work.other() == Some(&other.id);
                method_row(
                    out,
                    attr(&other.id),
                    (chosen, class),
                    &label,
                    picture(other.kind, other.brand),
                    |out| {
                        out.said(name);
                        out.el_said("span", "when", &more);
                    },
                );
            }
        });
    });
}

/// What moved, below what is said of it.
pub(super) fn moved(out: &mut Out, cx: &Cx<'_>) {
    let said = cx.state.said.as_deref();
    let list = said.map(crate::wallet::state::Said::planned).unwrap_or_default();
    if list.is_empty() {
        out.nothing();
    } else {
        out.el("div", "", |out| {
            out.el_say("p", "", cx.t.moved_list());
            planned(out, cx, &Vec::from_iter(list));
        });
    }
}

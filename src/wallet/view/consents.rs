//! What the client has agreed to, also what has ended: a page of its own, read when it is opened.

use paydesk_domain::wire::wallet::{ConsentKind, WalletConsentView};

use super::Cx;
use super::entry::{bars, title};
use super::panel::trouble;
use super::shelf::picture;
use crate::i18n::{between, fill, pieces};
use crate::view::markup::{Out, attr, attrs, fixed};
use crate::view::parts::{button, mark};
use crate::wallet::state::{Consents, HIDE_CONSENTS};

/// The page.
pub(super) fn consents(out: &mut Out, cx: &Cx<'_>, consents: &Consents) {
    let t = cx.t;
    out.el_with("div", attrs! {"class": fixed("wallet"), "key": fixed("consents")}, |out| {
        out.el("p", "back", |out| button(out, "link", HIDE_CONSENTS, "button", t.back()));
        title(out, t.consents());
        out.el_say("p", "lead", t.consents_more());
        trouble(out, cx, consents.trouble);
        // As many as before, whatever comes: a list that grows would make the title anew, which has the focus.
        match &consents.list {
            Some(list) if list.is_empty() => out.el_say("p", "empty", t.no_consents()),
            Some(list) => out.el("ul", "group", |out| list.iter().for_each(|consent| item(out, cx, consent))),
            None if consents.busy => out.el("div", "skeleton", bars),
            None => out.nothing(),
        }
        match &consents.list {
            None if consents.trouble.is_some() => more(out, t.retry()),
            Some(_) if consents.next.is_some() => more(out, t.show_more()),
            _ => out.nothing(),
        }
    });
}

fn more(out: &mut Out, words: &'static str) {
    out.el("p", "add", |out| button(out, "small", "more-consents", "button", words));
}

fn item(out: &mut Out, cx: &Cx<'_>, consent: &WalletConsentView) {
    let t = cx.t;
    let given = cx.locale.day(&consent.given_at);
    out.el_with("li", attrs! {"class": fixed("row"), "key": attr(&consent.id)}, |out| {
        out.el("div", "item", |out| {
            mark(out, picture(consent.kind, consent.brand));
            out.el("div", "what", |out| {
                out.el_with("h2", attrs! {"class": fixed("name"), "id": attr(&consent.id), "tabindex": fixed("-1")}, |out| {
                    out.said(&consent.name);
                    out.el_say("span", "badge", if consent.ended_at.is_some() { t.ended() } else { t.in_force() });
                });
                out.el_said("span", "when", &what(cx, consent));
                out.el_said("span", "when", &dates(cx, consent, &given));
            });
            let label = fill(t.download_of(), &[&consent.name, &given]);
            let id = ["download:", &consent.id].concat();
            out.el_with(
                "button",
                attrs! {"class": fixed("small"), "type": fixed("button"), "id": attr(&id), "aria-label": attr(&label)},
                |out| out.say(t.download()),
            );
        });
        out.el("details", "", |out| {
            out.el_say("summary", "", t.text_shown());
            terms(out, cx, consent);
        });
    });
}

/// What may be done by it.
fn what(cx: &Cx<'_>, consent: &WalletConsentView) -> String {
    let t = cx.t;
    let words = match consent.what {
        ConsentKind::Authorization => t.may_charge(),
        ConsentKind::Mandate => t.may_debit(),
        ConsentKind::Backup => t.may_back_up(),
    };
    let last4 = consent.last4.as_deref().unwrap_or_default();
    fill(words, &[&cx.named(consent.kind, consent.brand, consent.bank.as_deref(), last4)])
}

/// When it was agreed to, by whom, and when it ended.
fn dates(cx: &Cx<'_>, consent: &WalletConsentView, given: &str) -> String {
    let t = cx.t;
    let words = match consent.given_by.as_str() {
        "admin" => t.agreed_by_admin(),
        "organization" => t.agreed_by_organization(),
        _ => t.agreed_on(),
    };
    let mut dates = fill(words, &[given]);
    if let Some(ended) = &consent.ended_at {
        dates = between(&dates, " · ", &fill(t.ended_on(), &[&cx.locale.day(ended)]));
    }
    if consent.plans_continue { between(&dates, " · ", t.goes_on()) } else { dates }
}

/// The text in the language that it was shown in.
fn terms(out: &mut Out, cx: &Cx<'_>, consent: &WalletConsentView) {
    let Some(text) = &consent.text else {
        return out.el_say("p", "hint", cx.t.text_lost());
    };
    out.el_with("div", attrs! {"class": fixed("terms"), "lang": attr(&consent.locale)}, |out| {
        lines(out, text)
    });
}

/// Paragraphs.
pub(super) fn lines(out: &mut Out, text: &str) {
    for line in pieces(text, &['\n']).into_iter().filter(|line| !line.is_empty()) {
        out.el_said("p", "", line);
    }
}

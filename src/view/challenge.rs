//! The page on which the payer's bank asks them to prove who they are. It stands in the place of the form, which keeps what was
//! typed, and nothing else in the frame can be reached meanwhile.

use paydesk_domain::wire::billing::CheckoutView;

use super::Cx;
use super::markup::{Out, attr, attrs, fixed, when};
use super::parts::button;
use crate::i18n::{FormWords, fill};
use crate::state::Submission;

/// The title, which takes the focus.
pub(crate) const TITLE: &str = "challenge";

/// Draws it while the bank asks.
pub(super) fn challenge(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let Submission::Challenged { url, .. } = &cx.state.submission else {
        // A list that grows makes what stands before it anew, and the form would lose what was typed.
        return out.nothing();
    };
    let more = fill(cx.t.challenge_more(), &[&view.organization.name]);
    page(out, cx.t, url, &more, cx.t.challenge_cancel());
}

/// The bank's page at this address, whatever it is asked for: `more` says what for, `cancel` that it is given up.
pub(crate) fn page<W: FormWords>(out: &mut Out, t: &W, url: &str, more: &str, cancel: &'static str) {
    out.el_with("section", attrs! {
        "class": fixed("challenge"), "role": fixed("dialog"), "aria-modal": when(true), "aria-labelledby": fixed(TITLE),
        "aria-describedby": fixed("challenge-more"),
    }, |out| {
        out.el_with("h1", attrs! {"id": fixed(TITLE), "tabindex": fixed("-1")}, |out| out.say(t.challenge()));
        out.el_with("p", attrs! {"class": fixed("hint"), "id": fixed("challenge-more")}, |out| out.said(more));
        // Another origin, and less than it may do on its own: it can neither take this page elsewhere nor download anything.
        out.el_with("iframe", attrs! {
            "title": fixed(t.challenge_page()), "sandbox": fixed("allow-forms allow-popups allow-same-origin allow-scripts"),
            "allow": fixed("publickey-credentials-get"), "src": attr(url),
        }, |_| {});
        // Some banks do not let themselves be framed. The window knows nothing of this page.
        out.el_with("a", attrs! {
            "class": fixed("link"), "target": fixed("_blank"), "rel": fixed("noopener"), "href": attr(url),
        }, |out| out.say(t.challenge_window()));
        button(out, "link", "call-off", "button", cancel);
    });
}

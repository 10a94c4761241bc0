//! What stands in the page: the form and its button, or how it ended.

use paydesk_domain::wire::billing::CheckoutView;

use super::markup::{Out, attrs, fixed, when};
use super::messages::working;
use super::parts::button;
use super::{Cx, challenge, methods, plans, result, split, summary};
use crate::state::{Choice, Load, Submission};

/// Everything below the live region.
pub(super) fn body(out: &mut Out, cx: &Cx<'_>) {
    let state = cx.state;
    let view = match &state.load {
        Load::Waiting => return result::skeleton(out, cx),
        Load::Failed(why) => return result::failed(out, cx, *why),
        Load::Ready(view) => view,
    };
    if let Submission::Paid(receipt) = &state.submission {
        return result::paid(out, cx, view, receipt.as_deref());
    }
    if matches!(state.submission, Submission::Agreed) {
        return result::agreed(out, cx, view);
    }
    if view.invoice.payable_now <= 0 && !state.submission.blocks() {
        return result::nothing_due(out, cx);
    }
    if state.is_off_sale() && !state.submission.blocks() {
        return result::off_sale(out, cx, view);
    }
    let busy = matches!(state.submission, Submission::Working { .. });
    let fine = match (busy, &state.choice) {
        (true, _) => cx.t.keep_open(),
        _ if state.is_covered() => "",
        (false, Some(Choice::NewCard | Choice::NewBank)) => cx.t.direct_note(),
        (false, _) if state.form.asks.has_card() => cx.t.direct_note(),
        _ => "",
    };
    let class = fixed(if busy { "busy" } else { "" });
    let challenged = matches!(state.submission, Submission::Challenged { .. });
    out.el_with(
        "form",
        attrs! {
            "class": class, "novalidate": when(true), "aria-busy": when(busy), "hidden": when(challenged),
        },
        |out| {
            summary::summary(out, cx, view);
            plans::plans(out, cx, view);
            split::split(out, cx, view);
            methods::methods(out, cx, view);
            let warning = plans::warning(cx);
            let hidden = when(warning.is_empty());
            out.el_with("p", attrs! {"class": fixed("notice"), "hidden": hidden}, |out| out.said(&warning));
            word(out, cx);
            pay_button(out, cx, view);
            out.el_say("p", "fine", fine);
        },
    );
    challenge::challenge(out, cx, view);
}

/// The word about the last try.
fn word(out: &mut Out, cx: &Cx<'_>) {
    let t = cx.t;
    let (class, title, money, advice) = match &cx.state.submission {
        Submission::Declined { decline, saved } => {
            ("notice bad", cx.declined(decline), t.not_charged(), cx.advice(decline, *saved))
        }
        Submission::Failed(trouble) => ("notice bad", t.not_sent(), t.not_charged(), cx.trouble(*trouble)),
        Submission::Unknown { .. } => ("notice", t.still_checking(), t.still_checking_more(), String::new()),
        _ => return out.nothing(),
    };
    out.el("div", class, |out| {
        out.el_say("p", "title", title);
        out.el("p", "", |out| {
            out.say(money);
            out.say(" ");
            out.said(&advice);
        });
        // Never a code alone, and findable for whoever is asked about it.
        if let Submission::Declined { decline, .. } = &cx.state.submission {
            out.el_fill("p", "hint", t.code(), &[&decline.code]);
        }
    });
}

fn pay_button(out: &mut Out, cx: &Cx<'_>, view: &CheckoutView) {
    let t = cx.t;
    match &cx.state.submission {
        Submission::Unknown { .. } => button(out, "pay", "check", "button", t.check_again()),
        Submission::Working { stage, .. } => {
            // Not `disabled`: that would take the keyboard focus away. The state lets no second try through.
            out.el_with("button", attrs! {
                "class": fixed("pay"), "key": fixed("pay"), "id": fixed("pay"), "type": fixed("submit"), "aria-disabled": when(true),
            }, |out| out.say(working(t, *stage)));
        }
        _ => button(out, "pay", "pay", "submit", &plans::pay_label(cx, view)),
    }
}

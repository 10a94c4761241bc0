//! Entering: the question for a code, and what keeps the wallet from being shown.

use super::Cx;
use crate::i18n::decimal;
use crate::view::markup::{Out, attrs, fixed, when};
use crate::view::parts::{Look, button, text_field};
use crate::wallet::state::{Barrier, Field, TITLE};

/// The question for a code.
pub(super) fn entry(out: &mut Out, cx: &Cx<'_>) {
    let (t, entry) = (cx.t, &cx.state.entry);
    out.el_with("form", attrs! {"class": fixed("entry"), "novalidate": when(true), "key": fixed("entry")}, |out| {
        title(out, t.enter());
        out.el_fill("p", "lead", t.code_sent(), &[&entry.sent_to]);
        let look = Look {
            autocomplete: "one-time-code",
            inputmode: "numeric",
            hint: t.code_hint(),
            ..Look::default()
        };
        text_field(out, cx, Field::Code, None, look);
        out.el("label", "tick", |out| {
            out.el_with(
                "input",
                attrs! {
                    "type": fixed("checkbox"), "id": fixed(Field::Remember.id()), "checked": when(entry.remembers),
                    "aria-describedby": fixed("remember-note"),
                },
                |_| {},
            );
            out.el_say("span", "", t.remember());
        });
        out.el_with("p", attrs! {"class": fixed("hint"), "id": fixed("remember-note")}, |out| {
            out.say(t.remember_more())
        });
        send(out, "pay", "enter", entry.busy, if entry.busy { t.code_checking() } else { t.enter_button() });
        out.el("p", "resend", |out| {
            if entry.wait_s > 0 {
                let left = decimal(usize::try_from(entry.wait_s).unwrap_or_default());
                out.el_fill("span", "hint", t.resend_in(), &[&left]);
            } else {
                button(out, "link", "resend", "button", t.resend());
            }
        });
    });
}

/// What keeps the wallet from being shown, and what to do.
pub(super) fn barred(out: &mut Out, cx: &Cx<'_>, barrier: Barrier) {
    let (words, more) = cx.barrier(barrier);
    out.el_with(
        "section",
        attrs! {"class": fixed("result bad"), "role": fixed("alert"), "key": fixed("barred")},
        |out| {
            out.el_with("span", attrs! {"class": fixed("mark"), "aria-hidden": when(true)}, |_| {});
            title(out, words);
            out.el_say("p", "", more);
            if barrier.can_pass() {
                button(out, "again", "again", "button", cx.t.retry());
            }
        },
    );
}

/// Before anything is known: the shape of what will come. The line that says so shows after a while (by the style sheet).
pub(super) fn skeleton(out: &mut Out, cx: &Cx<'_>) {
    out.el_with("section", attrs! {"class": fixed("skeleton"), "key": fixed("skeleton")}, |out| {
        bars(out);
        out.el("p", "slow", |out| {
            out.say(cx.t.slow());
            out.say(" ");
            button(out, "link", "again", "button", cx.t.retry());
        });
    });
}

/// The shape of a list that will come.
pub(super) fn bars(out: &mut Out) {
    for class in ["bar short", "bar tall", "bar tall", "bar tall"] {
        out.el("i", class, |_| {});
    }
}

/// The page's title, which can hold the focus.
pub(super) fn title(out: &mut Out, words: &'static str) {
    out.el_with("h1", attrs! {"id": fixed(TITLE), "tabindex": fixed("-1")}, |out| out.say(words));
}

/// The button that sends a form. Not `disabled` while the answer is on its way: that would take the focus away.
pub(super) fn send(out: &mut Out, class: &'static str, id: &'static str, busy: bool, words: &'static str) {
    out.el_with(
        "button",
        attrs! {
            "class": fixed(class), "key": fixed(id), "id": fixed(id), "type": fixed("submit"), "aria-disabled": when(busy),
        },
        |out| out.say(words),
    );
}

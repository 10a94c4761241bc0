//! The root component: holds the state, turns what happens in the page into actions and flows.
//!
//! A component with methods, not a function with hooks: the machinery of hooks alone weighs six kilobytes here.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use yew::{AttrValue, Callback, Component, Context, Html, NodeRef, Properties};

use super::markup::{Out, attrs, fixed};
use super::options::Lists;
use super::page::{Page, next_step};
use super::{Cx, body, document, dom};
use crate::flow::{self, Desk};
use crate::i18n::Locale;
use crate::state::{Checkout, Field, HostEvent, Store, Submission};

/// Something that the page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Pay, as if the button had been pressed.
    Submit,
    /// Put the focus where the payer begins.
    Focus,
    /// Something happened at the payer's bank: ask the server.
    Look,
}

impl Command {
    /// The number of a command that follows another one.
    pub fn after(self, last: Option<(u32, Self)>) -> u32 {
        last.map_or(0, |(number, _)| number + 1)
    }
}

/// The checkout's properties.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CheckoutProps {
    /// The session at work.
    pub desk: Desk,
    /// The language that the page asked for.
    #[prop_or_default]
    pub asked_locale: Option<AttrValue>,
    /// The browser's language, until the session tells its own.
    #[prop_or(AttrValue::Static("en"))]
    pub browser_locale: AttrValue,
    /// What the page asks for, with a number so that the same can be asked twice.
    #[prop_or_default]
    pub command: Option<(u32, Command)>,
    /// What the page is told.
    #[prop_or_default]
    pub on_event: Callback<HostEvent>,
    /// A state to begin with, for tests.
    #[prop_or_default]
    pub initial: Option<Initial>,
}

/// A state to begin with. Only the first one counts, so that all are equal.
#[derive(Clone, Debug)]
pub struct Initial(pub Rc<Checkout>);

impl PartialEq for Initial {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The checkout.
#[derive(Debug)]
pub struct CheckoutApp {
    page: Rc<Page>,
    root: NodeRef,
    lists: Lists,
    listener: Option<Closure<dyn Fn(JsValue)>>,
    told_outcomes: Option<u32>,
    told_change: Option<(bool, Option<&'static str>)>,
    is_challenged: bool,
}

impl Component for CheckoutApp {
    /// The state changed.
    type Message = ();
    type Properties = CheckoutProps;

    fn create(ctx: &Context<Self>) -> Self {
        let first = ctx
            .props()
            .initial
            .as_ref()
            .map_or_else(Checkout::default, |Initial(state)| Checkout::clone(state));
        let link = ctx.link().clone();
        let store = Store::new(first, move || link.send_message(()));
        let page = Rc::new(Page { desk: ctx.props().desk.clone(), store, secrets: RefCell::default() });
        Self {
            page,
            root: NodeRef::default(),
            lists: Lists::default(),
            listener: None,
            told_outcomes: None,
            told_change: None,
            is_challenged: false,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &CheckoutProps) -> bool {
        let props = ctx.props();
        if props.command != old.command {
            match props.command {
                Some((_, Command::Submit)) => self.page.pay(),
                Some((_, Command::Focus)) => self.page.focus_start(),
                Some((_, Command::Look)) if self.is_challenged => {
                    flow::follow(&self.page.desk, &self.page.store)
                }
                Some((_, Command::Look)) => {}
                None => {}
            }
        }
        if props.asked_locale != old.asked_locale {
            flow::load_consent(
                &self.page.desk,
                &self.page.store,
                props.asked_locale.as_deref().unwrap_or_default(),
            );
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let state = self.page.store.now();
        let locale = locale(ctx.props(), &state);
        let cx = Cx { t: locale.strings(), locale: &locale, state: &state, lists: &self.lists };
        let mut out = Out::default();
        out.el_with(
            "p",
            attrs! {"class": fixed("vh"), "role": fixed("status"), "aria-live": fixed("polite")},
            |out| out.said(&cx.spoken()),
        );
        body::body(&mut out, &cx);
        out.into_main(&self.root)
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        let props = ctx.props();
        if first {
            self.listen();
            flow::learn_words(&self.page.store, language(props, &self.page.store.now()));
            flow::load(&self.page.desk, &self.page.store);
        }
        let state = self.page.store.now();
        let locale = locale(props, &state);
        document::speak(locale.tag(), locale.strings().direction());
        let is_challenged = matches!(state.submission, Submission::Challenged { .. });
        if is_challenged != self.is_challenged {
            self.is_challenged = is_challenged;
            // In with the bank's page, and back to where it came from; a result takes it after that.
            document::focus(next_step(&state));
        }
        self.tell(&props.on_event, &state, &locale);
    }
}

impl CheckoutApp {
    /// Tells the page what it has not heard yet, and tidies the fields.
    fn tell(&mut self, on_event: &Callback<HostEvent>, state: &Checkout, locale: &Locale) {
        if self.told_outcomes != Some(state.outcomes) {
            self.told_outcomes = Some(state.outcomes);
            let words = || Cx { t: locale.strings(), locale, state, lists: &self.lists }.trouble_in_full();
            if let Some(outcome) = state.outcome(words) {
                on_event.emit(outcome);
            }
            match &state.submission {
                Submission::Paid(_) | Submission::Agreed => {
                    for field in self.page.secrets.take() {
                        field.set_value("");
                    }
                    document::focus("result");
                }
                Submission::Declined { .. } => {
                    dom::empty(Field::Cvc.id());
                    dom::empty(Field::Code.id());
                }
                _ => {}
            }
        }
        let change = state.view().map(|_| state.change());
        if let Some((complete, method)) = change
            && change != self.told_change
        {
            self.told_change = change;
            on_event.emit(HostEvent::Change { complete, method });
        }
    }

    /// One listener for every kind of event, on the element that holds everything. Yew's own would do, save for the
    /// end of a composition, which it does not know; six of its kinds would be six closures and their types.
    fn listen(&mut self) {
        let page = self.page.clone();
        let listener =
            Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| page.happened(&event.unchecked_into()));
        if let Some(main) = self.root.get() {
            for kind in ["input", "change", "compositionend", "focusout", "click", "submit"] {
                // Lives with the element.
                let _ = main.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref());
            }
        }
        self.listener = Some(listener);
    }
}

fn locale(props: &CheckoutProps, state: &Checkout) -> Locale {
    let locale = Locale::parse(language(props, state), state.words, state.english());
    state.view().map_or_else(|| locale.clone(), |view| locale.in_country(&view.organization.country))
}

/// What the page or the session calls the language; the browser's own before either is known.
fn language<'a>(props: &'a CheckoutProps, state: &'a Checkout) -> &'a str {
    match (&props.asked_locale, state.view()) {
        (Some(asked), _) => asked,
        (None, Some(view)) => &view.session.locale,
        (None, None) => &props.browser_locale,
    }
}

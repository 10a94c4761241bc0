//! The whole of it.

use std::rc::Rc;

use paydesk_domain::card::ExpiryState;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::billing::ConsentView;
use paydesk_domain::wire::wallet::{
    WalletMethodView, WalletOrganizationView, WalletPlannedView, WalletShelfView, WalletVerificationView,
    WalletView,
};

use super::{Action, Barrier, Consents, Entry, OfConsents, Panel, Proof, Said, Trouble, Verification, Work};
use crate::state::State;
use crate::wallet::strings::Strings;

/// How far a client has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The session, or the wallet, is asked for.
    #[default]
    Waiting,
    /// A code is asked for.
    Entering,
    /// The wallet is there.
    Open,
    /// It cannot be shown.
    Barred(Barrier),
}

/// A message for the embedding page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostEvent {
    /// The wallet can be used.
    Ready,
    /// Something in it was changed.
    Changed,
    /// It cannot be shown.
    Barred(Barrier),
    /// Something was not done.
    Failed(Trouble),
}

/// What the wallet knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wallet {
    /// The words of another language than English.
    pub words: Option<&'static Strings>,
    /// How far the client has come.
    pub phase: Phase,
    /// The question for a code.
    pub entry: Entry,
    /// The wallet.
    pub view: Option<Rc<WalletView>>,
    /// The method whose details are shown.
    pub shown: Option<String>,
    /// What is being done.
    pub panel: Option<Panel>,
    /// What the client's bank asks, while it does.
    pub verification: Option<Verification>,
    /// What was agreed to, while that is read in place of the wallet.
    pub consents: Option<Consents>,
    /// What was done last.
    pub said: Option<Rc<Said>>,
    /// Whether the client has done anything yet: the focus of who has not is elsewhere, and theirs.
    pub acted: bool,
    /// Where the focus is to go, by an element's id.
    pub focus: String,
    /// How often it was to go somewhere.
    pub focus_count: u32,
    /// What the page is told, in its order.
    pub events: Vec<HostEvent>,
}

impl State for Wallet {
    type Action = Action;

    fn after(&self, action: Action) -> Self {
        let mut next = self.clone();
        next.take(action);
        next
    }
}

impl Wallet {
    /// A method of the wallet.
    pub fn method(&self, id: &str) -> Option<&WalletMethodView> {
        let view = self.view.as_ref()?;
        [&view.cards, &view.accounts]
            .into_iter()
            .flat_map(|shelf| &shelf.methods)
            .find(|method| method.id == id)
    }

    /// The other methods of the wallet, those of its own kind first.
    pub fn others(&self, method: &str) -> Vec<&WalletMethodView> {
        let Some(view) = &self.view else {
            return Vec::new();
        };
        let mut shelves = [&view.cards, &view.accounts];
        if view.accounts.methods.iter().any(|known| known.id == method) {
            shelves.reverse();
        }
        shelves.into_iter().flat_map(|shelf| &shelf.methods).filter(|known| known.id != method).collect()
    }

    /// Whether there is another method that could be charged in its place.
    pub fn has_other(&self, method: &str) -> bool {
        self.others(method).into_iter().any(is_good)
    }

    /// Whether organizations may charge a method, or have planned to, and another one could be charged in its place.
    pub fn moves_something(&self, method: &WalletMethodView) -> bool {
        let is_used = !(method.authorizations.is_empty() && method.planned.is_empty());
        is_used && self.has_other(&method.id)
    }

    /// Which shelf a method is on, and the id of its title.
    pub fn shelf(&self, method: &str) -> Option<(&WalletShelfView, &'static str)> {
        let view = self.view.as_ref()?;
        let has = |shelf: &WalletShelfView| shelf.methods.iter().any(|known| known.id == method);
        if has(&view.cards) {
            Some((&view.cards, CARDS))
        } else {
            has(&view.accounts).then_some((&view.accounts, ACCOUNTS))
        }
    }

    /// An organization that knows the client.
    pub fn organization(&self, id: &str) -> Option<&WalletOrganizationView> {
        self.view.as_ref()?.organizations.iter().find(|organization| organization.id == id)
    }

    /// What is agreed to for a method with an organization that is let charge it, or to back up planned payments with it.
    pub fn consent(
        &self,
        method: &WalletMethodView,
        organization: &str,
        backs_up: bool,
    ) -> Option<&ConsentView> {
        let known = self.organization(organization)?;
        match (method.kind == MethodKind::Card, backs_up) {
            (true, false) => Some(&known.card_consent),
            (false, false) => Some(&known.account_consent),
            (true, true) => known.backup_card_consent.as_ref(),
            (false, true) => known.backup_account_consent.as_ref(),
        }
    }

    /// The method that an organization charges already where a planned payment is refused.
    pub fn backup_of(&self, organization: &str) -> Option<&WalletMethodView> {
        let view = self.view.as_ref()?;
        let is_backup = |method: &&WalletMethodView| {
            method.backups.iter().any(|backup| backup.organization == organization)
        };
        [&view.cards, &view.accounts].into_iter().flat_map(|shelf| &shelf.methods).find(is_backup)
    }

    /// Whether something is under way.
    pub fn is_busy(&self) -> bool {
        self.verification.is_some() || self.panel.as_ref().is_some_and(|panel| panel.busy)
    }

    fn take(&mut self, action: Action) {
        match action {
            Action::Words(words) => self.words = Some(words),
            Action::Ask(asked) => {
                self.phase = Phase::Waiting;
                self.acted |= asked;
            }
            Action::Loaded(view) => self.loaded(view),
            Action::Barred(barrier) => self.bar(barrier),
            Action::CodeSent { .. }
            | Action::Tick
            | Action::Code
            | Action::Remember(_)
            | Action::Checking
            | Action::CodeRefused(_) => self.enter(action),
            Action::Toggle(_) if self.is_busy() => {}
            Action::Toggle(method) => {
                self.acted = true;
                self.panel = None;
                self.said = None;
                self.shown = Some(method).filter(|method| self.shown.as_ref() != Some(method));
            }
            Action::Open(panel) => self.open(*panel),
            Action::Consents(action) => self.take_consents(action),
            Action::Cancel => {
                if let Some(panel) = self.panel.take_if(|panel| !panel.busy) {
                    self.go(&panel.opener);
                }
            }
            Action::Verify(asked) => self.verify(*asked),
            Action::Prove(proof) => {
                if let Some(verification) = &mut self.verification {
                    verification.proof = proof;
                    let place = if self.panel.is_some() { PANEL_TITLE } else { TITLE };
                    self.go(place);
                }
            }
            Action::Done(said) => self.done(said),
            Action::Refused(trouble) => self.refuse(trouble),
            action => self.work(action),
        }
    }

    fn enter(&mut self, action: Action) {
        let entry = &mut self.entry;
        match action {
            Action::CodeSent { sent_to, wait_s, again } => {
                entry.sent(sent_to, wait_s, again);
                self.phase = Phase::Entering;
                if again {
                    self.go(super::Field::Code.id());
                } else if self.acted {
                    self.go(TITLE);
                }
            }
            Action::Tick => entry.wait_s = entry.wait_s.saturating_sub(1),
            Action::Code => entry.typed(),
            Action::Remember(remembers) => entry.remembers = remembers,
            Action::Checking => {
                entry.busy = true;
                self.acted = true;
            }
            Action::CodeRefused(error) => {
                entry.refused(error);
                self.go(super::Field::Code.id());
            }
            _ => {}
        }
    }

    fn work(&mut self, action: Action) {
        let Some(panel) = &mut self.panel else {
            return;
        };
        match action {
            Action::Nickname(text) => panel.rename(text),
            Action::Choose(plans) => panel.choose(plans),
            Action::ChooseOther(method) => panel.choose_other(method),
            Action::Fill(action) => panel.fill_in(*action),
            Action::OtherNumber => {
                panel.ask_whole_card();
                self.go(crate::state::Field::Number.id());
            }
            Action::Email(email) => panel.write_email(email),
            Action::RefuseField(field, error) => {
                panel.refuse_field(field, error);
                self.verification = None;
                self.go(field.id());
            }
            Action::Complain => {
                panel.complain();
                let place = panel.first_problem().map_or(PANEL_TROUBLE, super::Field::id);
                self.go(place);
            }
            Action::Begin => {
                panel.busy = true;
                panel.trouble = None;
            }
            Action::Blocked(list) => {
                panel.blocked(list);
                let place = if panel.trouble.is_some() { PANEL_TROUBLE } else { PANEL_TITLE };
                self.go(place);
            }
            Action::Stuck(list) => {
                panel.stuck(list);
                self.go(PANEL_TROUBLE);
            }
            _ => {}
        }
    }

    fn loaded(&mut self, view: Rc<WalletView>) {
        if self.phase != Phase::Open {
            self.phase = Phase::Open;
            self.events.push(HostEvent::Ready);
            self.verification = view.verifications.iter().find_map(asked);
            // Who has typed a code, or tried again, stands on something that is gone.
            if self.acted {
                self.go(if self.verification.is_some() { CHALLENGE } else { TITLE });
            }
            self.entry = Entry::default();
        }
        self.view = Some(view);
        // What is being done with a method, or a plan of it, that is gone cannot be done any more.
        if let Some(mut panel) = self.panel.take() {
            if self.can_go_on(&panel) {
                let is_gone = panel.work.other().is_some_and(|other| self.method(other).is_none());
                panel.work.forget_other(is_gone);
                self.panel = Some(panel);
            } else {
                self.said = Some(Rc::new(Said::Elsewhere));
                self.go(TITLE);
            }
        }
    }

    fn can_go_on(&self, panel: &Panel) -> bool {
        match (&panel.work, self.method(&panel.method)) {
            (Work::Add(_), _) => true,
            (Work::EndBackup { backup, .. }, Some(method)) => {
                method.backups.iter().any(|known| known.id == *backup)
            }
            (Work::Move { plan, .. }, Some(method)) => {
                method.planned.iter().any(|payment| payment.plan == *plan)
            }
            (_, method) => method.is_some(),
        }
    }

    fn bar(&mut self, barrier: Barrier) {
        self.phase = Phase::Barred(barrier);
        self.entry = Entry::default();
        self.panel = None;
        self.verification = None;
        self.consents = None;
        self.events.push(HostEvent::Barred(barrier));
        if self.acted {
            self.go(TITLE);
        }
    }

    fn take_consents(&mut self, action: OfConsents) {
        if self.is_busy() {
            return;
        }
        match (action, &mut self.consents) {
            (OfConsents::Show, _) => {
                self.acted = true;
                self.panel = None;
                self.said = None;
                self.consents = Some(Consents::default());
                self.go(TITLE);
            }
            (OfConsents::Hide, _) => {
                self.consents = None;
                self.go(SHOW_CONSENTS);
            }
            (action, Some(consents)) => {
                if let Some(place) = consents.take(action) {
                    self.go(&place);
                }
            }
            // Left before they came.
            (_, None) => {}
        }
    }

    fn open(&mut self, panel: Panel) {
        if self.is_busy() {
            return;
        }
        self.acted = true;
        self.shown = Some(panel.method.clone()).filter(|_| !matches!(panel.work, Work::Add(_)));
        self.said = None;
        let place = match &panel.work {
            Work::Rename(_) => super::Field::Nickname.id(),
            _ => PANEL_TITLE,
        };
        self.panel = Some(panel);
        self.go(place);
    }

    /// The bank asks, or still does.
    fn verify(&mut self, view: WalletVerificationView) {
        let was_asked = self.verification.as_ref().is_some_and(|known| known.proof == Proof::Asked);
        self.verification = asked(&view);
        if !was_asked && self.verification.is_some() {
            self.go(CHALLENGE);
        }
    }

    fn done(&mut self, said: Rc<Said>) {
        self.verification = None;
        self.events.push(HostEvent::Changed);
        let place = match (&*said, self.panel.take()) {
            (Said::Removed(_), Some(panel)) => {
                self.shown = None;
                self.shelf(&panel.method).map_or(TITLE, |(_, title)| title).to_owned()
            }
            // A new one has a shelf for its own.
            (Said::Added(_) | Said::Known, Some(panel)) if matches!(panel.work, Work::Add(_)) => panel.method,
            // What moved is told below the title, and there is more of it than a line.
            (Said::Replaced { .. } | Said::Moved(..), _) => TITLE.to_owned(),
            (_, Some(panel)) => toggle_id(&panel.method),
            (_, None) => TITLE.to_owned(),
        };
        self.said = Some(said);
        self.go(&place);
    }

    fn refuse(&mut self, trouble: Trouble) {
        self.events.push(HostEvent::Failed(trouble));
        let was_asked = self.verification.take().is_some();
        if let Some(panel) = &mut self.panel {
            panel.refuse(trouble);
            self.go(PANEL_TROUBLE);
        } else if was_asked {
            self.said = Some(Rc::new(Said::Failed(trouble)));
            self.go(TITLE);
        }
    }

    fn go(&mut self, id: &str) {
        id.clone_into(&mut self.focus);
        self.focus_count += 1;
    }
}

/// What a bank asks, where it does.
fn asked(view: &WalletVerificationView) -> Option<Verification> {
    let challenge = view.challenge.as_ref()?;
    Some(Verification { id: view.id.clone(), url: challenge.url.clone(), proof: Proof::Asked })
}

/// Payments by the plan that each is a part of, the plan with the soonest payment first.
pub fn plans_of(payments: &[WalletPlannedView]) -> Vec<Vec<&WalletPlannedView>> {
    let mut plans: Vec<Vec<&WalletPlannedView>> = Vec::new();
    for payment in payments {
        match plans.iter_mut().find(|plan| plan.iter().any(|known| known.plan == payment.plan)) {
            Some(plan) => plan.push(payment),
            None => plans.push(vec![payment]),
        }
    }
    plans
}

/// Whether a method can be charged at all.
fn is_good(method: &WalletMethodView) -> bool {
    method.expiry != Some(ExpiryState::Expired) && method.blocked_by.is_none() && method.closed_at.is_none()
}

/// The button that opens the page of what was agreed to.
pub const SHOW_CONSENTS: &str = "consents";
/// The one that leaves it.
pub const HIDE_CONSENTS: &str = "no-consents";
/// The title of what the bank asks.
pub const CHALLENGE: &str = "challenge";
/// The title of the page.
pub const TITLE: &str = "title";
/// The title of the cards.
pub const CARDS: &str = "cards";
/// The title of the bank accounts.
pub const ACCOUNTS: &str = "accounts";
/// The title of what is being done.
pub const PANEL_TITLE: &str = "panel-title";
/// Why it was not done.
pub const PANEL_TROUBLE: &str = "panel-trouble";

/// The id of the button that shows a method's details.
pub fn toggle_id(method: &str) -> String {
    ["toggle:", method].concat()
}

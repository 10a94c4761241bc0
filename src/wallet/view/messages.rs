//! From what the state knows to what a person reads.

use paydesk_domain::card::Brand;
use paydesk_domain::method_kind::MethodKind;
use paydesk_domain::wire::wallet::{WalletMethodView, WalletPlannedView};

use super::{Cx, names};
use crate::i18n::{Locale, between, decimal, fill};
use crate::state::{Field as Of, Form};
use crate::view::address::{self, AsksAddress};
use crate::view::options::Lists;
use crate::view::parts::Asks;
use crate::view::problems;
use crate::wallet::state::{Barrier, CodeError, Field, Named, Phase, Proof, Said, Trouble};
use crate::wallet::strings::Strings;

impl Cx<'_> {
    /// What a method is: its scheme or bank, and its last digits.
    pub fn called(&self, method: &WalletMethodView) -> String {
        self.named(method.kind, method.brand, method.bank.as_deref(), &method.last4)
    }

    fn form(&self) -> Option<&Form> {
        self.state.panel.as_ref()?.form()
    }

    fn done_with(&self, method: &Named) -> String {
        self.named(method.kind, method.brand, method.bank.as_deref(), &method.last4)
    }

    /// The same by its parts; the last digits may be none.
    pub fn named(&self, kind: MethodKind, brand: Option<Brand>, bank: Option<&str>, last4: &str) -> String {
        let name = match kind {
            MethodKind::Card => brand.unwrap_or(Brand::Unknown).name(),
            MethodKind::Ach | MethodKind::Pad => bank.unwrap_or(self.t.bank_account()),
        };
        if last4.is_empty() { name.to_owned() } else { fill(self.t.card_ending(), &[name, last4]) }
    }

    /// A payment that is planned: how much, and to whom.
    pub fn planned(&self, payment: &WalletPlannedView) -> String {
        let amount = self.locale.money(payment.amount, &payment.currency);
        fill(self.t.planned_line(), &[&amount, &payment.name])
    }

    /// What is wrong with the code that was typed.
    pub fn code_error(&self, error: CodeError) -> String {
        let t = self.t;
        match error {
            CodeError::Incomplete => t.code_incomplete().to_owned(),
            CodeError::Wrong(1) => t.code_wrong_one().to_owned(),
            CodeError::Wrong(left) => {
                fill(t.code_wrong(), &[&decimal(usize::try_from(left).unwrap_or_default())])
            }
            CodeError::Over => t.code_over().to_owned(),
            CodeError::Lost => t.lost().to_owned(),
            CodeError::TooOften => t.too_often().to_owned(),
            CodeError::WentWrong => t.went_wrong().to_owned(),
        }
    }

    /// Why something was not done.
    pub fn trouble(&self, trouble: Trouble) -> &'static str {
        let t = self.t;
        match trouble {
            Trouble::Changed => t.changed_elsewhere(),
            Trouble::Updating => t.being_updated(),
            Trouble::Refused => t.went_wrong(),
            Trouble::Unchosen => t.plans_choose(),
            Trouble::NoOther => t.other_choose(),
            Trouble::CannotTake => t.cannot_take(),
            Trouble::NotAllowed => t.not_allowed(),
            Trouble::UnderWay => t.under_way(),
            Trouble::NotAccepted => t.not_accepted(),
            Trouble::NotHere => t.not_here(),
            Trouble::Full => t.shelf_full(),
            Trouble::NotProven => t.not_proven(),
            Trouble::GivenUp => t.given_up(),
            Trouble::Undecided => t.undecided(),
            Trouble::TokenGone => t.token_gone(),
            Trouble::Lost | Trouble::ProcessorLost => t.lost(),
            Trouble::TooOften => t.too_often(),
            Trouble::WentWrong => t.went_wrong(),
        }
    }

    /// Why the wallet is not shown, and what to do.
    pub fn barrier(&self, barrier: Barrier) -> (&'static str, &'static str) {
        let t = self.t;
        match barrier {
            Barrier::Expired => (t.session_over(), t.session_over_more()),
            Barrier::Invalid => (t.session_wrong(), t.session_wrong_more()),
            Barrier::Unreachable => (t.unreachable_wallet(), t.unreachable_wallet_more()),
            Barrier::NoEmail => (t.no_email(), t.no_email_more()),
            Barrier::TooManyCodes => (t.too_many_codes(), t.too_many_codes_more()),
            Barrier::NoMail => (t.no_mail(), t.no_mail_more()),
        }
    }

    /// The same in one sentence, for the page.
    pub fn barrier_in_full(&self, barrier: Barrier) -> String {
        let (title, more) = self.barrier(barrier);
        between(title, ". ", more)
    }

    /// What was done.
    pub fn said(&self) -> String {
        let t = self.t;
        match self.state.said.as_deref() {
            None => String::new(),
            Some(Said::Saved) => t.saved_change().to_owned(),
            Some(Said::Removed(method)) => fill(t.removed(), &[&self.done_with(method)]),
            Some(Said::Replaced { old, new, who, .. }) => {
                let said = fill(t.replaced(), &[&self.done_with(new), &self.done_with(old)]);
                let who = names(who.iter().map(String::as_str));
                if who.is_empty() { said } else { between(&said, " ", &fill(t.replaced_who(), &[&who])) }
            }
            Some(Said::Moved(to, _)) => fill(t.moved(), &[&self.done_with(to)]),
            Some(Said::Authorized(name)) => fill(t.authorized(), &[name]),
            Some(Said::Revoked(name)) => fill(t.revoked(), &[name]),
            Some(Said::Added(method)) => fill(t.added(), &[&self.done_with(method)]),
            Some(Said::Updated(method)) => fill(t.updated(), &[&self.done_with(method)]),
            Some(Said::BackedUp(name)) => fill(t.backed_up(), &[name]),
            Some(Said::BackupEnded(name)) => fill(t.backup_ended(), &[name]),
            Some(Said::Failed(trouble)) => self.trouble(*trouble).to_owned(),
            Some(Said::Known) => t.known_already().to_owned(),
            Some(Said::Elsewhere) => t.changed_elsewhere().to_owned(),
        }
    }

    /// Whether the client's bank asks them for a proof, on a page of its own.
    fn is_asked(&self) -> bool {
        self.state.verification.as_ref().is_some_and(|verification| verification.proof == Proof::Asked)
    }

    /// What the live region says.
    pub fn spoken(&self) -> String {
        let t = self.t;
        match self.state.phase {
            Phase::Entering if self.state.entry.resent => t.resent().to_owned(),
            Phase::Entering if self.state.entry.busy => t.code_checking().to_owned(),
            Phase::Open if self.state.consents.as_ref().is_some_and(|consents| consents.busy) => {
                t.loading().to_owned()
            }
            Phase::Open if self.is_asked() => t.challenge().to_owned(),
            Phase::Open if self.state.is_busy() => t.saving().to_owned(),
            Phase::Open => self.said(),
            _ => String::new(),
        }
    }
}

impl Asks for Cx<'_> {
    type Field = Field;

    fn id(&self, field: Field) -> &'static str {
        field.id()
    }

    fn label(&self, field: Field) -> &'static str {
        let t = self.t;
        match field {
            Field::Code => t.one_time_code(),
            Field::Remember => t.remember(),
            Field::Nickname => t.nickname(),
            Field::Email => t.email(),
            Field::Form(field) => self.form().map_or("", |form| problems::label(t, form, field)),
        }
    }

    fn wrong(&self, field: Field) -> Option<String> {
        match field {
            Field::Code => self.state.entry.error.map(|error| self.code_error(error)),
            Field::Email => {
                let new = self.state.panel.as_ref()?.new_method()?;
                new.misses_email().then(|| self.t.email_wrong().to_owned())
            }
            Field::Form(field) => {
                let form = self.form()?;
                Some(problems::error(self.t, &form.address, form.shown_error(field)?))
            }
            Field::Nickname | Field::Remember => None,
        }
    }

    fn is_required(&self, field: Field) -> bool {
        match field {
            Field::Nickname => false,
            Field::Form(Of::Address(part)) => {
                self.form().is_none_or(|form| address::is_required(&form.address, part))
            }
            Field::Code | Field::Email | Field::Remember | Field::Form(_) => true,
        }
    }

    fn optional(&self) -> &'static str {
        self.t.optional()
    }
}

impl AsksAddress for Cx<'_> {
    type Words = Strings;

    fn of_form(field: Of) -> Field {
        Field::Form(field)
    }

    fn locale(&self) -> &Locale<Strings> {
        self.locale
    }

    fn lists(&self) -> &Lists {
        self.lists
    }
}

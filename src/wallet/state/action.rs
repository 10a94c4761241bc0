//! Everything that can happen.

use std::rc::Rc;

use paydesk_domain::wire::wallet::{WalletPlannedView, WalletVerificationView, WalletView};

use super::{Barrier, CodeError, OfConsents, Panel, Plans, Proof, Said, Trouble};
use crate::wallet::strings::Strings;

/// Everything that can happen.
#[derive(Clone, Debug)]
pub enum Action {
    /// The words of a language came.
    Words(&'static Strings),
    /// The wallet is asked for, from the beginning; whether the client did so.
    Ask(bool),
    /// A code was sent.
    CodeSent {
        /// To whom, most of it hidden.
        sent_to: String,
        /// In how many seconds another one can be asked for.
        wait_s: u64,
        /// Whether the client asked for it, having been sent one before.
        again: bool,
    },
    /// A second went by.
    Tick,
    /// Something of a code was typed.
    Code,
    /// The box to remember this device changed.
    Remember(bool),
    /// A code, or a new one, is asked about.
    Checking,
    /// It is not to be used.
    CodeRefused(CodeError),
    /// The wallet arrived.
    Loaded(Rc<WalletView>),
    /// It cannot be shown.
    Barred(Barrier),
    /// A method's details were opened or closed.
    Toggle(String),
    /// Something happened to the page of what was agreed to.
    Consents(OfConsents),
    /// Something is to be done with a method.
    Open(Box<Panel>),
    /// It is not.
    Cancel,
    /// The name changed.
    Nickname(String),
    /// What is to become of what was agreed to.
    Choose(Plans),
    /// Which other method is to be charged.
    ChooseOther(String),
    /// Something happened to a field of a new card or bank account.
    Fill(Box<crate::state::Action>),
    /// The e-mail address for a new bank account changed; or, without one, its field was left.
    Email(Option<String>),
    /// A server said something of such a field.
    RefuseField(crate::state::Field, crate::state::FieldError),
    /// The card that is brought up to date has another number.
    OtherNumber,
    /// The bank asks for a proof.
    Verify(Box<WalletVerificationView>),
    /// How far that is.
    Prove(Proof),
    /// Sent with something missing: all of it is told.
    Complain,
    /// The server is asked.
    Begin,
    /// It was done.
    Done(Rc<Said>),
    /// It was not.
    Refused(Trouble),
    /// What is planned stands in the way, or was agreed to.
    Blocked(Rc<[WalletPlannedView]>),
    /// What the other method cannot be charged for; nothing has moved.
    Stuck(Rc<[WalletPlannedView]>),
}

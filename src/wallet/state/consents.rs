//! What was ever agreed to, as far as it was read.

use std::rc::Rc;

use paydesk_domain::wire::wallet::WalletConsentView;

use super::Trouble;

/// The page of what was agreed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consents {
    /// The newest first; `None` until the first ones came.
    pub list: Option<Vec<Rc<WalletConsentView>>>,
    /// Where the next ones are, if there are any.
    pub next: Option<String>,
    /// Whether an answer is on its way.
    pub busy: bool,
    /// Why it did not come.
    pub trouble: Option<Trouble>,
}

/// What can happen to it.
#[derive(Clone, Debug)]
pub enum OfConsents {
    /// It is opened.
    Show,
    /// It is left.
    Hide,
    /// More of it is asked for.
    Ask,
    /// More of it came, and where the next ones are.
    Read(Vec<Rc<WalletConsentView>>, Option<String>),
    /// One was saved as a file.
    Saved,
    /// It did not come, or could not be saved as a file.
    Fail(Trouble),
}

impl Consents {
    /// Takes in what happened; says where the focus is to go.
    pub(super) fn take(&mut self, action: OfConsents) -> Option<String> {
        match action {
            OfConsents::Ask => {
                self.busy = true;
                self.trouble = None;
            }
            OfConsents::Read(more, next) => {
                let first = more.first().map(|consent| consent.id.clone());
                // Whoever asked for more reads on where that begins.
                let place = self.list.as_ref().and(first);
                self.list.get_or_insert_default().extend(more);
                (self.next, self.busy) = (next, false);
                return place;
            }
            OfConsents::Fail(trouble) => {
                (self.trouble, self.busy) = (Some(trouble), false);
                return Some(super::PANEL_TROUBLE.to_owned());
            }
            OfConsents::Saved => self.trouble = None,
            OfConsents::Show | OfConsents::Hide => {}
        }
        None
    }
}

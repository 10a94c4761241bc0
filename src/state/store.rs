//! Holds the newest state and says when it changed. A reducer hook's work, in a hundredth of its bytes.

use std::cell::RefCell;
use std::rc::Rc;

use super::Checkout;

/// What a page knows, and how that changes.
pub trait State: Sized + 'static {
    /// What can happen.
    type Action;

    /// The state after that.
    fn after(&self, action: Self::Action) -> Self;

    /// Whether something may have happened of which nothing is to be seen: then [`Self::is_drawn_as`] is asked.
    fn may_be_unseen(_: &Self::Action) -> bool {
        false
    }

    /// Whether this is drawn as `before` is, after something that [may be unseen](Self::may_be_unseen).
    fn is_drawn_as(&self, _before: &Self) -> bool {
        false
    }
}

/// Where the state is. Clones are the same place.
pub struct Store<S: State = Checkout>(Rc<Place<S>>);

struct Place<S> {
    state: RefCell<Rc<S>>,
    changed: Box<dyn Fn()>,
}

impl<S: State> Clone for Store<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: State> Store<S> {
    /// A place with its first state; `changed` is called after every action of which something is to be seen.
    pub fn new(first: S, changed: impl Fn() + 'static) -> Self {
        Self(Rc::new(Place { state: RefCell::new(Rc::new(first)), changed: Box::new(changed) }))
    }

    /// The newest state.
    pub fn now(&self) -> Rc<S> {
        self.0.state.borrow().clone()
    }

    /// Takes in what happened. The next [`Self::now`] tells it already; the drawing follows.
    pub fn dispatch(&self, action: S::Action) {
        let may_be_unseen = S::may_be_unseen(&action);
        let before = self.now();
        let next = Rc::new(before.after(action));
        let is_unseen = may_be_unseen && next.is_drawn_as(&before);
        *self.0.state.borrow_mut() = next;
        if !is_unseen {
            (self.0.changed)();
        }
    }
}

impl<S: State + std::fmt::Debug> std::fmt::Debug for Store<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.state.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Action, Choice};
    use std::cell::Cell;

    #[test]
    fn tells_every_change_and_knows_it_at_once() {
        let count = Rc::new(Cell::new(0));
        let seen = count.clone();
        let store = Store::new(Checkout::default(), move || seen.set(seen.get() + 1));
        let before = store.now();
        store.dispatch(Action::Choose(Choice::NewCard));
        assert_eq!(store.now().choice, Some(Choice::NewCard));
        assert_eq!((before.choice.clone(), count.get()), (None, 1), "what was read before stays as it was");
    }
}

//! Money that goes back: ordered while enough is left of what came in, and heard of as attempts are.

use paydesk_domain::debit::DebitState;
use paydesk_domain::refund::{RefundEvent, RefundState, refundable};

use crate::Defect;
use crate::books::{Applied, Books, Turn};

#[derive(Clone, Debug)]
pub struct Refund {
    /// Whose money it is.
    pub attempt: usize,
    pub amount: i64,
    pub state: RefundState,
    pub turn: Turn,
}

/// Whether the processor took the order.
const fn is_accepted(state: &RefundState) -> bool {
    matches!(state, RefundState::Pending(_) | RefundState::Succeeded(_))
}

const fn is_decided(state: &RefundState) -> bool {
    !matches!(state, RefundState::Created | RefundState::Sending | RefundState::InDoubt)
}

impl Books {
    /// Orders a refund of the newest payment. `None` where its money is not here, or not enough of it is left.
    pub fn order_refund(&mut self, amount: i64, now_ms: i64) -> Option<usize> {
        let payment = self.payments.last()?;
        if !matches!(payment.debit, None | Some(DebitState::Settled)) {
            return None;
        }
        let counts = |refund: &&Refund| match self.defect {
            Some(Defect::DoubtfulRefundsUncounted) => is_accepted(&refund.state),
            _ => refund.state.holds_its_amount(),
        };
        let of_it = self.refunds.iter().filter(|refund| refund.attempt == payment.attempt);
        let held: i64 = of_it.filter(counts).map(|refund| refund.amount).sum();
        if amount > refundable(payment.amount, held) {
            return None;
        }
        let attempt = payment.attempt;
        let turn = Turn::new(None, now_ms);
        self.refunds.push(Refund { attempt, amount, state: RefundState::Created, turn });
        Some(self.refunds.len() - 1)
    }

    pub fn apply_refund(&mut self, id: usize, event: &RefundEvent, now_ms: i64) -> Applied {
        let before = self.refunds[id].state.clone();
        let after = match before.clone().apply(event.clone()) {
            Ok(after) => after,
            Err(_) if before == RefundState::Created => return Applied::TooEarly,
            Err(_) => return self.contradiction(id),
        };
        if before == after && is_decided(&before) {
            return Applied::Known;
        }
        let plan = match after {
            RefundState::InDoubt => self.figures.plan_look_up(&self.refunds[id].turn.sends(), now_ms),
            _ => paydesk_domain::engine::Plan { due_at_ms: now_ms, hand_over: false },
        };
        let plan = self.heeded(plan);
        let row = &mut self.refunds[id];
        row.state = after.clone();
        let amount = row.amount;
        if row.turn.end(plan) {
            self.items.push(("refund_undecided", id));
        }
        if is_decided(&after) {
            self.items.retain(|item| *item != ("refund_undecided", id));
        }
        match (is_accepted(&before), is_accepted(&after)) {
            (false, true) => self.book_some(amount, "receivable", "processor"),
            (true, false) => self.book_some(amount, "processor", "receivable"),
            _ => {}
        }
        Applied::Changed
    }
}

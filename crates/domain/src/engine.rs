//! What the engine decides about an attempt: whether it may be sent, what follows from a call and from a look-up, and
//! when somebody looks again.
//!
//! Everything that workers decide between two writes is here, without the store and the processor, so that a
//! simulation can run the same rules against worse processors, clocks and stores than there are.

use crate::attempt::{AttemptEvent, AttemptState, InvalidTransition};
use crate::look_up::{Step, hand_over_at_ms, next_step_within};

/// Why an attempt fails when the processor could not be reached.
pub const UNREACHABLE: &str = "processor_unreachable";
/// Why an attempt fails when the processor rejected the request.
pub const REJECTED: &str = "processor_rejected";
/// Why an attempt fails when it took too long to get ready.
pub const TOO_LATE: &str = "too_late_to_send";
/// How long a charge waits that was kept back, in milliseconds: as long as a breaker stays open before it lets one call
/// through to see.
pub const KEPT_BACK_MS: i64 = 10_000;

/// How long a look-up rests before it goes on, in milliseconds: the processor has others to answer.
const GO_ON_MS: i64 = 1_000;

/// How long it takes at most from one look-up of a challenge to the next, in milliseconds, and from one try to cancel it to the next.
const CHALLENGE_PAUSE_MS: i64 = 60_000;

/// How soon a challenge may be looked up again because somebody says that something happened, in milliseconds.
pub const HINT_PAUSE_MS: i64 = 2_000;

/// How far the processor's clock may be from ours, in milliseconds: as much as a webhook's signature may be old.
pub const CLOCK_SKEW_MS: i64 = 300_000;

/// The figures that decisions take: the engine's own pace, and what the processor promises. All in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// For how long an attempt belongs to whoever sends it.
    pub lease_ms: i64,
    /// How long one call may take.
    pub call_timeout_ms: i64,
    /// How long after its answer was lost an attempt is first looked up.
    pub first_look_up_after_ms: i64,
    /// How long it takes at most from one look-up to the next.
    pub look_up_pause_ms_max: i64,
    /// For how long the processor takes the same key for the same request; 0 where it knows no keys.
    pub key_window_ms: i64,
    /// Whether a charge can be found by our reference.
    pub look_up: bool,
    /// How long a charge may exist before a look-up finds it.
    pub visibility_lag_ms: i64,
}

/// When an attempt was sent, and how often it was looked up since. Times in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sends {
    /// When it was claimed to be sent for the first time: the key cannot be older.
    pub first_at_ms: i64,
    /// When it was claimed to be sent for the last time: its lease began then.
    pub last_at_ms: i64,
    /// How often it was looked up. Above zero, it may have reached the processor before.
    pub look_ups: u32,
}

/// A call that gave no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFault {
    /// The request certainly was not acted on: it never left, or was turned away at the door.
    NotSent,
    /// The processor rejected this request as malformed or forbidden: it did nothing.
    Rejected,
    /// Whether anything was done is unknown.
    Unknown,
}

/// A look-up that found no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The processor shows no trace of the charge.
    Nothing,
    /// The charge is there, undecided; or the look-up itself failed.
    Undecided,
}

/// A time in which the processor would have made a charge, in milliseconds since 1970, by its own clock. Both ends count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Not before.
    pub from_ms: i64,
    /// Not after.
    pub until_ms: i64,
}

/// What is written beside a new state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// When somebody takes it up again, in milliseconds since 1970.
    pub due_at_ms: i64,
    /// Whether a human must be asked as well.
    pub hand_over: bool,
}

/// What is done about a challenge by whoever takes it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeStep {
    /// The processor is asked what became of it.
    Ask,
    /// Its time is over: that is written down first, and then the processor is told.
    GiveUp,
    /// The processor is told to cancel it. What it answers is what became of it.
    Cancel,
}

impl ChallengeStep {
    /// What is done about an attempt now; `None` for one without a challenge.
    pub fn of(state: &AttemptState, now_ms: i64) -> Option<Self> {
        match state {
            AttemptState::Challenged(challenge) if now_ms < challenge.until_ms => Some(Self::Ask),
            AttemptState::Challenged(_) => Some(Self::GiveUp),
            AttemptState::GivingUp(_) => Some(Self::Cancel),
            _ => None,
        }
    }
}

/// What a report means for an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is news: this is the state now.
    News(AttemptState),
    /// It was known.
    Known,
    /// It cannot be true yet: it must be heard again later.
    TooEarly,
    /// It contradicts what is known. That stays, and a human must look.
    Contradiction(InvalidTransition),
}

impl CallFault {
    /// What follows from a call that only gets a charge ready: whatever it did, no money moved.
    pub fn while_preparing(self) -> AttemptEvent {
        let why = match self {
            Self::NotSent | Self::Unknown => UNREACHABLE,
            Self::Rejected => REJECTED,
        };
        AttemptEvent::FailBeforeSend(why.to_owned())
    }
}

impl Sends {
    /// What follows when this request certainly did nothing. For the first one that is the end of the attempt. For one that was in
    /// doubt it says nothing about the request before it, which may still turn up: it stays in doubt.
    pub fn not_sent(&self, why: &str) -> AttemptEvent {
        if self.look_ups == 0 {
            AttemptEvent::FailBeforeSend(why.to_owned())
        } else {
            AttemptEvent::LoseAnswer
        }
    }

    /// What follows from a charge call without an outcome.
    pub fn after_fault(&self, fault: CallFault) -> AttemptEvent {
        match fault {
            CallFault::NotSent => self.not_sent(UNREACHABLE),
            // A processor turns a request away without looking at its key: it says nothing about an earlier one.
            CallFault::Rejected => self.not_sent(REJECTED),
            CallFault::Unknown => AttemptEvent::LoseAnswer,
        }
    }
}

/// What becomes of a charge for whose outcome nobody stands there and waits: what would end it before anything was sent,
/// only because the processor was not reached or the time was up, keeps it back instead.
pub fn kept_back(instead: AttemptEvent) -> AttemptEvent {
    match instead {
        AttemptEvent::FailBeforeSend(why) if why == UNREACHABLE || why == TOO_LATE => AttemptEvent::KeepBack,
        event => event,
    }
}

impl Plan {
    /// When a look-up goes on that has come further and not to its end.
    pub const fn going_on(self, now_ms: i64) -> Self {
        Self { due_at_ms: now_ms.saturating_add(GO_ON_MS), ..self }
    }

    /// When what was just decided is carried out.
    pub const fn at_once(now_ms: i64) -> Self {
        Self { due_at_ms: now_ms, hand_over: false }
    }

    /// When what was kept back is sent.
    pub const fn kept_back(now_ms: i64) -> Self {
        Self { due_at_ms: now_ms.saturating_add(KEPT_BACK_MS), hand_over: false }
    }
}

impl Figures {
    /// From when on an attempt is with a human, and never sent again.
    pub fn hand_over_at_ms(&self, sends: &Sends) -> i64 {
        hand_over_at_ms(self.key_window_ms, sends.first_at_ms)
    }

    /// Asked right before the call: whether it may be made, or what happens to the attempt instead.
    ///
    /// # Errors
    /// The event that takes the place of the call: the answer could come after the lease is over, or a repetition
    /// would come when a human has the attempt and the processor may forget the key. A repetition can wait for long
    /// between the look-up that asked for it and whoever carries it out.
    pub fn before_sending(&self, sends: &Sends, now_ms: i64) -> Result<(), AttemptEvent> {
        let answered_by_ms = now_ms.saturating_add(self.call_timeout_ms);
        if answered_by_ms >= sends.last_at_ms.saturating_add(self.lease_ms) {
            return Err(sends.not_sent(TOO_LATE));
        }
        if sends.look_ups > 0 && answered_by_ms >= self.hand_over_at_ms(sends) {
            return Err(AttemptEvent::LoseAnswer);
        }
        Ok(())
    }

    /// The times in which the processor would have made this charge: from each sending until its request could arrive no
    /// more, and be shown. Newest first; no two overlap. However many charges others make meanwhile, there is an end to
    /// them.
    ///
    /// A claim is over with its lease, and a call with it. A request that the network holds up for longer than that makes a
    /// charge outside of these times: then the search shows it, or the repetition, which has the same key, has its outcome.
    /// The same goes for sendings between the first and the last, each of which was looked up in its own time.
    pub fn windows(&self, sends: &Sends) -> Vec<Window> {
        let after_ms = self.lease_ms.saturating_add(self.visibility_lag_ms).saturating_add(CLOCK_SKEW_MS);
        let window = |sent_at_ms: i64| Window {
            from_ms: sent_at_ms.saturating_sub(CLOCK_SKEW_MS),
            until_ms: sent_at_ms.saturating_add(after_ms),
        };
        let (first, last) = (window(sends.first_at_ms), window(sends.last_at_ms));
        if last.from_ms <= first.until_ms {
            vec![Window { from_ms: first.from_ms, ..last }]
        } else {
            vec![last, first]
        }
    }

    /// Whether a look-up that begins now would find the charge if there is one.
    pub fn is_visible(&self, sends: &Sends, now_ms: i64) -> bool {
        now_ms.saturating_sub(sends.last_at_ms) >= self.visibility_lag_ms
    }

    /// What follows from a look-up without an outcome that began at `began_ms`.
    ///
    /// "Nothing" is believed only where the processor had had the time to show the charge when the look-up began, and acted
    /// on only while it still knows our key.
    pub fn after_look_up(&self, sends: &Sends, finding: Finding, began_ms: i64, now_ms: i64) -> AttemptEvent {
        let visible = self.is_visible(sends, began_ms);
        let in_time = now_ms < self.hand_over_at_ms(sends);
        match finding {
            Finding::Nothing if self.look_up && visible && in_time => AttemptEvent::FindNothing,
            Finding::Nothing | Finding::Undecided => AttemptEvent::LoseAnswer,
        }
    }

    /// How long it takes from one look-up of a challenge to the next.
    pub const fn challenge_pause_ms(&self) -> i64 {
        if self.look_up_pause_ms_max < CHALLENGE_PAUSE_MS {
            self.look_up_pause_ms_max
        } else {
            CHALLENGE_PAUSE_MS
        }
    }

    /// When somebody takes an attempt up again that is in this state now, and whether a human must be asked.
    pub fn plan(&self, state: &AttemptState, sends: &Sends, now_ms: i64) -> Plan {
        let next_ms = now_ms.saturating_add(self.challenge_pause_ms());
        match state {
            AttemptState::InDoubt => self.plan_look_up(sends, now_ms),
            AttemptState::Challenged(_) => Plan { due_at_ms: next_ms, hand_over: false },
            // Nobody can be told that nothing was charged while that is not known: in the end, a human must ask.
            AttemptState::GivingUp(_) => {
                let hand_over = now_ms >= self.hand_over_at_ms(sends);
                Plan { due_at_ms: next_ms, hand_over }
            }
            _ => Plan::at_once(now_ms),
        }
    }

    /// When what is in doubt is looked up next, and whether a human must be asked.
    pub fn plan_look_up(&self, sends: &Sends, now_ms: i64) -> Plan {
        let latest_ms = now_ms.saturating_add(self.look_up_pause_ms_max);
        match next_step_within(self.key_window_ms, sends.first_at_ms, sends.look_ups, now_ms) {
            Step::LookUp { .. } if sends.look_ups == 0 => {
                Plan { due_at_ms: now_ms.saturating_add(self.first_look_up_after_ms), hand_over: false }
            }
            Step::LookUp { at_ms } => Plan { due_at_ms: at_ms.min(latest_ms), hand_over: false },
            // It is still asked about: the processor may yet tell, and then nobody need look.
            Step::HandOver => Plan { due_at_ms: latest_ms, hand_over: true },
        }
    }
}

/// What a report means for an attempt in this state, whoever tells it: a reply, a look-up or the processor by itself.
pub fn hear(before: &AttemptState, event: AttemptEvent) -> Heard {
    match before.clone().apply(event) {
        // Hearing again that an answer was lost moves the next look-up.
        Ok(after) if after != *before || !before.status().is_final() => Heard::News(after),
        Ok(_) => Heard::Known,
        // It is being sent again under the same key, which will have the same outcome: wait for that.
        Err(_) if *before == AttemptState::Created => Heard::TooEarly,
        Err(error) => Heard::Contradiction(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: Figures = Figures {
        lease_ms: 60_000,
        call_timeout_ms: 20_000,
        first_look_up_after_ms: 30_000,
        look_up_pause_ms_max: 3_600_000,
        key_window_ms: 24 * 3_600_000,
        look_up: true,
        visibility_lag_ms: 60_000,
    };

    fn sends(look_ups: u32) -> Sends {
        Sends { first_at_ms: 1_000, last_at_ms: 5_000, look_ups }
    }

    /// Positive control: ending the attempt on `Rejected` whatever was sent before makes the last line fail, and the
    /// simulation find a payer who is charged for an attempt that failed (seed 68 of that time).
    #[test]
    fn a_request_that_did_nothing_says_nothing_of_an_earlier_one() {
        for (fault, why) in [(CallFault::NotSent, UNREACHABLE), (CallFault::Rejected, REJECTED)] {
            assert_eq!(sends(0).after_fault(fault), AttemptEvent::FailBeforeSend(why.to_owned()));
            assert_eq!(sends(1).after_fault(fault), AttemptEvent::LoseAnswer);
        }
        assert_eq!(sends(0).after_fault(CallFault::Unknown), AttemptEvent::LoseAnswer);
    }

    /// Positive control: without the second condition of `before_sending`, the third line fails, and the simulation finds
    /// a repetition after two days without a worker (seed 666 of that time).
    #[test]
    fn a_repetition_is_not_sent_when_a_human_has_it() {
        let hour_ms = 3_600_000;
        let again = |last_at_ms| Sends { first_at_ms: 0, last_at_ms, look_ups: 1 };
        assert_eq!(FIGURES.before_sending(&again(19 * hour_ms), 19 * hour_ms), Ok(()));
        assert_eq!(FIGURES.before_sending(&again(43 * hour_ms), 43 * hour_ms), Err(AttemptEvent::LoseAnswer));
        let late = Plan { due_at_ms: 44 * hour_ms, hand_over: true };
        assert_eq!(FIGURES.plan(&AttemptState::InDoubt, &again(43 * hour_ms), 43 * hour_ms), late);
        // A processor without keys is sent everything once.
        let keyless = Figures { key_window_ms: 0, ..FIGURES };
        assert_eq!(keyless.before_sending(&Sends { first_at_ms: 0, last_at_ms: 0, look_ups: 0 }, 1), Ok(()));
    }

    /// Positive control: keeping back what was rejected as well lets an operator's fault go round for ever.
    #[test]
    fn only_what_certainly_was_not_sent_is_kept_back() {
        for why in [UNREACHABLE, TOO_LATE] {
            assert_eq!(kept_back(AttemptEvent::FailBeforeSend(why.to_owned())), AttemptEvent::KeepBack);
        }
        let rejected = AttemptEvent::FailBeforeSend(REJECTED.to_owned());
        for event in [rejected, AttemptEvent::LoseAnswer] {
            assert_eq!(kept_back(event.clone()), event);
        }
        // What may have reached the processor once stays in doubt.
        assert_eq!(kept_back(sends(1).after_fault(CallFault::NotSent)), AttemptEvent::LoseAnswer);
    }

    #[test]
    fn the_lease_outlasts_the_call() {
        let last = Sends { first_at_ms: 0, last_at_ms: 0, look_ups: 0 };
        assert_eq!(FIGURES.before_sending(&last, 39_999), Ok(()));
        let too_late = Err(AttemptEvent::FailBeforeSend(TOO_LATE.to_owned()));
        assert_eq!(FIGURES.before_sending(&last, 40_000), too_late);
        let again = Sends { look_ups: 2, ..last };
        assert_eq!(FIGURES.before_sending(&again, 40_000), Err(AttemptEvent::LoseAnswer));
    }

    #[test]
    fn nothing_is_believed_late_enough_and_acted_on_early_enough() {
        let sends = Sends { first_at_ms: 0, last_at_ms: 5_000, look_ups: 1 };
        let after =
            |figures: Figures, finding, now_ms| figures.after_look_up(&sends, finding, now_ms, now_ms);
        let hand_over_ms = FIGURES.hand_over_at_ms(&sends);
        for (now_ms, wanted) in [
            (64_999, AttemptEvent::LoseAnswer),
            (65_000, AttemptEvent::FindNothing),
            (hand_over_ms - 1, AttemptEvent::FindNothing),
            (hand_over_ms, AttemptEvent::LoseAnswer),
        ] {
            assert_eq!(after(FIGURES, Finding::Nothing, now_ms), wanted, "{now_ms}");
            assert_eq!(after(FIGURES, Finding::Undecided, now_ms), AttemptEvent::LoseAnswer);
        }
        // What counts is when it began: a charge may have come into the part that it had read already.
        assert_eq!(FIGURES.after_look_up(&sends, Finding::Nothing, 64_999, 65_000), AttemptEvent::LoseAnswer);
        let blind = Figures { look_up: false, ..FIGURES };
        assert_eq!(after(blind, Finding::Nothing, 65_000), AttemptEvent::LoseAnswer);
        let keyless = Figures { key_window_ms: 0, ..FIGURES };
        assert_eq!(after(keyless, Finding::Nothing, 65_000), AttemptEvent::LoseAnswer);
    }

    /// Positive control: a single window from the first sending to the last is 20 hours long.
    #[test]
    fn a_charge_is_looked_for_around_its_sendings() {
        let sent = |first_at_ms, last_at_ms| Sends { first_at_ms, last_at_ms, look_ups: 1 };
        // The lease, the lag and the skew.
        let after_ms = 60_000 + 60_000 + 300_000;
        let hour_ms = 3_600_000;
        let around = |sent_at_ms| Window { from_ms: sent_at_ms - 300_000, until_ms: sent_at_ms + after_ms };
        assert_eq!(FIGURES.windows(&sent(hour_ms, hour_ms)), [around(hour_ms)]);
        assert_eq!(FIGURES.windows(&sent(hour_ms, 20 * hour_ms)), [around(20 * hour_ms), around(hour_ms)]);
        let merged = Window { from_ms: hour_ms - 300_000, until_ms: 2 * hour_ms - 2_880_000 + after_ms };
        assert_eq!(FIGURES.windows(&sent(hour_ms, 2 * hour_ms - 2_880_000)), [merged]);
    }

    /// Positive control: giving up before the deadline, or ending without `Cancel`, makes a line fail; the simulation finds the
    /// payer who is charged after they were told that they were not.
    #[test]
    fn a_challenge_is_asked_about_until_its_time_is_over_and_then_cancelled() {
        use crate::attempt::{Challenge, ProcessorReference};
        let challenge = Challenge {
            reference: ProcessorReference("pi_1".to_owned()),
            url: "https://bank.example".to_owned(),
            until_ms: 900_000,
        };
        let asked = AttemptState::Challenged(challenge.clone());
        let given_up = AttemptState::GivingUp(challenge.clone());
        for (state, now_ms, step) in [
            (&asked, 899_999, Some(ChallengeStep::Ask)),
            (&asked, 900_000, Some(ChallengeStep::GiveUp)),
            (&given_up, 0, Some(ChallengeStep::Cancel)),
            (&AttemptState::InDoubt, 900_000, None),
        ] {
            assert_eq!(ChallengeStep::of(state, now_ms), step, "{state:?} {now_ms}");
        }
        let plan = |state, now_ms| FIGURES.plan(state, &sends(3), now_ms);
        assert_eq!(plan(&asked, 5_000), Plan { due_at_ms: 65_000, hand_over: false });
        assert_eq!(plan(&given_up, 5_000), Plan { due_at_ms: 65_000, hand_over: false });
        let late_ms = FIGURES.hand_over_at_ms(&sends(3));
        assert!(!plan(&given_up, late_ms - 1).hand_over && plan(&given_up, late_ms).hand_over);
        // Told late, a challenge says nothing; told before its sending is known, it waits.
        let taken = AttemptState::Succeeded(challenge.reference.clone());
        assert_eq!(hear(&taken, AttemptEvent::Challenge(challenge.clone())), Heard::Known);
        assert_eq!(hear(&AttemptState::Created, AttemptEvent::Challenge(challenge)), Heard::TooEarly);
    }

    #[test]
    fn what_is_told_early_or_twice() {
        use crate::attempt::ProcessorReference;
        let taken = || AttemptEvent::Succeed(ProcessorReference("pi_1".to_owned()));
        let done = AttemptState::Succeeded(ProcessorReference("pi_1".to_owned()));
        assert_eq!(hear(&AttemptState::Created, taken()), Heard::TooEarly);
        assert_eq!(hear(&AttemptState::InDoubt, taken()), Heard::News(done.clone()));
        assert_eq!(hear(&done, taken()), Heard::Known);
        assert_eq!(
            hear(&AttemptState::InDoubt, AttemptEvent::LoseAnswer),
            Heard::News(AttemptState::InDoubt)
        );
        let failed = AttemptState::FailedBeforeSend(UNREACHABLE.to_owned());
        assert!(matches!(hear(&failed, taken()), Heard::Contradiction(_)));
    }
}

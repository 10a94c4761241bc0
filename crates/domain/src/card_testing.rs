//! Card testing: somebody who tries stolen cards at a checkout, and how many refusals it takes to see it.
//!
//! Whoever has a list of stolen cards wants to know which of them work, and is refused nearly every time; whoever has a card of
//! their own is refused now and then, and pays. So what counts is refusals beyond payments, by everything that many tries have
//! in common. Only cards that are typed in count: a saved one has paid before. The networks ask acquirers and merchants for
//! limits of this kind (Visa, "Anti-Enumeration and Account Testing Best Practices for Merchants"); their figures are ours.

/// How long a try is remembered, in milliseconds: an hour.
pub const REMEMBERED_MS: i64 = 60 * 60_000;
/// The time in which an organization's own figures tell an attack, in milliseconds: ten minutes.
pub const ATTACK_WINDOW_MS: i64 = 10 * 60_000;

/// How many tries there were with typed cards, by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// Refused by the processor or the bank.
    pub refused: u32,
    /// Not decided yet.
    pub undecided: u32,
    /// Paid, or verified where nothing was due.
    pub paid: u32,
}

/// What a new try has in common with earlier ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The same session, within [`REMEMBERED_MS`].
    pub session: Tries,
    /// The same client's login.
    pub login: Tries,
    /// The same network address.
    pub network: Tries,
    /// The same organization, within [`ATTACK_WINDOW_MS`].
    pub organization: Tries,
}

/// How many refusals are borne beyond what was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In a session.
    pub session_max: u32,
    /// By a login.
    pub login_max: u32,
    /// From a network address.
    pub network_max: u32,
    /// How many tries of a network address may be undecided at once, with the refused ones.
    pub network_at_once_max: u32,
    /// From how many refusals on an organization is under attack, where they are more than what was paid.
    pub attack_min: u32,
    /// What is borne of a session, a login or a network address in the meantime.
    pub attack_max: u32,
    /// From which refusal of a session on all of them are told alike.
    pub alike_from: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            session_max: 5,
            login_max: 6,
            network_max: 6,
            network_at_once_max: 9,
            attack_min: 20,
            attack_max: 2,
            alike_from: 3,
        }
    }
}

impl Limits {
    /// No limits at all.
    pub const NONE: Self = Self {
        session_max: u32::MAX,
        login_max: u32::MAX,
        network_max: u32::MAX,
        network_at_once_max: u32::MAX,
        attack_min: u32::MAX,
        attack_max: u32::MAX,
        alike_from: u32::MAX,
    };

    /// Whether a card may be tried now. `Err` says after how many seconds one may come again.
    ///
    /// # Errors
    /// Too many were refused, or too many are under way.
    pub fn judge(&self, seen: &Seen) -> Result<(), u64> {
        let all = seen.organization;
        let is_attacked = all.refused >= self.attack_min && all.refused > all.paid;
        let borne = |max: u32| if is_attacked { max.min(self.attack_max) } else { max };
        let is_over = |tries: Tries, max: u32| tries.refused >= borne(max).saturating_add(tries.paid);
        if is_over(seen.session, self.session_max)
            || is_over(seen.login, self.login_max)
            || is_over(seen.network, self.network_max)
        {
            return Err(60 * 60);
        }
        let at_once = seen.network.refused.saturating_add(seen.network.undecided);
        if at_once >= self.network_at_once_max.saturating_add(seen.network.paid) {
            return Err(5);
        }
        Ok(())
    }

    /// Whether a refusal is told like any other: the session has had so many that the reason would serve nobody but a tester.
    pub fn tells_alike(&self, session: Tries) -> bool {
        session.paid == 0 && session.refused >= self.alike_from
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(refused: u32, undecided: u32, paid: u32) -> Tries {
        Tries { refused, undecided, paid }
    }

    #[test]
    fn refusals_are_borne_up_to_the_limit_and_payments_make_up_for_them() {
        let limits = Limits::default();
        for (seen, allowed) in [
            (Seen::default(), true),
            (Seen { session: tries(4, 0, 0), ..Seen::default() }, true),
            (Seen { session: tries(5, 0, 0), ..Seen::default() }, false),
            (Seen { login: tries(6, 0, 0), ..Seen::default() }, false),
            (Seen { network: tries(6, 0, 0), ..Seen::default() }, false),
            (Seen { network: tries(6, 0, 1), ..Seen::default() }, true),
            (Seen { network: tries(0, 8, 0), ..Seen::default() }, true),
            (Seen { network: tries(0, 9, 0), ..Seen::default() }, false),
            (Seen { network: tries(3, 9, 4), ..Seen::default() }, true),
        ] {
            assert_eq!(limits.judge(&seen).is_ok(), allowed, "{seen:?}");
        }
        assert_eq!(Limits::NONE.judge(&Seen { network: tries(1_000, 1_000, 0), ..Seen::default() }), Ok(()));
    }

    #[test]
    fn under_attack_less_is_borne_of_strangers_alone() {
        let limits = Limits::default();
        let attacked = tries(20, 0, 19);
        let quiet = tries(20, 0, 20);
        for (organization, network, allowed) in [
            (attacked, tries(2, 0, 0), false),
            (attacked, tries(2, 0, 1), true),
            (attacked, tries(1, 0, 0), true),
            (quiet, tries(2, 0, 0), true),
        ] {
            let seen = Seen { network, organization, ..Seen::default() };
            assert_eq!(limits.judge(&seen).is_ok(), allowed, "{seen:?}");
        }
    }

    #[test]
    fn the_reason_stays_until_it_serves_a_tester_alone() {
        let limits = Limits::default();
        assert!(!limits.tells_alike(tries(2, 0, 0)));
        assert!(limits.tells_alike(tries(3, 0, 0)));
        assert!(!limits.tells_alike(tries(3, 0, 1)));
    }
}

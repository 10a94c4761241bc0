//! How much may be paid at once, and how much of it a client's credit pays. Amounts are minor units of one currency.

/// Why what was asked for cannot be paid so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// An amount is below zero, or nothing is paid at all.
    #[error("more than nothing must be paid")]
    NothingPaid,
    /// More is paid than is payable.
    #[error("more is paid than is payable")]
    TooMuch,
    /// Less is paid than may be.
    #[error("less is paid than the least that may be")]
    TooLittle,
    /// More credit is used than there is.
    #[error("there is less credit")]
    MoreThanAvailable,
    /// Credit is left unused although something else is charged.
    #[error("credit is used first")]
    CreditLeftUnused,
}

/// The least that may be paid at once: all that is payable, unless the organization allows less.
pub fn least_payable(payable: i64, partial_minimum: Option<i64>) -> i64 {
    partial_minimum.map_or(payable, |minimum| minimum.max(1).min(payable))
}

/// How much credit is used where a payer who pays `whole` says yes to it: it comes before anything else. The rest is
/// charged.
pub fn credit_of(whole: i64, available: i64) -> i64 {
    whole.min(available).max(0)
}

/// Judges what a payer agreed to: `credit` of what their account holds (`available`), and `charged` to their card or
/// bank account.
///
/// # Errors
/// Why it cannot be paid so. The whole is judged before its parts.
pub fn judge_split(
    payable: i64,
    partial_minimum: Option<i64>,
    available: i64,
    credit: i64,
    charged: i64,
) -> Result<(), SplitError> {
    let whole = credit.checked_add(charged).ok_or(SplitError::TooMuch)?;
    if credit < 0 || charged < 0 || whole == 0 {
        return Err(SplitError::NothingPaid);
    }
    if whole > payable {
        return Err(SplitError::TooMuch);
    }
    if whole < least_payable(payable, partial_minimum) {
        return Err(SplitError::TooLittle);
    }
    let used = credit_of(whole, available);
    if credit > used {
        return Err(SplitError::MoreThanAvailable);
    }
    if credit > 0 && credit < used {
        return Err(SplitError::CreditLeftUnused);
    }
    Ok(())
}

/// Spreads an amount over credits, oldest first. `left` is what each of them still holds, oldest first; answers with what
/// each gives. `None` when that is not enough, or the amount is below zero.
pub fn spend_oldest_first(amount: i64, left: &[i64]) -> Option<Vec<i64>> {
    if amount < 0 {
        return None;
    }
    let (parts, missing) = crate::invoice::allocate_top_first(amount, left);
    (missing == 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_or_nothing_unless_less_is_allowed() {
        assert_eq!(least_payable(10_000, None), 10_000);
        assert_eq!(least_payable(10_000, Some(2_500)), 2_500);
        assert_eq!(least_payable(1_000, Some(2_500)), 1_000, "a rest below the least is paid whole");
        assert_eq!(least_payable(0, Some(2_500)), 0);
        for (minimum, charged, verdict) in [
            (None, 10_000, Ok(())),
            (None, 9_999, Err(SplitError::TooLittle)),
            (None, 10_001, Err(SplitError::TooMuch)),
            (Some(2_500), 2_500, Ok(())),
            (Some(2_500), 2_499, Err(SplitError::TooLittle)),
            (Some(2_500), 10_001, Err(SplitError::TooMuch)),
            (Some(20_000), 10_000, Ok(())),
            (Some(20_000), 9_999, Err(SplitError::TooLittle)),
            (Some(1), 0, Err(SplitError::NothingPaid)),
            (Some(1), -1, Err(SplitError::NothingPaid)),
            (None, i64::MAX, Err(SplitError::TooMuch)),
        ] {
            assert_eq!(judge_split(10_000, minimum, 0, 0, charged), verdict, "{minimum:?} {charged}");
        }
    }

    #[test]
    fn credit_comes_first() {
        for (available, credit, charged, verdict) in [
            (3_000, 3_000, 7_000, Ok(())),
            (3_000, 0, 10_000, Ok(())),
            (3_000, 2_999, 7_001, Err(SplitError::CreditLeftUnused)),
            (3_000, 3_001, 6_999, Err(SplitError::MoreThanAvailable)),
            (10_000, 10_000, 0, Ok(())),
            (20_000, 10_000, 0, Ok(())),
            (20_000, 9_999, 1, Err(SplitError::CreditLeftUnused)),
            (0, 1, 9_999, Err(SplitError::MoreThanAvailable)),
            (3_000, -1, 10_001, Err(SplitError::NothingPaid)),
            (i64::MAX, i64::MAX, i64::MAX, Err(SplitError::TooMuch)),
        ] {
            assert_eq!(
                judge_split(10_000, None, available, credit, charged),
                verdict,
                "{available} {credit}"
            );
        }
        // Part of it, with the credit counted as paid.
        assert_eq!(judge_split(10_000, Some(5_000), 3_000, 3_000, 2_000), Ok(()));
        assert_eq!(judge_split(10_000, Some(5_000), 3_000, 3_000, 1_999), Err(SplitError::TooLittle));
        assert_eq!(judge_split(10_000, Some(1_000), 3_000, 2_000, 0), Ok(()));
    }

    #[test]
    fn the_oldest_credit_goes_first() {
        assert_eq!(spend_oldest_first(150, &[100, 0, 100]), Some(vec![100, 0, 50]));
        assert_eq!(spend_oldest_first(0, &[]), Some(vec![]));
        assert_eq!(spend_oldest_first(201, &[100, 100]), None);
        assert_eq!(spend_oldest_first(-1, &[100]), None);
    }

    proptest! {
        #[test]
        fn what_passes_pays_no_more_than_is_owed_or_held(
            payable in 0i64..50_000, minimum in prop::option::of(1i64..60_000), available in 0i64..60_000,
            credit in -10i64..60_000, charged in -10i64..60_000,
        ) {
            if judge_split(payable, minimum, available, credit, charged).is_ok() {
                let whole = credit + charged;
                prop_assert!(credit >= 0 && charged >= 0 && whole > 0);
                prop_assert!(whole <= payable && whole >= minimum.unwrap_or(payable).min(payable));
                prop_assert!(credit <= available);
                prop_assert!(credit == 0 || charged == 0 || credit == available);
            }
        }

        #[test]
        fn who_says_yes_to_credit_is_let_through(
            payable in 1i64..50_000, minimum in prop::option::of(1i64..60_000), available in 0i64..60_000,
            more in 0i64..50_000,
        ) {
            let whole = least_payable(payable, minimum).saturating_add(more).min(payable);
            let credit = credit_of(whole, available);
            prop_assert_eq!(judge_split(payable, minimum, available, credit, whole - credit), Ok(()));
            prop_assert_eq!(judge_split(payable, minimum, available, 0, whole), Ok(()));
        }

        #[test]
        fn nothing_is_spent_that_is_not_there(amount in -5i64..3_000, left in prop::collection::vec(0i64..900, 0..6)) {
            match spend_oldest_first(amount, &left) {
                Some(parts) => {
                    prop_assert_eq!(parts.iter().sum::<i64>(), amount);
                    let first_kept = parts.iter().zip(&left).position(|(part, left)| part < left);
                    prop_assert!(parts.iter().zip(&left).all(|(part, left)| *part >= 0 && part <= left));
                    if let Some(first) = first_kept {
                        prop_assert!(parts.iter().skip(first + 1).all(|part| *part == 0));
                    }
                }
                None => prop_assert!(amount < 0 || amount > left.iter().sum::<i64>()),
            }
        }
    }
}

//! How money that came in is spread over the lines of an invoice, and taken back from them.

/// Spreads an amount over what is still open on each line, top line first.
///
/// Minor units throughout. Returns what each line gets, and what is left over when the amount is larger than
/// everything that is open. Lines that are settled or in credit get nothing.
pub fn allocate_top_first(amount: i64, open: &[i64]) -> (Vec<i64>, i64) {
    let mut left = amount.max(0);
    let parts = open
        .iter()
        .map(|open| {
            let part = left.min((*open).max(0));
            left -= part;
            part
        })
        .collect();
    (parts, left)
}

/// Spreads an amount over lines that it is meant for first, as far as they are open, and the rest over what is still
/// open then, top line first.
///
/// Minor units throughout; `lines` is what is open on each line and what of the amount is meant for it. Returns the same
/// as [`allocate_top_first`].
pub fn allocate_as_meant(amount: i64, lines: &[(i64, i64)]) -> (Vec<i64>, i64) {
    let meant: Vec<i64> = lines.iter().map(|(open, meant)| (*meant).min(*open)).collect();
    let (mut parts, left) = allocate_top_first(amount, &meant);
    let open: Vec<i64> =
        lines.iter().zip(&parts).map(|((open, _), part)| open.saturating_sub(*part)).collect();
    let (rest, left) = allocate_top_first(left, &open);
    for (part, rest) in parts.iter_mut().zip(rest) {
        *part = part.saturating_add(rest);
    }
    (parts, left)
}

/// Takes an amount back from the lines that it covers, last line first: the mirror of [`allocate_top_first`].
///
/// Minor units throughout; `covered` is what one payment covers on each line. Returns what each line gives back,
/// which sums to the amount. `None` when that is more than is covered, or below zero.
pub fn unwind_newest_first(amount: i64, covered: &[i64]) -> Option<Vec<i64>> {
    let mut left = u64::try_from(amount).ok()?;
    let mut parts = covered
        .iter()
        .rev()
        .map(|covered| {
            let part = left.min(u64::try_from(*covered).unwrap_or_default());
            left -= part;
            i64::try_from(part).ok()
        })
        .collect::<Option<Vec<i64>>>()?;
    parts.reverse();
    (left == 0).then_some(parts)
}

/// Why lines that somebody chose cannot give back what was asked of them. Each names the line by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwindError {
    /// The invoice has no such line.
    #[error("there is no line {0}")]
    NoSuchLine(usize),
    /// Zero or less was asked of a line.
    #[error("line {0} must give back more than nothing")]
    NothingAsked(usize),
    /// More was asked of a line than is covered.
    #[error("line {0} is not covered that far")]
    MoreThanCovered(usize),
}

/// Takes amounts back from chosen lines: pairs of a line's index and minor units.
///
/// Returns what each line gives back, in the order of `covered`. A line may be chosen more than once; its amounts
/// add up.
///
/// # Errors
/// [`UnwindError`] for a choice that cannot be met in full. Nothing is met in part.
pub fn unwind_chosen(chosen: &[(usize, i64)], covered: &[i64]) -> Result<Vec<i64>, UnwindError> {
    let mut parts = vec![0_i64; covered.len()];
    for (line, amount) in chosen.iter().copied() {
        let (Some(part), Some(covered)) = (parts.get_mut(line), covered.get(line)) else {
            return Err(UnwindError::NoSuchLine(line));
        };
        if amount <= 0 {
            return Err(UnwindError::NothingAsked(line));
        }
        match part.checked_add(amount) {
            Some(sum) if sum <= *covered => *part = sum,
            _ => return Err(UnwindError::MoreThanCovered(line)),
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fills_from_the_top() {
        assert_eq!(allocate_top_first(150, &[100, 0, -5, 100]), (vec![100, 0, 0, 50], 0));
        assert_eq!(allocate_top_first(500, &[100, 100]), (vec![100, 100], 300));
        assert_eq!(allocate_top_first(-1, &[100]), (vec![0], 0));
    }

    #[test]
    fn unwinds_from_the_bottom() {
        assert_eq!(unwind_newest_first(150, &[100, 0, 100]), Some(vec![50, 0, 100]));
        assert_eq!(unwind_newest_first(0, &[100]), Some(vec![0]));
        assert_eq!(unwind_newest_first(200, &[100, -5, 100]), Some(vec![100, 0, 100]));
        assert_eq!(unwind_newest_first(201, &[100, 100]), None);
        assert_eq!(unwind_newest_first(1, &[]), None);
        assert_eq!(unwind_newest_first(-1, &[100]), None);
    }

    #[test]
    fn unwinds_what_was_chosen_or_nothing() {
        let covered = [100, 0, 50];
        assert_eq!(unwind_chosen(&[(2, 50), (0, 30)], &covered), Ok(vec![30, 0, 50]));
        assert_eq!(unwind_chosen(&[(0, 30), (0, 70)], &covered), Ok(vec![100, 0, 0]));
        assert_eq!(unwind_chosen(&[], &covered), Ok(vec![0, 0, 0]));
        assert_eq!(unwind_chosen(&[(0, 30), (0, 71)], &covered), Err(UnwindError::MoreThanCovered(0)));
        assert_eq!(
            unwind_chosen(&[(0, i64::MAX), (0, i64::MAX)], &[i64::MAX]),
            Err(UnwindError::MoreThanCovered(0))
        );
        assert_eq!(unwind_chosen(&[(1, 1)], &covered), Err(UnwindError::MoreThanCovered(1)));
        assert_eq!(unwind_chosen(&[(3, 1)], &covered), Err(UnwindError::NoSuchLine(3)));
        assert_eq!(unwind_chosen(&[(2, 0)], &covered), Err(UnwindError::NothingAsked(2)));
        assert_eq!(unwind_chosen(&[(2, -1)], &covered), Err(UnwindError::NothingAsked(2)));
    }

    #[test]
    fn what_is_meant_for_a_line_goes_there_first() {
        let lines = [(1_000, 0), (1_000, 400), (1_000, 300)];
        assert_eq!(allocate_as_meant(700, &lines), (vec![0, 400, 300], 0));
        assert_eq!(allocate_as_meant(900, &lines), (vec![200, 400, 300], 0));
        // Somebody has paid the second line meanwhile: what was meant for it pays what is open.
        assert_eq!(allocate_as_meant(700, &[(1_000, 0), (100, 400), (1_000, 300)]), (vec![300, 100, 300], 0));
        assert_eq!(allocate_as_meant(50, &[(0, 50), (-5, 50)]), (vec![0, 0], 50));
    }

    proptest! {
        #[test]
        fn meant_or_not_nothing_is_lost(amount in 0i64..5_000, lines in prop::collection::vec((-50i64..1_000, 0i64..1_000), 0..8)) {
            let open: Vec<i64> = lines.iter().map(|(open, _)| *open).collect();
            let (parts, left) = allocate_as_meant(amount, &lines);
            prop_assert_eq!(parts.iter().sum::<i64>() + left, amount);
            prop_assert_eq!(left, allocate_top_first(amount, &open).1);
            for (part, (open, meant)) in parts.iter().zip(&lines) {
                prop_assert!(*part >= 0 && *part <= (*open).max(0));
                let all_meant: i64 = lines.iter().map(|(open, meant)| (*meant).min(*open).max(0)).sum();
                prop_assert!(all_meant > amount || *part >= (*meant).min(*open).max(0));
            }
        }

        #[test]
        fn nothing_is_lost_and_nothing_overpaid(amount in 0i64..10_000_000, open in prop::collection::vec(-1000i64..1_000_000, 0..20)) {
            let (parts, left) = allocate_top_first(amount, &open);
            prop_assert_eq!(parts.iter().sum::<i64>() + left, amount);
            for (part, open) in parts.iter().zip(&open) {
                prop_assert!(*part >= 0 && *part <= (*open).max(0));
            }
            let first_unfilled = parts.iter().zip(&open).position(|(part, open)| *part < *open);
            if let Some(first) = first_unfilled {
                prop_assert_eq!(left, 0);
                prop_assert!(parts.iter().skip(first + 1).all(|part| *part == 0));
            }
        }

        #[test]
        fn what_is_taken_back_was_there(amount in -10i64..2_000_000, covered in prop::collection::vec(-1000i64..300_000, 0..12)) {
            let all: i64 = covered.iter().map(|covered| (*covered).max(0)).sum();
            match unwind_newest_first(amount, &covered) {
                None => prop_assert!(amount < 0 || amount > all),
                Some(parts) => {
                    prop_assert_eq!(parts.iter().sum::<i64>(), amount);
                    prop_assert_eq!(parts.len(), covered.len());
                    for (part, covered) in parts.iter().zip(&covered) {
                        prop_assert!(*part >= 0 && *part <= (*covered).max(0));
                    }
                    let last_untaken = parts.iter().zip(&covered).rposition(|(part, covered)| *part < *covered);
                    if let Some(last) = last_untaken {
                        prop_assert!(parts.iter().take(last).all(|part| *part == 0), "newest first");
                    }
                }
            }
        }

        #[test]
        fn allocating_and_unwinding_are_mirrors(amount in 0i64..1_000_000, open in prop::collection::vec(0i64..200_000, 1..12), back in 0i64..1_000_000) {
            let (covered, left) = allocate_top_first(amount, &open);
            let taken = amount - left;
            let back = back.min(taken);
            let parts = unwind_newest_first(back, &covered).unwrap();
            let kept: Vec<i64> = covered.iter().zip(&parts).map(|(covered, part)| covered - part).collect();
            prop_assert_eq!(kept, allocate_top_first(taken - back, &open).0, "as if only the rest had been paid");
        }

        #[test]
        fn a_choice_is_met_exactly(chosen in prop::collection::vec((0usize..6, -5i64..60_000), 0..6), covered in prop::collection::vec(-10i64..100_000, 0..6)) {
            if let Ok(parts) = unwind_chosen(&chosen, &covered) {
                prop_assert_eq!(parts.iter().sum::<i64>(), chosen.iter().map(|(_, amount)| amount).sum::<i64>());
                for (part, covered) in parts.iter().zip(&covered) {
                    prop_assert!(*part >= 0 && *part <= (*covered).max(0));
                }
            }
        }
    }
}

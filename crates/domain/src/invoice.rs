//! How money that came in is spread over the lines of an invoice.

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

    proptest! {
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
    }
}

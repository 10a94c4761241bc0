//! The check digit of card numbers (ISO/IEC 7812-1, annex B).

/// True when the digits (values 0 to 9, not characters) end in the right check digit.
pub fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(*digit);
            match (place % 2 == 1, value * 2) {
                (false, _) => value,
                (true, doubled) if doubled > 9 => doubled - 9,
                (true, doubled) => doubled,
            }
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exactly_one_check_digit_passes(body in prop::collection::vec(0u8..10, 1..19)) {
            let passing = (0..10).filter(|check| {
                let mut digits = body.clone();
                digits.push(*check);
                passes_luhn(&digits)
            });
            prop_assert_eq!(passing.count(), 1);
        }

        #[test]
        fn any_single_wrong_digit_fails(body in prop::collection::vec(0u8..10, 12..18), place in 0usize..12, by in 1u8..10) {
            let check = (0..10).find(|check| passes_luhn(&[body.clone(), vec![*check]].concat())).unwrap();
            let mut digits = [body, vec![check]].concat();
            digits[place] = (digits[place] + by) % 10;
            prop_assert!(!passes_luhn(&digits));
        }
    }
}

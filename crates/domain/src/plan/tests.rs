//! Schedules that are worked out by hand, and properties of all of them.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::recurrence::{days_after, days_between};
use super::*;
use crate::card::Expiry;
use crate::money::{Currency, Money};

const MONTHLY: Interval = Interval::new(Unit::Month, 1).unwrap();
const WEEKLY: Interval = Interval::new(Unit::Week, 1).unwrap();
const BOUGHT: Date = date(2026, 11, 25);

impl Schedule {
    /// The sum of everything, minor units.
    fn total(&self) -> i64 {
        self.later.iter().map(Installment::amount).fold(self.due_now(), i64::saturating_add)
    }

    /// The days of what is paid later, in order.
    fn days(&self) -> impl Iterator<Item = Date> + '_ {
        self.later.iter().map(|installment| installment.on)
    }
}

fn line(open: i64) -> Item {
    Item { open, is_eligible: true, ends_on: None }
}

fn recurring(count_max: u16, interval: Interval, first: First) -> Future {
    Future::Recurring { count_max, interval, first }
}

fn option(initial: Initial, initial_on: Option<Date>, future: Future) -> InstallmentOption {
    InstallmentOption::new(initial, initial_on, future, true, true).unwrap()
}

fn percent(percent: u16) -> Initial {
    Initial::Share(Share::new(percent * 100).unwrap())
}

/// What is due now, then each day with its amount.
fn told(schedule: &Schedule) -> (i64, Vec<(Date, i64)>) {
    (schedule.due_now(), schedule.later.iter().map(|later| (later.on, later.amount())).collect())
}

#[test]
fn the_anchor_day_comes_back_after_a_short_month() {
    let from = |anchor, interval| {
        let days = Recurrence::from_anchor(anchor, interval);
        (1..=4).map(|n| days.nth(n).unwrap()).collect::<Vec<_>>()
    };
    let [february, march, april, may] =
        [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)];
    assert_eq!(from(date(2027, 1, 31), MONTHLY), [february, march, april, may]);
    assert_eq!(from(date(2028, 1, 31), MONTHLY)[0], date(2028, 2, 29));
    let yearly = Interval::new(Unit::Month, 12).unwrap();
    let leap = from(date(2024, 2, 29), yearly);
    assert_eq!(leap, [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]);
    let fortnightly = Interval::new(Unit::Week, 2).unwrap();
    assert_eq!(from(date(2026, 12, 23), fortnightly)[0], date(2027, 1, 6));
    // The 31st is meant although the purchase is in a month without one.
    let last = Recurrence::on_day_of_month(date(2026, 11, 25), 31, MONTHLY).unwrap();
    assert_eq!((last.nth(0), last.nth(1)), (Ok(date(2026, 11, 30)), Ok(date(2026, 12, 31))));
    assert_eq!(Recurrence::on_day_of_month(BOUGHT, 32, MONTHLY), None);
    assert_eq!(Recurrence::on_day_of_month(BOUGHT, 1, WEEKLY), None);
    assert_eq!(Recurrence::from_anchor(BOUGHT, MONTHLY).nth(i64::MAX), Err(OutOfCalendar));
    assert_eq!(Interval::new(Unit::Month, 13), None);
    assert_eq!(Interval::new(Unit::Week, 0), None);
}

#[test]
fn the_last_installment_absorbs_what_does_not_divide() {
    let future = recurring(3, MONTHLY, First::On(date(2026, 12, 31)));
    let schedule = option(Initial::PerItem(0), None, future).schedule(&[line(10_000)], BOUGHT).unwrap();
    let days = [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)];
    assert_eq!(told(&schedule), (0, days.into_iter().zip([3_333, 3_333, 3_334]).collect()));
}

#[test]
fn a_fixed_initial_amount_counts_for_each_eligible_item() {
    let future = recurring(1, MONTHLY, First::AfterInterval);
    let option = option(Initial::PerItem(5_000), None, future);
    let items = [line(20_000), line(20_000), line(3_000), Item { is_eligible: false, ..line(700) }, line(0)];
    let schedule = option.schedule(&items, BOUGHT).unwrap();
    // 50.00 of each, all of the one that costs less, and what is not eligible in full.
    assert_eq!(told(&schedule), (5_000 + 5_000 + 3_000 + 700, vec![(date(2026, 12, 25), 30_000)]));
    let part = |item, amount| Part { item, amount };
    assert_eq!(schedule.now, [part(0, 5_000), part(1, 5_000), part(2, 3_000), part(3, 700)]);
    assert_eq!(schedule.later[0].parts, [part(0, 15_000), part(1, 15_000)]);
    assert_eq!(schedule.total(), 43_700);
}

#[test]
fn a_fixed_day_that_is_over_means_at_checkout() {
    let future = recurring(2, MONTHLY, First::DayOfMonth(1));
    let on = |day| option(percent(25), Some(day), future.clone()).schedule(&[line(8_000)], BOUGHT).unwrap();
    let later = vec![(date(2027, 1, 1), 3_000), (date(2027, 2, 1), 3_000)];
    for over in [BOUGHT, date(2026, 9, 1)] {
        assert_eq!(told(&on(over)), (2_000, later.clone()));
    }
    // The ten days are between the purchase and the first future installment: the initial amount does not wait.
    let soon = date(2026, 11, 26);
    assert_eq!(told(&on(soon)), (0, [vec![(soon, 2_000)], later].concat()));
    // Future installments come after it.
    let after = on(date(2027, 1, 1));
    assert_eq!(after.days().collect::<Vec<_>>(), [date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]);
    // Everything on one later day.
    let deferred = option(Initial::Share(Share::WHOLE), Some(soon), Future::Nothing);
    assert_eq!(told(&deferred.schedule(&[line(8_000)], BOUGHT).unwrap()), (0, vec![(soon, 8_000)]));
    let over = option(Initial::Share(Share::WHOLE), Some(BOUGHT), Future::Nothing);
    assert_eq!(over.schedule(&[line(8_000)], BOUGHT), Err(NotOffered::NothingLater));
}

#[test]
fn ten_days_lie_between_the_purchase_and_the_first_future_installment() {
    let days = |first, ten_day_rule| {
        let future = recurring(2, WEEKLY, first);
        let option = InstallmentOption::new(percent(0), None, future, true, ten_day_rule).unwrap();
        option.schedule(&[line(100)], BOUGHT).unwrap().days().collect::<Vec<_>>()
    };
    assert_eq!(days(First::AfterInterval, true), [date(2026, 12, 9), date(2026, 12, 16)]);
    assert_eq!(days(First::AfterInterval, false), [date(2026, 12, 2), date(2026, 12, 9)]);
    // The tenth day itself is late enough, the ninth is not.
    assert_eq!(days(First::On(date(2026, 12, 5)), true)[0], date(2026, 12, 5));
    assert_eq!(days(First::On(date(2026, 12, 4)), true)[0], date(2026, 12, 11));
    assert_eq!(days(First::On(date(2026, 12, 4)), false)[0], date(2026, 12, 4));
    // Never on the day of the purchase, whatever is switched off.
    assert_eq!(days(First::On(BOUGHT), false)[0], date(2026, 12, 2));
}

#[test]
fn the_count_shrinks_where_the_activity_ends() {
    let future = recurring(6, MONTHLY, First::DayOfMonth(15));
    let ending = |last| Item { ends_on: Some(last), ..line(9_000) };
    let option = option(percent(0), None, future.clone());
    let schedule = option.schedule(&[ending(date(2027, 2, 15)), line(6_000)], BOUGHT).unwrap();
    let amounts: Vec<i64> = schedule.later.iter().map(Installment::amount).collect();
    assert_eq!(amounts, [4_000, 4_000, 4_000, 1_000, 1_000, 1_000]);
    assert_eq!(schedule.later[3].parts, [Part { item: 1, amount: 1_000 }]);
    // What ends before its first day is due now; where that is all, there is nothing to offer.
    let over = [ending(date(2026, 12, 14)), line(6_000)];
    assert_eq!(option.schedule(&over, BOUGHT).unwrap().due_now(), 9_000);
    assert_eq!(option.schedule(&over[..1], BOUGHT), Err(NotOffered::NothingLater));
    // Where it is not tied to the end, it does not shrink.
    let free = InstallmentOption::new(percent(0), None, future, false, true).unwrap();
    assert_eq!(free.schedule(&over[..1], BOUGHT).unwrap().later.len(), 6);
}

#[test]
fn fixed_days_that_are_too_near_fall_away() {
    let days = vec![date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 10), date(2027, 3, 10)];
    let option = option(percent(50), None, Future::On(days));
    // 50 percent of 10.03 is rounded half up.
    let later = vec![(date(2027, 1, 10), 250), (date(2027, 3, 10), 251)];
    assert_eq!(told(&option.schedule(&[line(1_003)], BOUGHT).unwrap()), (502, later));
    assert_eq!(option.schedule(&[line(1_001)], date(2027, 3, 1)), Err(NotOffered::NothingLater));
    assert_eq!(option.schedule(&[line(0)], BOUGHT), Err(NotOffered::NothingLater));
}

#[test]
fn what_is_no_option_is_refused() {
    let new =
        |initial, initial_on, future| InstallmentOption::new(initial, initial_on, future, true, true).err();
    let monthly = |count| recurring(count, MONTHLY, First::AfterInterval);
    let whole = Initial::Share(Share::WHOLE);
    for (error, initial, initial_on, future) in [
        (OptionError::BelowZero, Initial::PerItem(-1), None, monthly(1)),
        (OptionError::NothingDeferred, whole, None, Future::Nothing),
        (OptionError::NothingDeferred, percent(50), Some(BOUGHT), Future::Nothing),
        (OptionError::NothingLeft, whole, None, monthly(1)),
        (OptionError::Count, percent(0), None, monthly(0)),
        (OptionError::Count, percent(0), None, monthly(COUNT_MAX + 1)),
        (OptionError::Count, percent(0), None, Future::On(Vec::new())),
        (OptionError::Order, percent(0), None, Future::On(vec![BOUGHT, BOUGHT])),
        (OptionError::DayOfMonth, percent(0), None, recurring(1, MONTHLY, First::DayOfMonth(0))),
        (OptionError::DayOfMonth, percent(0), None, recurring(1, WEEKLY, First::DayOfMonth(1))),
    ] {
        assert_eq!(new(initial, initial_on, future), Some(error));
    }
    assert_eq!(Share::new(10_001), None);
    assert_eq!(InstallmentConfiguration::new(Vec::new()), Err(OptionError::Options));
}

#[test]
fn a_card_that_does_not_live_to_the_end_is_found() {
    let days = || [date(2027, 1, 31), date(2027, 2, 1), date(2027, 3, 1)];
    let card = |month| Expiry::new(2027, month).unwrap();
    assert_eq!(expires_before(card(1), days()), Some(date(2027, 2, 1)));
    assert_eq!(expires_before(card(3), days()), None);
    assert_eq!(expires_before(card(1), []), None);
}

#[test]
fn a_subscription_begins() {
    let plain = Subscription {
        interval: MONTHLY,
        anchor: None,
        first: FirstCharge::Now,
        is_prorated: true,
        ends_on: None,
    };
    let anchored = Subscription { anchor: Some(date(2026, 9, 1)), ..plain };
    let begin = |subscription: Subscription, purchase| {
        let begun = subscription.begin(3_000, purchase)?;
        let next = subscription.charged_on(&begun.recurrence, begun.next)?;
        Ok::<_, SubscriptionError>((begun.first_on, begun.first_amount, next))
    };
    let first = date(2026, 12, 1);
    let a_month_later = Some(date(2026, 12, 25));
    // From the purchase on, whole periods.
    assert_eq!(begin(plain, BOUGHT), Ok((None, 3_000, a_month_later)));
    let later = Subscription { first: FirstCharge::Later, ..plain };
    assert_eq!(begin(later, BOUGHT), Ok((a_month_later, 3_000, Some(date(2027, 1, 25)))));
    // In the middle of a period: 25 to 30 November are 6 of its 30 days.
    assert_eq!(begin(anchored, BOUGHT), Ok((None, 600, Some(first))));
    assert_eq!(
        begin(Subscription { is_prorated: false, ..anchored }, BOUGHT),
        Ok((None, 3_000, Some(first)))
    );
    assert_eq!(begin(anchored, first), Ok((None, 3_000, Some(date(2027, 1, 1)))), "on its first day");
    let later = Subscription { first: FirstCharge::Later, ..anchored };
    assert_eq!(begin(later, BOUGHT), Ok((Some(first), 3_000, Some(date(2027, 1, 1)))));
    // Periods that are still to begin.
    let ahead = |day, first| Subscription { anchor: Some(day), first, ..plain };
    assert_eq!(begin(ahead(first, FirstCharge::Now), BOUGHT), Ok((None, 600, Some(first))));
    let far = date(2027, 5, 1);
    assert_eq!(begin(ahead(far, FirstCharge::Now), BOUGHT), Err(SubscriptionError::AnchorTooFar));
    assert_eq!(begin(ahead(far, FirstCharge::Later), BOUGHT), Ok((Some(far), 3_000, Some(date(2027, 6, 1)))));
    // Nothing after its end.
    let ending = |last| Subscription { ends_on: Some(last), ..anchored };
    assert_eq!(begin(ending(date(2026, 11, 30)), BOUGHT), Ok((None, 600, None)));
    assert_eq!(begin(ending(first), BOUGHT), Ok((None, 600, Some(first))));
    assert_eq!(begin(ending(date(2026, 11, 24)), BOUGHT), Err(SubscriptionError::Over));
    // Half a unit is rounded up: 15 of 30 days of 0.01.
    assert_eq!(anchored.begin(1, date(2026, 11, 16)).unwrap().first_amount, 1);
    assert_eq!(anchored.begin(1, date(2026, 11, 17)).unwrap().first_amount, 0);
}

fn days() -> impl Strategy<Value = Date> {
    (0i64..20_000).prop_map(|n| days_after(date(2000, 1, 1), n).unwrap())
}

fn intervals() -> impl Strategy<Value = Interval> {
    prop_oneof![
        (1u8..=12).prop_map(|every| Interval::new(Unit::Month, every).unwrap()),
        (1u8..=52).prop_map(|every| Interval::new(Unit::Week, every).unwrap()),
    ]
}

fn near(purchase: Date) -> impl Strategy<Value = Date> {
    (-400i64..800).prop_map(move |n| days_after(purchase, n).unwrap())
}

fn options(purchase: Date) -> impl Strategy<Value = InstallmentOption> {
    let initial = prop_oneof![
        (0i64..50_000).prop_map(Initial::PerItem),
        (0u16..10_000).prop_map(|points| Initial::Share(Share::new(points).unwrap())),
    ];
    let first = prop_oneof![
        Just(First::AfterInterval),
        near(purchase).prop_map(First::On),
        (1i8..=31).prop_map(First::DayOfMonth)
    ];
    let recurring = (1u16..=24, intervals(), first).prop_map(|(count_max, interval, first)| {
        let first = match first {
            First::DayOfMonth(_) if interval.unit() == Unit::Week => First::AfterInterval,
            first => first,
        };
        Future::Recurring { count_max, interval, first }
    });
    let fixed = prop::collection::btree_set(near(purchase), 1..8)
        .prop_map(|days| Future::On(days.into_iter().collect()));
    (initial, prop::option::of(near(purchase)), prop_oneof![recurring, fixed], any::<bool>(), any::<bool>())
        .prop_map(|(initial, on, future, ends, ten)| {
            InstallmentOption::new(initial, on, future, ends, ten).unwrap()
        })
}

fn items(purchase: Date) -> impl Strategy<Value = Vec<Item>> {
    let item = (0i64..10_000_000, any::<bool>(), prop::option::of(near(purchase)))
        .prop_map(|(open, is_eligible, ends_on)| Item { open, is_eligible, ends_on });
    prop::collection::vec(item, 1..6)
}

fn purchases() -> impl Strategy<Value = (Date, InstallmentOption, Vec<Item>)> {
    days().prop_flat_map(|day| (Just(day), options(day), items(day)))
}

proptest! {
    /// Positive control: giving the last installment `each` as well (`plan(Some(*day), each)`) loses units in the first
    /// case that does not divide.
    #[test]
    fn every_line_is_paid_to_the_last_unit((purchase, option, items) in purchases()) {
        let Ok(schedule) = option.schedule(&items, purchase) else { return Ok(()) };
        for (index, item) in items.iter().enumerate() {
            let parts = schedule.now.iter().chain(schedule.later.iter().flat_map(|later| &later.parts));
            let paid: i64 = parts.filter(|part| part.item == index).map(|part| part.amount).sum();
            prop_assert_eq!(paid, item.open);
        }
        prop_assert_eq!(schedule.total(), items.iter().map(|item| item.open).sum::<i64>());
        prop_assert!(schedule.now.iter().all(|part| part.amount > 0));
        prop_assert!(schedule.later.iter().all(|later| later.parts.iter().all(|part| part.amount > 0)));
    }

    /// A price as it is printed is what is charged in the end, whatever the currency's minor unit.
    #[test]
    fn the_sum_is_the_price_in_every_currency(units in 0u32..1_000_000, fraction in 0u32..10_000, count in 1u16..=24) {
        for code in ["JPY", "CAD", "KWD", "CLF"] {
            let currency: Currency = code.parse().unwrap();
            let places = usize::try_from(currency.exponent()).unwrap();
            let digits = format!("{fraction:04}");
            let (decimals, _) = digits.split_at(places);
            let price = if places == 0 { format!("{units}") } else { format!("{units}.{decimals}") };
            let whole = Money::parse_decimal(&price, currency).unwrap();
            let option = option(percent(30), None, recurring(count, MONTHLY, First::AfterInterval));
            let Ok(schedule) = option.schedule(&[line(whole.minor())], BOUGHT) else { continue };
            prop_assert_eq!(Money::new(schedule.total(), currency).to_string(), format!("{price} {code}"));
        }
    }

    /// Positive control: `MINIMUM_DAYS` of 9 fails the first assertion about the ten days.
    #[test]
    fn days_ascend_and_are_late_enough((purchase, option, items) in purchases()) {
        let Ok(schedule) = option.schedule(&items, purchase) else { return Ok(()) };
        let days: Vec<Date> = schedule.days().collect();
        prop_assert!(days.is_sorted_by(|a, b| a < b), "{days:?}");
        prop_assert!(!days.is_empty() && days.iter().all(|day| *day > purchase));
        let initial_on = option.initial_on.filter(|day| *day > purchase);
        let future = days.iter().filter(|day| Some(**day) != initial_on);
        let minimum = if option.ten_day_rule { 10 } else { 1 };
        for day in future {
            prop_assert!(days_between(purchase, *day) >= minimum, "{day}");
            prop_assert!(initial_on.is_none_or(|initial| initial < *day));
        }
        let most = match &option.future {
            Future::Nothing => 0,
            Future::Recurring { count_max, .. } => usize::from(*count_max),
            Future::On(days) => days.len(),
        };
        prop_assert!(days.len() <= most + 1);
    }

    /// No installment after an activity's end, no two of one line that differ but for the last, and the last not by much.
    #[test]
    fn a_line_is_split_evenly_within_its_time((purchase, option, items) in purchases()) {
        let Ok(schedule) = option.schedule(&items, purchase) else { return Ok(()) };
        let initial_on = option.initial_on.filter(|day| *day > purchase);
        for (index, item) in items.iter().enumerate() {
            let own: Vec<(Date, i64)> = schedule.later.iter().filter(|later| Some(later.on) != initial_on)
                .flat_map(|later| later.parts.iter().filter(|part| part.item == index).map(|part| (later.on, part.amount)))
                .collect();
            if let (Some(last), true) = (item.ends_on, option.ends_with_activity) {
                prop_assert!(own.iter().all(|(day, _)| *day <= last));
            }
            if let Some(((_, last), others)) = own.split_last() {
                let each = others.first().map_or(0, |(_, amount)| *amount);
                prop_assert!(others.iter().all(|(_, amount)| *amount == each));
                prop_assert!(others.is_empty() || (*last >= each && *last - each <= 24));
            }
        }
    }

    #[test]
    fn recurring_days_are_counted_from_the_anchor(anchor in days(), interval in intervals(), n in -60i64..240, earliest in days()) {
        let recurrence = Recurrence::from_anchor(anchor, interval);
        let day = recurrence.nth(n).unwrap();
        prop_assert!(day < recurrence.nth(n + 1).unwrap());
        match interval.unit() {
            Unit::Week => prop_assert_eq!(days_between(anchor, day), n * 7 * i64::from(interval.every())),
            Unit::Month => prop_assert!(day.day() == anchor.day() || (day.day() < anchor.day() && day == day.last_of_month())),
        }
        let first = recurrence.first_from(earliest).unwrap();
        prop_assert!(recurrence.nth(first).unwrap() >= earliest);
        prop_assert!(recurrence.nth(first - 1).unwrap() < earliest);
    }

    /// The rest of a period never costs more than the period, and more the earlier it begins.
    #[test]
    fn a_rest_is_a_part(price in 0i64..100_000_000, anchor in days(), after in 1i64..365, interval in intervals()) {
        let purchase = days_after(anchor, after).unwrap();
        let subscription = Subscription {
            interval, anchor: Some(anchor), first: FirstCharge::Now, is_prorated: true, ends_on: None,
        };
        let begun = subscription.begin(price, purchase).unwrap();
        prop_assert!((0..=price).contains(&begun.first_amount));
        let next = begun.recurrence.nth(begun.next).unwrap();
        prop_assert!(next > purchase);
        let tomorrow = days_after(purchase, 1).unwrap();
        if tomorrow < next {
            prop_assert!(subscription.begin(price, tomorrow).unwrap().first_amount <= begun.first_amount);
        }
        let whole = i128::from(days_between(begun.recurrence.nth(begun.next - 1).unwrap(), next));
        let exact = i128::from(price) * i128::from(days_between(purchase, next));
        prop_assert!((i128::from(begun.first_amount) * whole - exact).abs() * 2 <= whole);
    }
}

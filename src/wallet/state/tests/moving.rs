use super::*;

fn replace() -> Wallet {
    open().after(panel(Work::Replace { by: None, stuck: None }))
}

/// Positive control (tried): with `by` not asked for in `Work::act`, the server is asked for nothing in particular.
#[test]
fn what_takes_a_place_has_to_be_chosen() {
    let state = replace();
    let names: Vec<_> = state.others("pm_a").into_iter().map(|other| other.id.as_str()).collect();
    assert_eq!(names, ["pm_b", "pm_c"], "of its own kind first");
    assert_eq!(state.others("pm_c").first().unwrap().id, "pm_a".to_owned());
    assert_eq!(state.panel.as_ref().unwrap().act(), None);
    let state = state.after(Action::Complain);
    assert_eq!(
        (state.panel.as_ref().unwrap().trouble, &*state.focus),
        (Some(Trouble::NoOther), PANEL_TROUBLE)
    );
    let state = state.after(Action::ChooseOther("pm_b".to_owned()));
    let panel = state.panel.as_ref().unwrap();
    assert_eq!((panel.act(), panel.trouble), (Some(Act::Replace("pm_b".to_owned())), None));
}

#[test]
fn another_one_is_offered_where_it_can_be_charged() {
    let state = open();
    // One has expired, the other takes no debits.
    assert!(!state.has_other("pm_a") && state.has_other("pm_b"));
    assert!(!state.moves_something(state.method("pm_b").unwrap()), "nothing moves with it");
    assert!(state.moves_something(state.method("pm_c").unwrap()), "two organizations may charge it");
}

/// Positive control (tried): with `forget_other` left out of `loaded`, a method that is gone is asked for again.
#[test]
fn a_refused_replacement_keeps_its_panel_and_forgets_what_is_gone() {
    let state = replace().after(Action::ChooseOther("pm_b".to_owned())).after(Action::Begin);
    let stuck = state.after(Action::Stuck(payment()));
    let panel = stuck.panel.as_ref().unwrap();
    assert_eq!((panel.busy, panel.trouble, &*stuck.focus), (false, Some(Trouble::CannotTake), PANEL_TROUBLE));
    assert_eq!(panel.work, Work::Replace { by: Some("pm_b".to_owned()), stuck: Some(payment()) });
    let again = stuck.after(Action::ChooseOther("pm_c".to_owned()));
    let wanted = Work::Replace { by: Some("pm_c".to_owned()), stuck: None };
    assert_eq!(again.panel.unwrap().work, wanted, "what one cannot take is not the other's");
    let mut without = view();
    without.cards.methods.remove(1);
    let state = stuck.after(Action::Loaded(Rc::new(without)));
    assert_eq!(state.panel.unwrap().work.other(), None);
}

#[test]
fn a_purchase_under_way_is_waited_for() {
    let state = replace().after(Action::Begin).after(Action::Blocked(Rc::default()));
    assert_eq!(state.panel.as_ref().unwrap().trouble, Some(Trouble::UnderWay));
    let removing = open().after(panel(Work::Remove { planned: None })).after(Action::Blocked(Rc::default()));
    let panel = removing.panel.unwrap();
    assert_eq!((panel.work, panel.trouble), (Work::Remove { planned: None }, Some(Trouble::UnderWay)));
}

#[test]
fn what_moved_is_told_below_the_title() {
    let method = view().cards.methods[1].clone();
    let said = Rc::new(Said::Moved(Named::of(&method), payment()));
    let state = replace().after(Action::Begin).after(Action::Done(said.clone()));
    assert_eq!((&*state.focus, said.planned().len(), state.panel.is_none()), (TITLE, 1, true));
}

#[test]
fn a_plan_that_is_over_cannot_be_moved_any_more() {
    let work = Work::Move { plan: "pln_1".to_owned(), to: None };
    let state = open().after(panel(work));
    assert!(state.after(Action::Loaded(Rc::new(view()))).panel.is_some());
    let mut over = view();
    over.cards.methods[0].planned.clear();
    let state = state.after(Action::Loaded(Rc::new(over)));
    assert_eq!((state.panel, state.said), (None, Some(Rc::new(Said::Elsewhere))));
}

/// Positive control (tried): with every payment a plan of its own in `plans_of`, this fails.
#[test]
fn payments_stand_by_their_plans() {
    let [first] = &*payment() else { panic!("one payment") };
    let of = |plan: &str| WalletPlannedView { plan: plan.to_owned(), ..first.clone() };
    let payments = [of("pln_1"), of("pln_2"), of("pln_1")];
    let plans: Vec<_> = plans_of(&payments).iter().map(|plan| (plan[0].plan.clone(), plan.len())).collect();
    assert_eq!(plans, [("pln_1".to_owned(), 2), ("pln_2".to_owned(), 1)]);
}

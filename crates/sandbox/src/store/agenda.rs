//! What is to happen later, in the order in which it will: what is due is found without a walk over the rest.

use std::collections::{BTreeMap, HashMap};

use crate::model::Due;

/// The agenda.
#[derive(Debug, Default)]
pub struct Agenda {
    /// By moment (Unix milliseconds), and by the order in which it was put among what is due at the same moment.
    waiting: BTreeMap<(i64, u64), Due>,
    places: HashMap<String, (i64, u64)>,
    by_subject: HashMap<String, Vec<String>>,
    next_place: u64,
}

impl Agenda {
    /// Puts something in, in the place of what has the same id.
    pub fn put(&mut self, due: Due) {
        self.remove(&due.id);
        let place = (due.at_ms, self.next_place);
        self.next_place += 1;
        self.places.insert(due.id.clone(), place);
        self.by_subject.entry(due.about.clone()).or_default().push(due.id.clone());
        self.waiting.insert(place, due);
    }

    /// Takes something out.
    pub fn remove(&mut self, id: &str) {
        let Some(due) = self.places.remove(id).and_then(|place| self.waiting.remove(&place)) else {
            return;
        };
        if let Some(ids) = self.by_subject.get_mut(&due.about) {
            ids.retain(|other| other != id);
            if ids.is_empty() {
                self.by_subject.remove(&due.about);
            }
        }
    }

    /// What comes first, if it is due by now (Unix milliseconds).
    pub fn first_due(&self, now_ms: i64) -> Option<&Due> {
        self.waiting.first_key_value().map(|(_, due)| due).filter(|due| due.at_ms <= now_ms)
    }

    /// The ids of what is to happen to an object.
    pub fn about(&self, subject: &str) -> Vec<String> {
        self.by_subject.get(subject).cloned().unwrap_or_default()
    }

    /// True when nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Errand;

    fn due(id: &str, at_ms: i64, about: &str) -> Due {
        let (id, about) = (id.to_owned(), about.to_owned());
        Due { id, at_ms, about, idempotency_key: None, errand: Errand::Settle }
    }

    #[test]
    fn comes_in_order_and_is_taken_back_by_its_subject() {
        let mut agenda = Agenda::default();
        for (id, at_ms, about) in
            [("c", 30, "x"), ("a", 10, "x"), ("b", 10, "y"), ("d", 40, "x"), ("c", 20, "x")]
        {
            agenda.put(due(id, at_ms, about));
        }
        assert!(agenda.first_due(9).is_none(), "early");
        let mut about: Vec<String> = agenda.about("x");
        about.sort();
        assert_eq!(about, ["a", "c", "d"]);
        agenda.remove("d");
        let mut order = Vec::new();
        while let Some(first) = agenda.first_due(20).map(|due| due.id.clone()) {
            agenda.remove(&first);
            order.push(first);
        }
        assert_eq!(order, ["a", "b", "c"]);
        assert!(agenda.is_empty() && agenda.about("x").is_empty());
    }
}

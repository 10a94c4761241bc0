//! A table in memory: rows by id, in the order of their making, and by whatever they are listed by.
//!
//! Every access costs the logarithm of the table's size, however large it is: a list walks only the rows
//! that it shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a table can hold.
pub trait Row {
    /// Its id.
    fn id(&self) -> &str;

    /// The lists that it is in, besides the list of all: `customer=cus_…`, `metadata[k]=v`.
    fn lists(&self) -> Vec<String>;

    /// When it was made, Unix seconds.
    fn created(&self) -> i64;

    /// Whether it is in lists at all.
    fn is_listed(&self) -> bool {
        true
    }
}

/// A table.
#[derive(Debug)]
pub struct Table<T> {
    rows: HashMap<String, Placed<T>>,
    order: BTreeMap<u64, String>,
    lists: HashMap<String, BTreeSet<u64>>,
    next_place: u64,
}

#[derive(Debug)]
struct Placed<T> {
    place: u64,
    row: T,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: HashMap::new(), order: BTreeMap::new(), lists: HashMap::new(), next_place: 0 }
    }
}

/// Which part of a list to show. Lists begin with the newest.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageRequest<'a> {
    /// How many rows.
    pub limit: usize,
    /// The id after which to begin.
    pub starting_after: Option<&'a str>,
    /// The id before which to end.
    pub ending_before: Option<&'a str>,
    /// Unix seconds: only what was made then or later.
    pub created_from: Option<i64>,
    /// Unix seconds: only what was made earlier.
    pub created_below: Option<i64>,
}

/// A part of a list.
#[derive(Debug)]
pub struct Page<'t, T> {
    /// The rows, newest first.
    pub rows: Vec<&'t T>,
    /// Whether more follow in the direction of the walk.
    pub has_more: bool,
}

impl<T: Row> Table<T> {
    /// Puts a row in, in the place of the row with the same id if there is one.
    pub fn put(&mut self, row: T) {
        let place = match self.rows.get(row.id()) {
            Some(old) => {
                let (place, lists) = (old.place, old.row.lists());
                for list in lists {
                    self.unlist(&list, place);
                }
                place
            }
            None => {
                self.next_place += 1;
                self.next_place
            }
        };
        if row.is_listed() {
            for list in row.lists() {
                self.lists.entry(list).or_default().insert(place);
            }
            self.order.insert(place, row.id().to_owned());
        } else {
            self.order.remove(&place);
        }
        self.rows.insert(row.id().to_owned(), Placed { place, row });
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: &str) -> Option<T> {
        let placed = self.rows.remove(id)?;
        self.order.remove(&placed.place);
        for list in placed.row.lists() {
            self.unlist(&list, placed.place);
        }
        Some(placed.row)
    }

    /// Takes the oldest rows out until `count` are left.
    pub fn keep_newest(&mut self, count: usize) {
        while self.order.len() > count {
            let Some((_, id)) = self.order.pop_first() else {
                break;
            };
            self.remove(&id);
        }
    }

    /// The row with this id.
    pub fn row(&self, id: &str) -> Option<&T> {
        self.rows.get(id).map(|placed| &placed.row)
    }

    /// How many rows are listed.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True without a listed row.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// All listed rows, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.order.values().filter_map(|id| self.row(id))
    }

    /// A page of one list (or of all), of the rows that `keep` wants. `None` when a cursor names no row.
    pub fn page(
        &self,
        list: Option<&str>,
        page: PageRequest<'_>,
        keep: impl Fn(&T) -> bool,
    ) -> Option<Page<'_, T>> {
        let place_of = |id: &str| self.rows.get(id).map(|placed| placed.place);
        let below = match page.starting_after {
            Some(id) => place_of(id)?,
            None => u64::MAX,
        };
        let above = match page.ending_before {
            Some(id) => place_of(id)?,
            None => 0,
        };
        let backwards = page.ending_before.is_some() && page.starting_after.is_none();
        let from = above.saturating_add(1).max(page.created_from.map_or(0, |at| self.place_from(at)));
        let below = below.min(page.created_below.map_or(u64::MAX, |at| self.place_from(at)));
        let range = from..below.max(from);
        let mut rows: Vec<&T> = Vec::with_capacity(page.limit.min(128) + 1);
        let places: Box<dyn Iterator<Item = u64>> = match (list, backwards) {
            (None, false) => Box::new(self.order.range(range).rev().map(|(place, _)| *place)),
            (None, true) => Box::new(self.order.range(range).map(|(place, _)| *place)),
            (Some(list), backwards) => match self.lists.get(list) {
                None => Box::new(std::iter::empty()),
                Some(places) if backwards => Box::new(places.range(range).copied()),
                Some(places) => Box::new(places.range(range).rev().copied()),
            },
        };
        let kept = places
            .filter_map(|place| self.order.get(&place).and_then(|id| self.row(id)))
            .filter(|row| keep(row));
        rows.extend(kept.take(page.limit + 1));
        let has_more = rows.len() > page.limit;
        rows.truncate(page.limit);
        if backwards {
            rows.reverse();
        }
        Some(Page { rows, has_more })
    }

    /// The first place whose row was made at `at` or later. Rows are in the order of their making.
    fn place_from(&self, at: i64) -> u64 {
        let (mut low, mut high) = (1, self.next_place + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.order.range(middle..high).next() {
                Some((place, id)) if self.row(id).is_some_and(|row| row.created() < at) => low = place + 1,
                Some(_) | None => high = middle,
            }
        }
        low
    }

    fn unlist(&mut self, list: &str, place: u64) {
        if let Some(places) = self.lists.get_mut(list) {
            places.remove(&place);
            if places.is_empty() {
                self.lists.remove(list);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Note(String, &'static str);

    impl Row for Note {
        fn id(&self) -> &str {
            &self.0
        }
        fn lists(&self) -> Vec<String> {
            vec![self.1.to_owned()]
        }
        fn created(&self) -> i64 {
            self.0.trim_start_matches('n').parse().unwrap()
        }
    }

    fn table() -> Table<Note> {
        let mut table = Table::default();
        for number in 1..=9 {
            table.put(Note(format!("n{number}"), if number % 2 == 0 { "even" } else { "odd" }));
        }
        table
    }

    fn ids(page: &Page<'_, Note>) -> String {
        page.rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn pages_walk_both_ways() {
        let table = table();
        let page = |list, starting_after, ending_before| {
            let page = table
                .page(
                    list,
                    PageRequest { limit: 2, starting_after, ending_before, ..PageRequest::default() },
                    |_| true,
                )
                .unwrap();
            (ids(&page), page.has_more)
        };
        assert_eq!(page(None, None, None), ("n9 n8".to_owned(), true));
        assert_eq!(page(None, Some("n3"), None), ("n2 n1".to_owned(), false));
        assert_eq!(page(None, None, Some("n7")), ("n9 n8".to_owned(), false));
        assert_eq!(page(None, None, Some("n2")), ("n4 n3".to_owned(), true));
        assert_eq!(page(Some("even"), Some("n8"), None), ("n6 n4".to_owned(), true));
        assert_eq!(page(Some("even"), Some("n4"), None), ("n2".to_owned(), false));
        assert_eq!(page(Some("none"), None, None), (String::new(), false));
        let missing = PageRequest { limit: 2, starting_after: Some("n10"), ..PageRequest::default() };
        assert!(table.page(None, missing, |_| true).is_none());
    }

    #[test]
    fn a_stretch_of_time_is_found() {
        let mut table = table();
        table.remove("n5");
        for from in 0..12 {
            for below in 0..12 {
                let (created_from, created_below) = (Some(from), Some(below));
                let page = PageRequest { limit: 20, created_from, created_below, ..PageRequest::default() };
                let expected = (from.max(1)..below.min(10)).rev().filter(|number| *number != 5);
                let expected: Vec<String> = expected.map(|number| format!("n{number}")).collect();
                assert_eq!(
                    ids(&table.page(None, page, |_| true).unwrap()),
                    expected.join(" "),
                    "{from}..{below}"
                );
            }
        }
    }

    #[test]
    fn a_changed_row_keeps_its_place_and_changes_lists() {
        let mut table = table();
        table.put(Note("n9".to_owned(), "even"));
        let all = PageRequest { limit: 3, ..PageRequest::default() };
        assert_eq!(ids(&table.page(Some("even"), all, |_| true).unwrap()), "n9 n8 n6");
        assert_eq!(ids(&table.page(Some("odd"), all, |_| true).unwrap()), "n7 n5 n3");
        table.remove("n8");
        assert_eq!(ids(&table.page(None, all, |_| true).unwrap()), "n9 n7 n6");
        table.keep_newest(2);
        assert_eq!(ids(&table.page(None, all, |_| true).unwrap()), "n9 n7");
    }
}

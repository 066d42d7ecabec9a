//! Changes that were written down without the network and are sent together: in which order, and which of them cannot
//! have one. No SQL, no clock.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// So many changes at most are sent together.
pub const MOST: usize = 500;

/// A change, by its key, and the keys of those that it builds on.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    pub key: &'a str,
    pub after: &'a [String],
}

/// In which order changes are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Places in the batch: each change after those that it builds on, otherwise as they were sent.
    pub order: Vec<usize>,
    /// Those that wait for each other, and so for ever.
    pub circular: HashSet<usize>,
}

/// Orders the changes of a batch.
#[must_use]
pub fn plan(links: &[Link<'_>]) -> Plan {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, link) in links.iter().enumerate() {
        places.entry(link.key).or_default().push(place);
    }
    let before: Vec<BTreeSet<usize>> = links
        .iter()
        .map(|link| {
            let named = link.after.iter().filter_map(|key| places.get(key.as_str()));
            named.flatten().copied().collect()
        })
        .collect();
    let mut behind: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); links.len()];
    for (place, named) in before.iter().enumerate() {
        for earlier in named {
            behind[*earlier].insert(place);
        }
    }
    // Whatever stands neither before nor behind a circle falls away from one side or from the other.
    let all: HashSet<usize> = (0..links.len()).collect();
    let stuck = left(&all, &before, &behind);
    let circular = left(&stuck, &behind, &before);
    Plan {
        order: ordered(&before, &behind, &circular),
        circular,
    }
}

/// What is left of some places when those are taken away, again and again, that nothing is before.
fn left(
    of: &HashSet<usize>,
    before: &[BTreeSet<usize>],
    behind: &[BTreeSet<usize>],
) -> HashSet<usize> {
    let mut left = of.clone();
    let mut waits: HashMap<usize, usize> = (of.iter())
        .map(|place| {
            let named = before[*place].iter().filter(|it| of.contains(it));
            (*place, named.count())
        })
        .collect();
    let mut free: VecDeque<usize> = of.iter().copied().filter(|it| waits[it] == 0).collect();
    while let Some(place) = free.pop_front() {
        left.remove(&place);
        for next in &behind[place] {
            if let Some(count) = waits.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    free.push_back(*next);
                }
            }
        }
    }
    left
}

/// The first place that may come, again and again; those of circles come at once, for nothing waits for them in vain.
fn ordered(
    before: &[BTreeSet<usize>],
    behind: &[BTreeSet<usize>],
    circular: &HashSet<usize>,
) -> Vec<usize> {
    let mut waits: Vec<usize> = (0..before.len())
        .map(|place| {
            if circular.contains(&place) {
                0
            } else {
                before[place].len()
            }
        })
        .collect();
    let mut free: BTreeSet<usize> = (0..before.len()).filter(|it| waits[*it] == 0).collect();
    let mut order = Vec::new();
    while let Some(place) = free.pop_first() {
        order.push(place);
        for next in behind[place].iter().filter(|it| !circular.contains(it)) {
            waits[*next] -= 1;
            if waits[*next] == 0 {
                free.insert(*next);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A batch as `b after a`.
    fn planned(items: &[(&str, &[&str])]) -> (String, String) {
        let after: Vec<Vec<String>> = items
            .iter()
            .map(|(_, after)| after.iter().map(|it| (*it).to_owned()).collect())
            .collect();
        let links: Vec<Link<'_>> = (items.iter().zip(&after))
            .map(|((key, _), after)| Link { key, after })
            .collect();
        let plan = plan(&links);
        let keys = |places: Vec<usize>| places.into_iter().map(|it| items[it].0).collect();
        let mut circular: Vec<usize> = plan.circular.into_iter().collect();
        circular.sort_unstable();
        (keys(plan.order), keys(circular))
    }

    #[test]
    fn a_change_comes_after_what_it_builds_on_and_otherwise_as_it_was_sent() {
        for (items, order, circular) in [
            (&[("a", &[][..]), ("b", &[])][..], "ab", ""),
            (&[("b", &["a"]), ("c", &[]), ("a", &[])], "cab", ""),
            (
                &[("c", &["b", "elsewhere"]), ("b", &["a"]), ("a", &[])],
                "abc",
                "",
            ),
            (&[("a", &["a"]), ("b", &["a"])], "ab", "a"),
            (
                &[("d", &["c"]), ("a", &["b"]), ("b", &["a"]), ("c", &["b"])],
                "abcd",
                "ab",
            ),
            (
                &[("x", &[]), ("a", &["x", "b"]), ("b", &["a"])],
                "xab",
                "ab",
            ),
            // The same key twice: whoever builds on it waits for both.
            (&[("b", &["a"]), ("a", &[]), ("a", &[])], "aab", ""),
        ] {
            let expected = (order.to_owned(), circular.to_owned());
            assert_eq!(planned(items), expected, "{items:?}");
        }
    }

    proptest! {
        #[test]
        fn every_change_has_one_place_after_all_that_it_builds_on(
            after in prop::collection::vec(prop::collection::vec(0_usize..30, 0..4), 0..30)
        ) {
            let keys: Vec<String> = (0..after.len()).map(|it| format!("key-{it}")).collect();
            let named: Vec<Vec<String>> = after.iter()
                .map(|of| of.iter().map(|it| format!("key-{it}")).collect()).collect();
            let links: Vec<Link<'_>> = keys.iter().zip(&named).map(|(key, after)| Link { key, after }).collect();
            let plan = plan(&links);
            let mut sorted = plan.order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..after.len()).collect::<Vec<_>>());
            let at: HashMap<usize, usize> = plan.order.iter().enumerate().map(|(at, it)| (*it, at)).collect();
            for (place, of) in after.iter().enumerate().filter(|(it, _)| !plan.circular.contains(it)) {
                for earlier in of.iter().filter(|it| **it < after.len()) {
                    prop_assert!(at[earlier] < at[&place]);
                }
            }
        }
    }
}

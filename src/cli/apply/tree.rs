//! What makes rows with parents a tree: every parent is there, nothing is its own ancestor, no level is left out.

use std::collections::HashMap;

use super::sheet::{Files, Row};

/// A row's place in its tree.
pub(crate) struct Node<'a> {
    pub row: &'a Row,
    pub code: &'a str,
    pub parent: Option<&'a str>,
    /// For trees whose levels are numbered.
    pub level: Option<u8>,
}

/// Checks the codes and parents of one file; `standing` are nodes of other files that a parent may be, with their level.
pub(crate) fn check(
    files: &mut Files<'_>,
    nodes: &[Node<'_>],
    standing: &HashMap<&str, Option<u8>>,
) {
    let mut known: HashMap<&str, &Node<'_>> = HashMap::new();
    for node in nodes.iter().filter(|node| !node.code.is_empty()) {
        let first = known.get(node.code).map(|first| first.row.line);
        if let Some(line) = first {
            let reason = format!("{} stands on line {line} already", node.code);
            files.refuse_row(node.row, "code", reason);
        } else if standing.contains_key(node.code) {
            let reason = format!("{} stands in another file already", node.code);
            files.refuse_row(node.row, "code", reason);
        } else {
            known.insert(node.code, node);
        }
    }
    for node in nodes {
        let above = match node.parent {
            None => Some(0),
            Some(parent) => match (known.get(parent), standing.get(parent)) {
                (Some(found), _) => found.level,
                (None, Some(level)) => *level,
                (None, None) => {
                    let reason = format!("there is no {parent} that could hold {}", node.code);
                    files.refuse_row(node.row, "parent", reason);
                    continue;
                }
            },
        };
        if let (Some(above), Some(level)) = (above, node.level)
            && level != above + 1
        {
            let holder = node.parent.unwrap_or("the country");
            let reason =
                format!("is {level}, and that of {holder} is {above}: it must be one more");
            files.refuse_row(node.row, "level", reason);
        }
        if is_in_a_circle(node, &known) {
            let reason = format!("{} would be its own ancestor", node.code);
            files.refuse_row(node.row, "parent", reason);
        }
    }
}

fn is_in_a_circle(node: &Node<'_>, known: &HashMap<&str, &Node<'_>>) -> bool {
    let mut parent = node.parent;
    for _ in 0..known.len() {
        match parent {
            None => return false,
            Some(code) if code == node.code => return true,
            Some(code) => parent = known.get(code).and_then(|above| above.parent),
        }
    }
    false
}

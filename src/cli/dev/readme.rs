//! The README's queries as tabs of the console: what the README shows is what a newcomer can run.

use crate::api::Tab;

const README: &str = include_str!("../../../README.md");

/// Every fenced block of the README in the language `graphql` whose first line is
/// `# title (tenant, role)`.
pub(super) fn tabs() -> Vec<Tab> {
    README
        .split("```graphql\n")
        .skip(1)
        .filter_map(|rest| tab(rest.split("```").next()?))
        .collect()
}

fn tab(block: &str) -> Option<Tab> {
    let head = block.lines().next()?.strip_prefix("# ")?;
    let (title, who) = head.rsplit_once(" (")?;
    let (tenant, role) = who.strip_suffix(')')?.split_once(", ")?;
    Some(Tab {
        title: title.to_owned(),
        query: block.to_owned(),
        variables: serde_json::json!({}),
        tenant: tenant.to_owned(),
        role: role.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_of_the_readme_is_a_tab() {
        let tabs = tabs();
        assert_eq!(tabs.len(), README.matches("```graphql\n").count());
        assert!(tabs.len() >= 4);
    }
}

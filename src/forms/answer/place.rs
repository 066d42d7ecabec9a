//! Where in an answer a field stands: once, or once in every item of a repeating group.

use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Name(String),
    Index(usize),
}

/// A place in an answer, whether something is there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place(Vec<Part>);

impl Place {
    /// The places of a field whose surroundings are there.
    pub fn all(answers: &Value, path: &str) -> Vec<Place> {
        let mut open: Vec<(Vec<Part>, &Value)> = vec![(Vec::new(), answers)];
        let (above, name) = match path.rsplit_once('.') {
            Some((above, name)) => (Some(above), name),
            None => (None, path),
        };
        for step in above.into_iter().flat_map(|above| above.split('.')) {
            let mut next = Vec::new();
            for (parts, value) in open {
                match value.get(step) {
                    Some(Value::Array(items)) => {
                        for (at, item) in items.iter().enumerate() {
                            let inside = [Part::Name(step.to_owned()), Part::Index(at)];
                            next.push(([&parts[..], &inside].concat(), item));
                        }
                    }
                    Some(value @ Value::Object(_)) => {
                        let inside = [Part::Name(step.to_owned())];
                        next.push(([&parts[..], &inside].concat(), value));
                    }
                    _ => {}
                }
            }
            open = next;
        }
        open.into_iter()
            .map(|(parts, _)| Place([&parts[..], &[Part::Name(name.to_owned())]].concat()))
            .collect()
    }

    pub fn get<'v>(&self, answers: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(answers, |value, part| match part {
            Part::Name(name) => value.get(name),
            Part::Index(at) => value.get(at),
        })
    }

    /// The object that the place is in, with its name there.
    fn around<'v>(&self, answers: &'v mut Value) -> Option<(&'v mut Value, &str)> {
        let (last, above) = self.0.split_last()?;
        let Part::Name(name) = last else {
            return None;
        };
        let around = above.iter().try_fold(answers, |value, part| match part {
            Part::Name(name) => value.get_mut(name),
            Part::Index(at) => value.get_mut(at),
        })?;
        Some((around, name))
    }

    pub fn set(&self, answers: &mut Value, value: Value) {
        if let Some((Value::Object(parts), name)) = self.around(answers) {
            parts.insert(name.to_owned(), value);
        }
    }

    pub fn remove(&self, answers: &mut Value) {
        if let Some((Value::Object(parts), name)) = self.around(answers) {
            parts.remove(name);
        }
    }

    /// The innermost item of a repeating group that it stands in.
    pub fn item(&self) -> Option<Place> {
        let last = self.0.iter().rposition(|it| matches!(it, Part::Index(_)))?;
        Some(Place(self.0[..=last].to_vec()))
    }

    /// Of an item: its position.
    pub fn index(&self) -> usize {
        match self.0.last() {
            Some(Part::Index(at)) => *at,
            _ => 0,
        }
    }

    /// As a refusal tells it.
    pub fn told(&self) -> Vec<String> {
        let parts = self.0.iter().map(|part| match part {
            Part::Name(name) => name.clone(),
            Part::Index(at) => at.to_string(),
        });
        parts.collect()
    }
}

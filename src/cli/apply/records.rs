//! CSV as a ministry edits it: with comment lines and empty ones.

/// CSV records with the line on which each begins. The csv crate would take a comment for the first line of the row
/// below it, so comments and empty lines are passed over here.
pub(super) struct Records<'a> {
    text: &'a str,
    line: usize,
    /// Where reading ended before its time, and why.
    pub broken: Option<(usize, String)>,
}

impl<'a> Records<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            line: 1,
            broken: None,
        }
    }

    pub fn next_record(&mut self) -> Option<(usize, csv::StringRecord)> {
        loop {
            let (first, rest) = self.text.split_once('\n').unwrap_or((self.text, ""));
            if self.text.is_empty() {
                return None;
            }
            if !first.starts_with('#') && !first.trim().is_empty() {
                break;
            }
            (self.text, self.line) = (rest, self.line + 1);
        }
        let begins = self.line;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(512)
            .from_reader(self.text.as_bytes());
        let mut record = csv::StringRecord::new();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                self.broken = Some((begins, error.to_string()));
                return None;
            }
        }
        let read = usize::try_from(reader.position().byte()).unwrap_or(self.text.len());
        let (record_text, rest) = self.text.split_at(read);
        self.line += record_text.matches('\n').count();
        self.text = rest;
        Some((begins, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_know_the_line_on_which_they_begin() {
        let text = "# why\n\na,b\r\n1,\"x\ny\"\n# aside\n2,z";
        let mut records = Records::new(text);
        let mut found = Vec::new();
        while let Some((line, record)) = records.next_record() {
            found.push((line, record.iter().collect::<Vec<_>>().join("|")));
        }
        let expected = [(3, "a|b"), (4, "1|x\ny"), (7, "2|z")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
        assert_eq!(records.broken, None);
    }
}

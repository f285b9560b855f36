//! A cell of a table for spreadsheets. What people wrote must never be run there.

/// A text as it stands in a cell: one that a spreadsheet would run as a formula gets a leading apostrophe.
#[must_use]
pub(crate) fn text(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn formulas_become_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["", "main", "a=b", "release-1", "'=1", " =1"] {
            assert_eq!(text(plain), plain);
        }
    }
}

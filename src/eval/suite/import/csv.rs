//! CSV as RFC 4180 has it: quoted fields may hold commas, line ends and doubled quotes.

/// Rows of fields; a last line end adds none.
///
/// # Errors
/// A quote that is never closed.
pub fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let (mut quoted, mut line, mut opened) = (false, 1, 1);
    while let Some(c) = chars.next() {
        line += usize::from(c == '\n');
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            ('"', true) => quoted = false,
            ('"', false) if field.is_empty() => (quoted, opened) = (true, line),
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) if chars.peek() == Some(&'\n') => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (c, _) => field.push(c),
        }
    }
    if quoted {
        return Err(format!("line {opened}: a quote is never closed"));
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|field| !field.is_empty()));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn quotes_hold_commas_and_line_ends() {
        let text = "\u{feff}a,b\r\n\"1, 2\",\"say \"\"x\"\"\nthen\"\r\n\r\n,last";
        let expected = [["a", "b"], ["1, 2", "say \"x\"\nthen"], ["", "last"]];
        assert_eq!(rows(text).unwrap(), expected.map(|row| row.map(str::to_owned).to_vec()));
        assert_eq!(rows("a\n\"b").unwrap_err(), "line 2: a quote is never closed");
    }
}

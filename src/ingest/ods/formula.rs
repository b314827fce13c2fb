//! Formulas (OpenFormula) in the form of .xlsx.

/// The formula without namespace and `=`, in the form of .xlsx where it names cells of its own sheet only: `E2+F2` for
/// `of:=[.E2]+[.F2]`, arguments separated by `,`. Other formulas keep their form.
pub(super) fn to_a1(formula: &str) -> String {
    let formula = match formula.split_once('=') {
        Some((namespace, rest)) if namespace.is_empty() || namespace.ends_with(':') => rest,
        _ => formula,
    };
    translated(formula).unwrap_or_else(|| formula.to_owned())
}

/// `None` for a formula with references to other sheets, inline arrays or operators of references.
fn translated(formula: &str) -> Option<String> {
    let (mut out, mut rest) = (String::with_capacity(formula.len()), formula);
    while let Some(c) = rest.chars().next() {
        match c {
            '"' => {
                // A doubled quote inside is two texts for this loop, which keeps both.
                let end = rest[1..].find('"')? + 2;
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            '[' => {
                let end = rest.find(']')?;
                for (index, cell) in rest[1..end].split(':').enumerate() {
                    if index > 0 {
                        out.push(':');
                    }
                    out.push_str(cell.strip_prefix('.').filter(|cell| is_address(cell))?);
                }
                rest = &rest[end + 1..];
                continue;
            }
            '{' | '~' | '!' | '\'' => return None,
            ';' => out.push(','),
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    Some(out)
}

fn is_address(cell: &str) -> bool {
    cell.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'$')
}

#[cfg(test)]
mod tests {
    use super::to_a1;

    #[test]
    fn simple_formulas_take_the_form_of_xlsx() {
        for (formula, expected) in [
            ("of:=[.E2]+[.F2]", "E2+F2"),
            ("of:=SUM([.$E$2:.E9];1.5)", "SUM($E$2:E9,1.5)"),
            ("of:=IF([.F2]>0;\"是;[\"\"\";\"否\")", "IF(F2>0,\"是;[\"\"\",\"否\")"),
            ("msoxl:=A1+B1", "A1+B1"),
            ("=[.A1]=[.B1]", "A1=B1"),
            ("of:=[$Sheet2.A1]+1", "[$Sheet2.A1]+1"),
            ("of:=SUM({1;2})", "SUM({1;2})"),
            ("of:=\"甲", "\"甲"),
            ("of:=[.A1", "[.A1"),
            ("[.A1]", "A1"),
        ] {
            assert_eq!(to_a1(formula), expected, "{formula}");
        }
    }
}

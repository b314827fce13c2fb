//! Refuses texts of ledgers, outlines and answers that settings and templates cannot hold: marks of templates,
//! invisible characters.

use super::design::Design;
use super::error::ScaffoldError;
use super::sections::{PartContent, SectionDesign};
use crate::escape::{is_invisible, visible};

/// Signs that are, or look like, marks of templates.
const BRACES: [char; 4] = ['{', '}', '｛', '｝'];

/// Refuses the first text that cannot be in settings.
///
/// # Errors
/// With the text.
pub(super) fn refuse_impossible(design: &Design, sections: &[SectionDesign]) -> Result<(), ScaffoldError> {
    let mut texts: Vec<&String> =
        vec![&design.title.value, &design.issuer.value, &design.signer.value, &design.branch_word.value];
    for ledger in &design.ledgers {
        texts.extend([&ledger.title, &ledger.noun, &ledger.measure.value]);
        texts.extend(&ledger.sheets);
        for column in &ledger.columns {
            texts.extend(
                column
                    .header
                    .iter()
                    .chain(&column.values)
                    .chain(column.synonyms.iter().map(|(variant, _)| variant))
                    .chain(&column.unit),
            );
            texts.push(&column.label);
        }
    }
    for section in sections {
        texts.push(&section.title);
        for part in &section.parts {
            texts.extend(&part.heading);
            if let PartContent::Gap(what) = &part.content {
                texts.push(what);
            }
        }
    }
    texts.into_iter().try_for_each(|text| refuse(text))
}

fn refuse(text: &str) -> Result<(), ScaffoldError> {
    let what = if let Some(brace) = text.chars().find(|c| BRACES.contains(c)) {
        format!("花括号“{brace}”，那是模板的标记")
    } else if text.contains(is_invisible) {
        "看不见的字符".to_owned()
    } else {
        return Ok(());
    };
    Err(ScaffoldError::Impossible { text: visible(text).into_owned(), what })
}

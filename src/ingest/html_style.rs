//! What the styles of a web page make of its elements: hidden, struck out, raised or lowered.

use std::collections::HashMap;

use super::raised::VerticalPosition;

/// What an element is displayed as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    pub is_hidden: bool,
    pub is_struck: bool,
    pub position: VerticalPosition,
}

impl Effect {
    /// The effect of declarations such as `display: none; color: red`. `mso-hide` is how Office hides text.
    pub(super) fn of_declarations(declarations: &str) -> Self {
        let compact: String = declarations.chars().filter(|c| !c.is_whitespace()).collect();
        let mut effect = Self::default();
        for declaration in compact.to_lowercase().split(';') {
            match declaration.trim_end_matches("!important").split_once(':') {
                Some(("display", "none") | ("mso-hide", "all") | ("visibility", "hidden" | "collapse")) => {
                    effect.is_hidden = true;
                }
                Some(("vertical-align", "super")) => effect.position = VerticalPosition::Raised,
                Some(("vertical-align", "sub")) => effect.position = VerticalPosition::Lowered,
                Some((key, value)) if key.starts_with("text-decoration") && value.contains("line-through") => {
                    effect.is_struck = true;
                }
                _ => {}
            }
        }
        effect
    }

    /// The effect that elements of a name have without a style.
    pub(super) fn of_element(name: &str) -> Self {
        match name {
            "sup" => Self { position: VerticalPosition::Raised, ..Self::default() },
            "sub" => Self { position: VerticalPosition::Lowered, ..Self::default() },
            // Pronunciations, and what browsers keep for scripts.
            "rt" | "rp" | "datalist" | "template" => Self { is_hidden: true, ..Self::default() },
            "del" | "s" | "strike" => Self { is_struck: true, ..Self::default() },
            _ => Self::default(),
        }
    }

    /// Both effects; the position of `inner` counts before this one's.
    pub(super) fn with(self, inner: Self) -> Self {
        let is_baseline = inner.position == VerticalPosition::Baseline;
        Self {
            is_hidden: self.is_hidden || inner.is_hidden,
            is_struck: self.is_struck || inner.is_struck,
            position: if is_baseline { self.position } else { inner.position },
        }
    }
}

/// The classes of a page's style sheets that have an effect.
#[derive(Debug, Default)]
pub(super) struct Classes(HashMap<String, Effect>);

impl Classes {
    /// Adds the rules of a style sheet whose selector is one class, with or without an element's name.
    pub(super) fn add_from(&mut self, style_sheet: &str) {
        for rule in style_sheet.split('}') {
            let Some((selectors, declarations)) = rule.split_once('{') else { continue };
            let effect = Effect::of_declarations(declarations);
            if effect == Effect::default() || selectors.contains('@') {
                continue;
            }
            for selector in selectors.rsplit("<!--").next().unwrap_or_default().split(',') {
                let class = selector.trim().split_once('.').map(|(_, class)| class);
                let is_simple = |class: &&str| class.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
                if let Some(class) = class.filter(is_simple) {
                    let known = self.0.entry(class.to_owned()).or_default();
                    *known = known.with(effect);
                }
            }
        }
    }

    /// The joint effect of classes separated by blanks.
    pub(super) fn effect(&self, classes: &str) -> Effect {
        let effects = classes.split_whitespace().filter_map(|class| self.0.get(class));
        effects.fold(Effect::default(), |joint, effect| joint.with(*effect))
    }
}

#[cfg(test)]
mod tests {
    use super::{Classes, Effect, VerticalPosition};

    #[test]
    fn classes_are_found_in_the_style_sheets_of_spreadsheet_programs() {
        let mut classes = Classes::default();
        classes.add_from(
            "<!-- tr.gone, .x { DISPLAY : none !important } .shown{color:red} td .y{display:none} \
             @media print{.print{display:none}} .font7 {font-size:9.0pt; text-decoration: line-through;\
             vertical-align:super;} -->",
        );
        assert!(classes.effect("a gone").is_hidden && classes.effect("x").is_hidden);
        assert_eq!(classes.effect("shown print"), Effect::default());
        let struck = Effect { is_struck: true, position: VerticalPosition::Raised, ..Effect::default() };
        assert_eq!(classes.effect("font7"), struck);
    }
}

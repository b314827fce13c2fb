//! A cell of a web page while it is read: what its text displays, struck out or not, and the lists of choices in it.

use super::html_style::Effect;
use super::raised;
use super::raw_cell::RawCell;

/// A cell whose end was not met yet.
#[derive(Default)]
pub(super) struct OpenCell {
    pub row: u32,
    pub col: u32,
    pub rows: u32,
    pub cols: u32,
    pub rest: String,
    pub struck: String,
    pub has_picture: bool,
    pub effect: Effect,
    /// The elements that are open inside it: their names, and the joint effect of each with those around it.
    pub open: Vec<(String, Effect)>,
    /// The choices of the list that is open inside it.
    pub choices: Option<Vec<Choice>>,
}

/// A choice of a list (`<option>` of `<select>`).
pub(super) struct Choice {
    pub is_selected: bool,
    pub text: String,
}

impl OpenCell {
    /// The effect on text at this point. A cell that is hidden as a whole keeps its text.
    pub(super) fn effect(&self) -> Effect {
        self.open.last().map_or(Effect { is_hidden: false, ..self.effect }, |(_, effect)| *effect)
    }

    /// Closes a list: it displays the choice that is selected last, else the first.
    pub(super) fn end_choices(&mut self) {
        let Some(mut choices) = self.choices.take().filter(|choices| !choices.is_empty()) else { return };
        let selected = choices.iter().rposition(|choice| choice.is_selected).unwrap_or_default();
        self.text(&choices.swap_remove(selected).text);
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(choices) = &mut self.choices {
            choices.last_mut().into_iter().for_each(|choice| choice.text.push_str(text));
            return;
        }
        let Effect { is_hidden, is_struck, position } = self.effect();
        if !is_hidden {
            raised::append(text, position, if is_struck { &mut self.struck } else { &mut self.rest });
        }
    }

    /// What the cell displays.
    pub(super) fn content(&self) -> RawCell {
        let (rest, struck) = (tidy(&self.rest), tidy(&self.struck));
        match (struck.is_empty(), rest.is_empty()) {
            (true, true) if self.has_picture => RawCell::Picture("".into()),
            (true, _) => RawCell::Text(rest.into()),
            (false, _) => RawCell::struck_out(rest, struck),
        }
    }
}

/// A text with single blanks, and without blank lines.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

//! What a report lacks.

use serde::{Deserialize, Serialize, Serializer};

/// A gap of a report, printed as 【待填写：…】. JSON has it as the pair `[what, part]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Gap {
    /// What is missing: a metric's or a column's name, or what the template calls it.
    pub what: String,
    /// The part of the report in which the gap is printed.
    pub part: String,
}

/// A pair. The derived `Deserialize` reads one as well: serde takes a sequence for a struct.
impl Serialize for Gap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.what, &self.part).serialize(serializer)
    }
}

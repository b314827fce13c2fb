//! The size of the 发文机关标志, which the standard leaves open (GB/T 9704-2012, 7.2.4): as large as fits, so that a
//! name is on one line, and smaller with each further issuer, so that the title stays on the first page.

use crate::report::{Head, em_tenths, plain};

/// Width of the 版心 (156 mm) in points, with a little less for what renderers round.
const WIDTH: f64 = 440.0;
/// The largest sizes in points, by the number of issuers; the last one holds for more.
const LARGEST: [f64; 5] = [42.0, 36.0, 30.0, 26.0, 22.0];
/// The smallest size in points; longer names than fit on a line then are broken.
const SMALLEST: f64 = 16.0;

/// The size of the mark's characters, in half-points, rounded down.
pub(super) fn mark_half_points(head: &Head) -> u32 {
    let em_width = |text: &str| text.chars().map(em_tenths).sum::<usize>() as f64 / 10.0;
    let names = head.mark.iter().map(|name| em_width(&plain(name)));
    let beside = if head.document { 2.0 + if head.mark.len() > 1 { 1.0 } else { 0.0 } } else { 0.0 };
    let ems = names.fold(1.0, f64::max) + beside;
    let largest = LARGEST[head.mark.len().clamp(1, LARGEST.len()) - 1];
    ((WIDTH / ems).clamp(SMALLEST, largest) * 2.0).floor() as u32
}

#[cfg(test)]
mod tests {
    use super::mark_half_points;
    use crate::report::{Head, Inline};

    #[test]
    fn a_mark_is_as_large_as_its_longest_name_allows() {
        let head = |names: &[&str], document| Head {
            mark: names.iter().map(|name| vec![Inline::Text((*name).to_owned())]).collect(),
            document,
            ..Head::default()
        };
        for (names, document, points) in [
            (&["组织人事处"][..], true, 84),
            (&["中国共产党某某职业技术学院委员会组织人事处"], true, 38),
            (&["组织人事处", "学生工作处"], true, 72),
            (&["一", "二", "三", "四", "五", "六"], false, 44),
            (&[], false, 84),
        ] {
            assert_eq!(mark_half_points(&head(names, document)), points, "{names:?}");
        }
    }
}

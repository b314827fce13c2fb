//! What cells show, against LibreOffice: numbers in many formats.

use serde_json::json;
use zicha::diagnostics::column_letters;
use zicha::ingest::open;

use crate::support::{LIMITS, Project, shown_by_libreoffice};

crate::harness::tests! {
    with_tools: [
        numbers_are_shown_as_libreoffice_shows_them,
    ]
}

const NUMBERS: [f64; 14] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    0.004,
    1234.5678,
    -1234.5678,
    43378.0,
    43378.75,
    0.85,
    2.1875,
    1e9,
    12_345_678_901.0,
    0.1 + 0.2,
];

/// The days among the numbers.
const DAYS: std::ops::Range<f64> = 61.0..2_958_466.0;

/// Codes that Excel, WPS and LibreOffice write, for numbers.
const NUMBER_FORMATS: &[&str] = &[
    "0",
    "0.0",
    "0.00",
    "0.###",
    "#",
    "#.##",
    "#,##0",
    "#,##0.00",
    "#,##0.00;[Red]-#,##0.00",
    "#,##0_);(#,##0)",
    "0%",
    "0.00%",
    "0\"%\"",
    "0\\%",
    "0.0\"万元\"",
    "0,\"千元\"",
    "0.00,,\"百万\"",
    "\"第\"0\"名\"",
    "000000",
    "000-0000",
    "¥#,##0.00",
    "[$¥-804]#,##0.00",
    "$#,##0",
    "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
    "0.00E+00",
    "##0.0E+0",
    "# ?/?",
    "# ??/??",
    "0.0?",
    "0;-0;\"—\"",
    "[<60]\"不及格\";[>=90]\"优\";\"合格\"",
    "[>=10000]0.0,\"千\";0",
    "[DBNum2][$-804]0",
];

/// Codes for days and times.
const TIME_FORMATS: &[&str] = &[
    "yyyy-mm-dd",
    "yyyy/m/d",
    "yy.m.d",
    "yyyy\"年\"m\"月\"d\"日\"",
    "yyyy\"年\"m\"月\"",
    "m\"月\"d\"日\"",
    "yyyy/m/d h:mm",
    "h:mm",
    "h:mm:ss",
    "h\"时\"mm\"分\"",
    "mm:ss.0",
    "[h]:mm",
    "[h]:mm:ss",
    "[mm]:ss",
    "[h]\"小时\"",
    "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"",
    "[$-804]aaaa",
];

/// What a cell shows for a number where LibreOffice shows something else.
struct Difference {
    format: &'static str,
    number: f64,
    shown: &'static str,
    libreoffice: &'static str,
}

const fn known(format: &'static str, number: f64, shown: &'static str, libreoffice: &'static str) -> Difference {
    Difference { format, number, shown, libreoffice }
}

const DIFFERENCES: &[Difference] = &[
    // Excel keeps a decimal point without digits.
    known("0.###", 0.0, "0.", "0"),
    known("0.###", 1.0, "1.", "1"),
    known("0.###", -1.0, "-1.", "-1"),
    known("0.###", 43378.0, "43378.", "43378"),
    known("0.###", 1e9, "1000000000.", "1000000000"),
    known("0.###", 12_345_678_901.0, "12345678901.", "12345678901"),
    known("#.##", 0.0, ".", ""),
    known("#.##", 1.0, "1.", "1"),
    known("#.##", -1.0, "-1.", "-1"),
    known("#.##", 0.004, ".", ""),
    known("#.##", 43378.0, "43378.", "43378"),
    known("#.##", 1e9, "1000000000.", "1000000000"),
    known("#.##", 12_345_678_901.0, "12345678901.", "12345678901"),
    // It keeps the sign of a number that is rounded to 0, and the sign in the last of two sections with a condition.
    known("0,\"千元\"", -1.0, "-0千元", "0千元"),
    known("0.00,,\"百万\"", -1.0, "-0.00百万", "0.00百万"),
    known("0.00,,\"百万\"", -1234.5678, "-0.00百万", "0.00百万"),
    known("[>=10000]0.0,\"千\";0", -1.0, "-1", "1"),
    known("[>=10000]0.0,\"千\";0", -1234.5678, "-1235", "1235"),
    // It rounds seconds, and writes the digits of a format without `General` one by one.
    known("h:mm:ss", 1234.5678, "13:37:38", "13:37:37"),
    known("[DBNum2][$-804]0", -1.0, "-壹", "负壹"),
    known("[DBNum2][$-804]0", 1234.5678, "壹贰叁伍", "壹仟贰佰叁拾伍"),
    known("[DBNum2][$-804]0", -1234.5678, "-壹贰叁伍", "负壹仟贰佰叁拾伍"),
    known("[DBNum2][$-804]0", 43378.0, "肆叁叁柒捌", "肆万叁仟叁佰柒拾捌"),
    known("[DBNum2][$-804]0", 43378.75, "肆叁叁柒玖", "肆万叁仟叁佰柒拾玖"),
    known("[DBNum2][$-804]0", 1e9, "壹零零零零零零零零零", "壹拾亿"),
    known("[DBNum2][$-804]0", 12_345_678_901.0, "壹贰叁肆伍陆柒捌玖零壹", "壹佰贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹"),
    // It shows a great number that LibreOffice does not.
    known("# ?/?", 12_345_678_901.0, "12345678901", "#FMT"),
    known("# ??/??", 12_345_678_901.0, "12345678901", "#FMT"),
    // Faults of ssfmt, in formats of no ledger: the exponent of 0, and a fraction that is not the nearest.
    known("##0.0E+0", 0.0, "0.0E+00", "0.0E+0"),
    known("# ?/?", 0.1 + 0.2, "1/3", " 2/7"),
];

fn numbers_are_shown_as_libreoffice_shows_them() {
    let all = || NUMBER_FORMATS.iter().chain(TIME_FORMATS);
    let rows = NUMBERS.map(|number| vec![number; all().count()]);
    let formats: serde_json::Map<_, _> = (0..).map(column_letters).zip(all().map(|format| json!(format))).collect();
    let sheet = json!({ "name": "格式", "rows": rows, "formats": formats });
    let project = Project::empty().workbook("格式.xlsx", &json!({ "sheets": [sheet] }));
    let workbook = project.path("input/格式.xlsx");
    let sheets = open(&std::fs::read(&workbook).expect("a workbook"), &LIMITS).expect("sheets");
    let text = shown_by_libreoffice(&workbook);
    let mut found = Vec::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for (row, (record, number)) in (0..).zip(reader.records().zip(NUMBERS)) {
        let record = record.expect("a row");
        for ((col, libreoffice), format) in (0..).zip(&record).zip(all()) {
            if TIME_FORMATS.contains(format) && !DAYS.contains(&number) {
                continue;
            }
            let cell = sheets[0].get(row, col).map(|cell| cell.to_text().into_owned()).unwrap_or_default();
            let is_known = |known: &Difference| {
                (known.format, known.number, known.shown, known.libreoffice) == (*format, number, &*cell, libreoffice)
            };
            if cell != libreoffice.trim() && !DIFFERENCES.iter().any(is_known) {
                found.push(format!("{format}  {number}: {cell:?}, LibreOffice {libreoffice:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

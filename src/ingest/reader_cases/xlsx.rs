//! What calamine met in .xlsx.

use super::{faults, package};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Styles of the cells: 1 a built-in day, 2 to 5 days whose formats have quotes or a language, 6 an East Asian
/// built-in day, 7 a filled number.
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="mmmm&quot; &quot;yyyy&quot;年&quot;d"/>
    <numFmt numFmtId="165" formatCode="yyyy&quot;-&quot;mm&quot;-&quot;dd"/><numFmt numFmtId="166" formatCode="[$-409]mmmm&quot; &quot;d&quot;, &quot;yyyy"/>
    <numFmt numFmtId="167" formatCode="[$-411]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/><numFmt numFmtId="168" formatCode="0*d"/></numFmts>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/>
    <xf numFmtId="31"/><xf numFmtId="168"/></cellXfs></styleSheet>"#;

/// A workbook of which a part is unusual.
struct Case {
    /// The number of the issue, and what was unusual.
    issue: &'static str,
    /// The inside of the first sheet's `<worksheet>`.
    sheet: &'static str,
    /// Parts in place of the usual ones, by name.
    parts: &'static [(&'static str, &'static str)],
    /// Each cell: address, kind and what it shows; of further sheets behind the sheet's number.
    cells: &'static [&'static str],
}

const fn case(issue: &'static str, sheet: &'static str, cells: &'static [&'static str]) -> Case {
    Case { issue, sheet, parts: &[], cells }
}

const SHARED: &str = "xl/sharedStrings.xml";
const WORKBOOK: &str = "xl/workbook.xml";

const CASES: &[Case] = &[
    case(
        "3: one row, and a declared extent that is wrong",
        r#"<dimension ref="A1"/><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><v>a</v></c></row></sheetData>"#,
        &["A1 number 1", "B1 text a"],
    ),
    Case {
        issue: "6, 9: runs and truth values",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row></sheetData>"#,
        parts: &[(
            SHARED,
            r#"<sst><si><r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r></si><si><r><t xml:space="preserve">test2 </t></r><r><t>other</t></r></si></sst>"#,
        )],
        cells: &["A1 text ab", "B1 flag 否", "C1 text test2 other"],
    },
    case(
        "error values of every kind",
        r#"<sheetData><row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c><c r="B1" t="e"><v>#NAME?</v></c><c r="C1" t="e"><v>#VALUE!</v></c>
        <c r="D1" t="e"><v>#NULL!</v></c><c r="E1" t="e"><v>#REF!</v></c><c r="F1" t="e"><v>#NUM!</v></c><c r="G1" t="e"><v>#N/A</v></c></row></sheetData>"#,
        &[
            "A1 error #DIV/0!",
            "B1 error #NAME?",
            "C1 error #VALUE!",
            "D1 error #NULL!",
            "E1 error #REF!",
            "F1 error #NUM!",
            "G1 error #N/A",
        ],
    ),
    Case {
        issue: "127, 438: sheets in the order of the workbook, and charts among them",
        sheet: r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>"#,
        parts: &[
            (
                WORKBOOK,
                r#"<workbook><sheets><sheet name="图" sheetId="3" r:id="r3"/><sheet name="乙" sheetId="2" r:id="r2"/><sheet name="甲" sheetId="1" r:id="r1"/></sheets></workbook>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                r#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/>
                <Relationship Id="r3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>"#,
            ),
            (
                "xl/worksheets/sheet2.xml",
                r#"<worksheet><sheetData><row r="1"><c r="A1"><v>2</v></c></row></sheetData></worksheet>"#,
            ),
            ("xl/chartsheets/sheet1.xml", "<chartsheet/>"),
        ],
        cells: &["A1 number 2", "2!A1 number 1"],
    },
    Case {
        issue: "phonetic runs are no text",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>"#,
        parts: &[(
            SHARED,
            r#"<sst><si><t>課きく</t><rPh sb="0" eb="1"><t>カ</t></rPh><phoneticPr fontId="1"/></si></sst>"#,
        )],
        cells: &["A1 text 課きく"],
    },
    case(
        "261: rows and cells without addresses",
        "<sheetData><row><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row></sheetData>",
        &["A1 number 1", "C1 number 2", "A3 number 3"],
    ),
    case(
        "305: a merged range covers what its other cells hold",
        r#"<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="B2"><v>3</v></c><c r="C2"><v>4</v></c></row></sheetData>
        <mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>"#,
        &["A1 number 1", "C2 number 4"],
    ),
    case(
        "384, 446: formulas with a result, without one, and one that shares a text that no cell has",
        r#"<sheetData><row r="1"><c r="A1"><f>C9+E5</f><v>23</v></c><c r="B1"><f>SUM(1+1)</f></c><c r="C1"><f t="shared" si="7"/><v>5</v></c></row></sheetData>"#,
        &["A1 number 23", "B1 computed 2", "C1 number 5"],
    ),
    case(
        "391: a shared formula in a column",
        r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><f t="shared" ref="A2:A4" si="0">A1+1</f><v>0</v></c></row>
        <row r="3"><c r="A3"><f t="shared" si="0"/><v>0</v></c></row><row r="4"><c r="A4"><f t="shared" si="0"/></c></row></sheetData>"#,
        &["A1 number 1", "A2 computed 2", "A3 computed 3", "A4 computed 4"],
    ),
    Case {
        issue: "419: the name of a part in other case",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>"#,
        parts: &[(SHARED, ""), ("xl/SharedStrings.xml", "<sst><si><t>甲</t></si></sst>")],
        cells: &["A1 text 甲"],
    },
    case(
        "420: an empty style",
        r#"<sheetData><row r="1"><c r="A1" s=""><v>1</v></c></row></sheetData>"#,
        &["A1 number 1"],
    ),
    Case {
        issue: "469, 751: escaped code units, pairs of surrogates among them",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>甲_x005F_x000D_</t></is></c><c r="C1" t="s"><v>1</v></c></row></sheetData>"#,
        parts: &[(SHARED, "<sst><si><t>ABC_x000D_\nDEF</t></si><si><t>_xD83D__xDE00_</t></si></sst>")],
        cells: &["A1 text ABC\r\nDEF", "B1 text 甲_x000D_", "C1 text 😀"],
    },
    case(
        "553, 565, 567: shared formulas with other characters than ASCII, over two directions, with fixed rows and columns",
        r#"<sheetData><row r="1"><c r="A1"><v>9</v></c><c r="B1"><f t="shared" ref="B1:C2" si="0">A$1+$A1</f></c><c r="C1"><f t="shared" si="0"/></c>
        <c r="D1" t="str"><f t="shared" ref="D1:D2" si="1">IF(A1&gt;5,"大","小")</f></c></row>
        <row r="2"><c r="A2"><v>1</v></c><c r="B2"><f t="shared" si="0"/></c><c r="C2"><f t="shared" si="0"/></c><c r="D2" t="str"><f t="shared" si="1"/></c></row></sheetData>"#,
        &[
            "A1 number 9",
            "B1 computed 18",
            "C1 computed 27",
            "D1 computed 大",
            "A2 number 1",
            "B2 computed 10",
            "C2 computed 19",
            "D2 computed 小",
        ],
    ),
    Case {
        issue: "573, 607: a shared text without characters, and a cell without its number",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v/></c><c r="E1" t="s"/></row></sheetData>"#,
        parts: &[(SHARED, "<sst><si><t>甲</t></si><si/><si><t>乙</t></si></sst>")],
        cells: &["A1 text 甲", "C1 text 乙"],
    },
    case(
        "633, 648: a value beside an inline text, and CDATA",
        r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><v>0</v><is><t>RQ</t></is></c><c r="B1" t="inlineStr"><is><t><![CDATA[12<345]]></t></is></c></row></sheetData>"#,
        &["A1 text RQ", "B1 text 12<345"],
    ),
    Case {
        issue: "634: another prefix for relationships",
        sheet: r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>"#,
        parts: &[(
            WORKBOOK,
            r#"<x:workbook><x:sheets><x:sheet name="甲" sheetId="1" ns:id="r1"/></x:sheets></x:workbook>"#,
        )],
        cells: &["A1 number 1"],
    },
    Case {
        issue: "636: runs behind a plain text",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>"#,
        parts: &[(SHARED, "<sst><si><t>甲</t><r><t>乙</t></r><r><t>丙</t></r></si></sst>")],
        cells: &["A1 text 甲乙丙"],
    },
    Case {
        issue: "638, 752: a package whose workbook is elsewhere",
        sheet: "",
        parts: &[
            (WORKBOOK, ""),
            ("xl/_rels/workbook.xml.rels", ""),
            ("xl/worksheets/sheet1.xml", ""),
            (
                "_rels/.rels",
                r#"<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/doc/book22.xml"/></Relationships>"#,
            ),
            ("doc/book22.xml", r#"<workbook><sheets><sheet name="甲" sheetId="1" r:id="r1"/></sheets></workbook>"#),
            (
                "doc/_rels/book22.xml.rels",
                r#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="sheet.xml"/></Relationships>"#,
            ),
            (
                "doc/sheet.xml",
                r#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>"#,
            ),
        ],
        cells: &["A1 number 1"],
    },
    case(
        "644, 664: functions in shared formulas are no addresses; how a name moves is not known",
        r#"<sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">LOG10(ABS(B1)+1)</f></c><c r="C1"><f t="shared" ref="C1:C2" si="1">AB12_rate*B1</f></c></row>
        <row r="2"><c r="A2"><f t="shared" si="0"/></c><c r="C2"><f t="shared" si="1"/></c></row></sheetData>"#,
        &["A1 formula =LOG10(ABS(B1)+1)", "C1 formula =AB12_rate*B1", "A2 formula =LOG10(ABS(B2)+1)", "C2 formula ="],
    ),
    case(
        "667: a filling character is no part of a day",
        r#"<sheetData><row r="1"><c r="A1" s="7"><v>43378</v></c></row></sheetData>"#,
        &["A1 number 43378"],
    ),
    Case {
        issue: "671, 673: white space around a text counts only where it is preserved",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="inlineStr"><is><t>
            甲
            </t></is></c><c r="E1" t="inlineStr"><is><t>&#26085; &#26102;</t></is></c></row></sheetData>"#,
        parts: &[(
            SHARED,
            r#"<sst><si><t>  甲 </t></si><si><t xml:space="preserve"> 甲 </t></si><si><r><t>1 </t></r><r><t xml:space="preserve"> 元</t></r></si></sst>"#,
        )],
        cells: &["A1 text 甲", "B1 text  甲 ", "C1 text 1 元", "D1 text 甲", "E1 text 日 时"],
    },
    Case {
        issue: "680: relationships of the strict format",
        sheet: r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>"#,
        parts: &[
            (SHARED, "<sst><si><t>甲</t></si></sst>"),
            (
                "_rels/.rels",
                r#"<Relationships><Relationship Id="r" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                r#"<Relationships><Relationship Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="worksheets/sheet1.xml"/>
                <Relationship Id="r2" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
            ),
        ],
        cells: &["A1 text 甲"],
    },
    Case {
        issue: "706: days count from 1904 although an extension repeats the properties",
        sheet: r#"<sheetData><row r="1"><c r="A1" s="3"><v>41916</v></c></row></sheetData>"#,
        parts: &[(
            WORKBOOK,
            r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="甲" sheetId="1" r:id="r1"/></sheets>
            <extLst><ext><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>"#,
        )],
        cells: &["A1 date 2018-10-05"],
    },
    case(
        "722: a number that is no day",
        r#"<sheetData><row r="1"><c r="A1" s="1"><v>20180920</v></c></row></sheetData>"#,
        &["A1 number 20180920"],
    ),
    case(
        "727: escaped code units in the result of a formula",
        r#"<sheetData><row r="1"><c r="A1" t="str"><f>B9&amp;C9</f><v>甲_x000A_乙</v></c></row></sheetData>"#,
        &["A1 text 甲\n乙"],
    ),
    case(
        "734: days in built-in formats, and in formats with quotes and languages",
        r#"<sheetData><row r="1"><c r="A1" s="1"><v>43378</v></c><c r="B1" s="2"><v>43378</v></c><c r="C1" s="3"><v>43378</v></c>
        <c r="D1" s="4"><v>43378</v></c><c r="E1" s="5"><v>43378</v></c><c r="F1" s="6"><v>43378</v></c></row></sheetData>"#,
        &[
            "A1 date 2018/10/5",
            "B1 date October 2018年5",
            "C1 date 2018-10-05",
            "D1 date October 5, 2018",
            "E1 date 2018年10月5日",
            "F1 date 2018年10月5日",
        ],
    ),
    case(
        "days in ISO 8601",
        r#"<sheetData><row r="1"><c r="A1" t="d" s="3"><v>2018-10-05</v></c><c r="B1" t="d" s="3"><v>2018-10-05T10:10:10</v></c></row></sheetData>"#,
        &["A1 date 2018-10-05", "B1 date 2018-10-05"],
    ),
];

/// The package of a case; a part without content is left out.
fn workbook(case: &Case, rename: impl Fn(&str) -> String) -> Vec<u8> {
    let sheet = format!("<worksheet xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">{}</worksheet>", case.sheet);
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |list: &[String]| format!("<Relationships>{}</Relationships>", list.concat());
    let mut parts = indexmap::IndexMap::from([
        ("_rels/.rels", relations(&[relation("r", "officeDocument", "xl/workbook.xml")])),
        (WORKBOOK, "<workbook><sheets><sheet name=\"甲\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>".to_owned()),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&[
                relation("r1", "worksheet", "worksheets/sheet1.xml"),
                relation("r2", "sharedStrings", "sharedStrings.xml"),
                relation("r3", "styles", "styles.xml"),
            ]),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
        (SHARED, "<sst/>".to_owned()),
        ("xl/styles.xml", STYLES.to_owned()),
    ]);
    parts.extend(case.parts.iter().map(|(name, content)| (*name, (*content).to_owned())));
    let parts: Vec<_> = parts.into_iter().filter(|(_, content)| !content.is_empty()).collect();
    package(parts.iter().map(|(name, content)| (rename(name), content.as_str())))
}

#[test]
fn what_calamine_met_in_xlsx_is_read_by_both() {
    let faults: Vec<_> =
        CASES.iter().filter_map(|case| faults(case.issue, &workbook(case, str::to_owned), case.cells)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn issue_530_names_of_parts_with_backslashes() {
    let case = &CASES[0];
    let file = workbook(case, |name| name.replace('/', "\\"));
    assert_eq!(faults("530", &file, case.cells), None);
}

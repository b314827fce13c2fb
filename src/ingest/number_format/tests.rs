use proptest::prelude::*;

use super::{FormatKind, NumberFormat, general};

fn shown(code: &str, number: f64) -> String {
    NumberFormat::parse(code).shown(number, false).unwrap_or_else(|| general(number))
}

/// What Chinese Excel shows. 2018-10-05 is day 43378, a Friday.
#[test]
fn a_cell_shows_what_its_format_says() {
    for (code, number, expected) in [
        ("General", 0.1 + 0.2, "0.3"),
        ("General", 12.0, "12"),
        ("G/通用格式\"元\"", 12.5, "12.5元"),
        ("0\"万元\"", 50.0, "50万元"),
        ("0!人", 3.0, "3人"),
        ("0元", 3.0, "3元"),
        ("约[$-804]General", 3.0, "约3"),
        ("人[Red]G/通用格式", 3.0, "人3"),
        ("\"约\"General\"元\"", 0.1 + 0.2, "约0.3元"),
        ("General;[Red]-General", -3.5, "-3.5"),
        ("General;\\(General\\)", -3.0, "(3)"),
        ("\"约\"General", -3.0, "-约3"),
        ("#,##0.00", 1234.5, "1,234.50"),
        ("0.00_ ;[Red]\\-0.00\\ ", -5.5, "-5.50"),
        ("0.00_);(0.00)", -5.5, "(5.50)"),
        ("_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", -1234.5, "-1,234.50"),
        ("[$¥-804]#,##0.00", 1234.5, "¥1,234.50"),
        ("0.00", 1.005, "1.01"),
        ("0%", 0.285, "29%"),
        ("0.0", -0.25, "-0.3"),
        ("0\"%\"", 1.0, "1%"),
        ("0\\%", 1.0, "1%"),
        ("0%", 0.85, "85%"),
        ("0.00E+00", 12345.0, "1.23E+04"),
        ("# ?/?", 1.5, "1 1/2"),
        ("00000", 42.0, "00042"),
        ("@", 5.0, "5"),
        ("0.0,", 15_000.0, "15.0"),
        ("0!.0,\"万\"", 15_000.0, "1.5万"),
        ("0!.0,\"万\"", 15_678.0, "1.6万"),
        ("0!.0,\"万\"", -15_500.0, "-1.6万"),
        ("0,\"千元\"", 12_345_678_901.0, "12345679千元"),
        ("0.0,", 1_250.0, "1.3"),
        ("#,##0,,", 1_234_567_890.0, "1,235"),
        ("0,.0\"千元\"", 15_000.0, "15.0千元"),
        ("#,##0.0,,", 15_000_000.0, "15.0"),
        ("[Red]", 5.0, "5"),
        ("0\"", 5.0, "5"),
        ("0\\", 5.0, "5"),
    ] {
        assert_eq!(shown(code, number), expected, "{code}");
    }
}

#[test]
fn days_and_times_are_shown_as_chinese_programs_do() {
    for (code, number, expected) in [
        ("yyyy\"年\"m\"月\"d\"日\"", 43378.0, "2018年10月5日"),
        ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", 43378.0, "2018年10月5日"),
        ("yyyy年m月d日", 43378.0, "2018年10月5日"),
        ("yyyy\"年\"m\"月\"", 43378.0, "2018年10月"),
        ("e\"年\"m\"月\"", 43378.0, "2018年10月"),
        ("ggge\"年\"m\"月\"d\"日\"", 43378.0, "公元2018年10月5日"),
        ("[$-411]ggge\"年\"m\"月\"", 43378.0, "公元2018年10月"),
        ("[$-404]e/m/d", 43378.0, "公元2018/10/5"),
        ("[$-30404]ggee\"年\"", 43378.0, "公元2018年"),
        ("[$-411]0.0E+00", 43378.0, "4.3E+04"),
        ("[$-404]General", 43378.0, "43378"),
        ("[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", 43378.0, "二〇一八年十月五日"),
        ("[DBNum1][$-804]m\"月\"d\"日\";@", 43459.0, "十二月二十五日"),
        ("aaaa", 43378.0, "星期五"),
        ("[$-804]aaaa;@", 43378.0, "星期五"),
        ("aaa", 43378.0, "五"),
        ("[$-804]aaa;@", 43378.0, "周五"),
        ("yyyy/m/d aaaa", 43378.0, "2018/10/5 星期五"),
        ("dddd", 43378.0, "Friday"),
        ("[$-804]mmmm", 43378.0, "十月"),
        ("mmm-yy", 43378.0, "Oct-18"),
        ("上午/下午h\"时\"mm\"分\"", 0.6, "下午2时24分"),
        ("h:mm AM/PM", 0.6, "2:24 PM"),
        ("h:mm A/P", 0.6, "2:24 P"),
        ("[$-804]AM/PMh:mm", 0.25, "上午6:00"),
        ("h:mm", 0.395_833_333_333_333_3, "9:30"),
        ("[h]:mm", 2.1875, "52:30"),
        ("[h]\"时\"mm\"分\"", 2.1875, "52时30分"),
        ("[mm]", 2.1875, "3150"),
        ("HH[M]", 0.5, "12720"),
    ] {
        assert_eq!(shown(code, number), expected, "{code}");
    }
    let built_in = |id, number| NumberFormat::built_in(id).shown(number, false).unwrap_or_default();
    assert_eq!([34, 56].map(|id| built_in(id, 0.6)), ["下午2时24分", "下午2时24分00秒"]);
    assert_eq!([5, 43].map(|id| built_in(id, -1234.5)), ["¥-1,235", "-1,234.50"]);
    assert_eq!(NumberFormat::parse("yyyy/m/d").shown(41916.0, true).as_deref(), Some("2018/10/5"));
}

#[test]
fn the_section_of_a_number_decides_what_it_is_and_shows() {
    for (code, number, expected) in [
        ("0;;;@", 0.0, ""),
        ("0;;;@", -1.0, ""),
        ("0;;;@", 1.0, "1"),
        ("0;-0;;@", 0.0, ""),
        ("0;-0;;@", -2.0, "-2"),
        ("#", 0.0, ""),
        ("0;@", -2.0, "-2"),
        ("\"盈\"0;\"亏\"0;\"平\"", -2.0, "亏2"),
        ("\"盈\"0;\"亏\"0;\"平\"", 0.0, "平"),
        ("[=1]\"是\";[=0]\"否\";0", 0.0, "否"),
        ("[=1]\"是\";[=0]\"否\";0", 3.0, "3"),
        ("[>100]\"多\";0", -5.0, "-5"),
        ("[>=10000]0!.0,\"万\";0", 15_000.0, "1.5万"),
        ("[>=10000]0!.0,\"万\";0", 500.0, "500"),
    ] {
        assert_eq!(shown(code, number), expected, "{code} {number}");
    }
    let kind = |code, number| NumberFormat::parse(code).kind(number);
    assert_eq!(kind("[<1]0.0%;0", 0.5), FormatKind::Percent);
    assert_eq!(kind("[<1]0.0%;0", 5.0), FormatKind::Number);
    assert_eq!(kind("[=0]\"\";yyyy-mm-dd", 43378.0), FormatKind::Date);
    assert_eq!(kind("yyyy-mm-dd;@", -1.0), FormatKind::Date);
    assert_eq!(NumberFormat::parse("yyyy-mm-dd").shown(-1.0, false), None, "#######");
}

#[test]
fn numerals_are_chinese_where_the_format_says_so() {
    for (code, expected) in [
        ("[DBNum1]General", "一万二千三百四十五"),
        ("[DBNum1]", "一万二千三百四十五"),
        ("[DBNum1]0", "一二三四五"),
        ("[DBNum2][$-804]General\"元整\"", "壹万贰仟叁佰肆拾伍元整"),
        ("[DBNum2]#,##0.0", "壹贰,叁肆伍.零"),
    ] {
        assert_eq!(shown(code, 12_345.0), expected, "{code}");
    }
}

#[test]
fn the_general_format_shows_eleven_characters() {
    for (number, expected) in [
        (1.0 / 3.0, "0.333333333"),
        (-2.0 / 3.0, "-0.666666667"),
        (1_234_567.891_234, "1234567.891"),
        (12_345_678_901.5, "12345678902"),
        (99_999_999_999.0, "99999999999"),
        (123_456_789_012.0, "1.23457E+11"),
        (1e-10, "1E-10"),
        (0.000_012_345_67, "1.23457E-05"),
        (-0.0, "0"),
    ] {
        assert_eq!(general(number), expected);
    }
}

#[test]
fn texts_are_shown_with_what_the_format_adds() {
    let shown = |code: &str| NumberFormat::parse(code).shown_text("赵");
    assert_eq!(shown("@\"同志\"").as_deref(), Some("赵同志"));
    assert_eq!(shown("0;-0;0;\"第\"@\\组").as_deref(), Some("第赵组"));
    for code in ["@", "General", "0", "_ @_ ", "yyyy-mm-dd;@", "0;0;0;"] {
        assert_eq!(shown(code), None, "{code}");
    }
}

#[test]
fn a_code_of_any_length_shows_a_short_text() {
    assert_eq!(shown(&"0".repeat(1_025), 5.0), "5");
    assert_eq!(shown(&"0".repeat(255), 5.0).len(), 255);
}

proptest! {
    #[test]
    fn no_code_and_number_cause_a_panic(
        code in "(General|AM/PM|上午/下午|aaa|ggge|DBNum1|\\[\\$-(804|404|411)\\]|[yYmMdDhHsSeEgbB02#?.,;:%/@_*!\\\\\"\\[\\]<>=+ -]|\\PC){0,24}",
        number in prop_oneof![any::<f64>(), -100_000.0..100_000.0, Just(0.0), Just(2_958_465.5)],
        epoch_1904: bool,
    ) {
        let format = NumberFormat::parse(&code);
        let _ = (format.kind(number), format.shown(number, epoch_1904), general(number));
    }

    #[test]
    fn decimals_are_rounded_half_away_from_zero(units in -999_999_999_i64..1_000_000_000, places in 0_usize..5) {
        let code = ["0.000", "0.00", "0.0", "0", "0.0000"][places];
        let kept = [3, 2, 1, 0, 4][places];
        let exact = rust_decimal::Decimal::new(units, 4);
        let expected = exact.round_dp_with_strategy(kept, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        prop_assume!(!expected.is_zero());
        prop_assert_eq!(shown(code, units as f64 / 10_000.0), format!("{expected:.*}", kept as usize));
    }
}

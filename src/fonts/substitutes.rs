//! Substitutes for a typeface of which no name of the settings is installed: the same style by other makers, the most
//! similar first. Free ones are at the end of each list.

use super::typeface::Typeface;

const FANGSONG: &[&str] = &[
    "仿宋_GB2312",
    "仿宋",
    "FangSong",
    "STFangsong",
    "华文仿宋",
    "方正仿宋_GBK",
    "方正仿宋简体",
    "FandolFang",
    "朱雀仿宋",
];
const KAI: &[&str] = &[
    "楷体_GB2312",
    "楷体",
    "KaiTi",
    "STKaiti",
    "华文楷体",
    "方正楷体_GBK",
    "FandolKai",
    "LXGW WenKai",
    "AR PL UKai CN",
];
const HEI: &[&str] = &[
    "黑体",
    "SimHei",
    "STHeiti",
    "华文黑体",
    "方正黑体_GBK",
    "FandolHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "思源黑体",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
];
const SONG: &[&str] = &[
    "宋体",
    "SimSun",
    "NSimSun",
    "STSong",
    "华文宋体",
    "方正书宋_GBK",
    "FandolSong",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "思源宋体",
    "AR PL UMing CN",
];
const TITLE: &[&str] = &["方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "华文中宋", "STZhongsong"];

/// Names to try behind those of the settings, the lists of one style after the other.
pub(super) fn substitutes(typeface: Typeface) -> [&'static [&'static str]; 2] {
    match typeface {
        Typeface::Title => [TITLE, SONG],
        Typeface::Body => [FANGSONG, &[]],
        Typeface::Heading1 => [HEI, &[]],
        Typeface::Heading2 => [KAI, &[]],
        Typeface::PageNumber => [SONG, &[]],
    }
}

/// Fonts with rare characters, tried before all that is installed.
pub(super) const RARE: &[&str] = &[
    "SimSun-ExtB",
    "宋体-ExtB",
    "SimSun",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
    "FandolSong",
    "HanaMinA",
    "HanaMinB",
    "Plangothic P1",
    "Plangothic P2",
    "DejaVu Sans",
];

//! `[letter.head]`: what stands above the title (GB/T 9704-2012, 7.2 and 10.1). All of it is optional.

use serde::Deserialize;
use toml::Spanned;

/// The head of a report. Texts are templates over the branch; one that comes out empty is left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterHead {
    /// 份号; a template. None by default.
    pub copy_number: Option<Spanned<String>>,
    /// 密级和保密期限; a template. None by default.
    pub secrecy: Option<Spanned<String>>,
    /// 紧急程度; a template. None by default.
    pub urgency: Option<Spanned<String>>,
    /// 发文机关标志, an issuer each; templates. None by default.
    #[serde(default)]
    pub mark: Vec<Spanned<String>>,
    /// Whether 文件 follows the issuers; false by default.
    #[serde(default)]
    pub document: bool,
    /// 发文字号; a template. None by default.
    pub number: Option<Spanned<String>>,
    /// 签发人, a person each; templates. None by default.
    #[serde(default)]
    pub signers: Vec<Spanned<String>>,
    /// Whether the paper has the red head already, so that its room stays empty; false by default.
    #[serde(default)]
    pub preprinted: bool,
    /// The layout of the first page; `standard` by default.
    #[serde(default)]
    pub form: HeadForm,
}

/// The layout of the first page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadForm {
    /// GB/T 9704-2012, chapter 7.
    #[default]
    Standard,
    /// 信函格式 (GB/T 9704-2012, 10.1).
    Letter,
}

/// A text of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadElement {
    /// 份号: six Arabic digits (7.2.1).
    CopyNumber,
    /// 密级和保密期限, such as 秘密★1年 (7.2.2).
    Secrecy,
    /// 紧急程度: 特急 or 加急 (7.2.3).
    Urgency,
    /// An issuer of the 发文机关标志, without 文件 (7.2.4).
    Mark,
    /// 发文字号, such as 甲发〔2018〕3号 (7.2.5).
    Number,
    /// The name of one 签发人, without the word 签发人 (7.2.6).
    Signer,
}

/// A text of the head as the settings have it.
#[derive(Clone, Copy, Debug)]
pub struct HeadText<'n> {
    /// The element of the standard that the text is.
    pub element: HeadElement,
    /// The template, with its place in the settings.
    pub text: &'n Spanned<String>,
}

impl LetterHead {
    /// The texts in reading order.
    pub fn texts(&self) -> impl Iterator<Item = HeadText<'_>> {
        let single = [
            (HeadElement::CopyNumber, &self.copy_number),
            (HeadElement::Secrecy, &self.secrecy),
            (HeadElement::Urgency, &self.urgency),
        ];
        let number = self.number.iter().map(|text| HeadText { element: HeadElement::Number, text });
        let single = single.into_iter().flat_map(|(element, text)| text.iter().map(move |text| (element, text)));
        let mark = self.mark.iter().map(|text| HeadText { element: HeadElement::Mark, text });
        let signers = self.signers.iter().map(|text| HeadText { element: HeadElement::Signer, text });
        single.map(|(element, text)| HeadText { element, text }).chain(mark).chain(number).chain(signers)
    }
}

impl HeadElement {
    /// The element's name in the standard.
    pub fn label(self) -> &'static str {
        match self {
            Self::CopyNumber => "份号",
            Self::Secrecy => "密级和保密期限",
            Self::Urgency => "紧急程度",
            Self::Mark => "发文机关标志",
            Self::Number => "发文字号",
            Self::Signer => "签发人",
        }
    }

    /// What is wrong with the text of an element, and the cure, in Chinese; `None` when it is as the standard has it.
    pub fn fault(self, text: &str) -> Option<String> {
        match self {
            Self::CopyNumber => copy_number_fault(text),
            Self::Secrecy => secrecy_fault(text),
            Self::Urgency => {
                let message = || format!("紧急程度不能是“{text}”：只写“特急”或“加急”，不急的不写");
                (!matches!(text, "特急" | "加急")).then(message)
            }
            Self::Mark => text.ends_with("文件").then(|| {
                format!("发文机关标志“{text}”里的“文件”二字不用写：只写发文机关，要“文件”二字的，另写 document = true")
            }),
            Self::Number => number_fault(text),
            Self::Signer => text.starts_with("签发人").then(|| {
                format!("签发人“{text}”里的“签发人”三字不用写：只写姓名，几个人的，写 signers = [\"甲\", \"乙\"]")
            }),
        }
    }
}

/// 份号: six Arabic digits (7.2.1).
fn copy_number_fault(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 6 && digits == text {
        return None;
    }
    let example = if digits.is_empty() || digits.len() > 6 { "000001".to_owned() } else { format!("{digits:0>6}") };
    Some(format!("份号不能是“{text}”：应是六位阿拉伯数字，如 {example}"))
}

/// 密级和保密期限 (7.2.2). The longest periods are those of 保守国家秘密法: 30 years for 绝密, 20 for 机密, 10 for
/// 秘密.
fn secrecy_fault(text: &str) -> Option<String> {
    let (level, period) = match text.split_once('★') {
        Some((level, period)) => (level, Some(period)),
        None => (text, None),
    };
    let longest = match level {
        "绝密" => 30,
        "机密" => 20,
        "秘密" => 10,
        _ => {
            return Some(format!(
                "密级不能是“{text}”：先写“绝密”“机密”或“秘密”，有保密期限的，后面写五角星（★）和期限，如“机密★1年”"
            ));
        }
    };
    let period = period?;
    if matches!(period, "长期" | "启用前") {
        return None;
    }
    let unit = ["个月", "年", "日"].into_iter().find(|unit| period.ends_with(unit));
    let count = unit.and_then(|unit| period.strip_suffix(unit)).filter(|count| is_plain_number(count));
    let Some(count) = count.and_then(|count| count.parse::<u32>().ok()) else {
        return Some(format!(
            "保密期限不能是“{period}”：写几年、几个月或几日，用阿拉伯数字，如“{level}★1年”；没有期限的写“长期”，考试一类的写“启用前”"
        ));
    };
    let is_too_long = unit == Some("年") && count > longest;
    is_too_long.then(|| format!("保密期限不能是“{period}”：{level}级不超过{longest}年（保守国家秘密法）"))
}

/// 发文字号: 发文机关代字, the year in hexagonal brackets, a number without 第 and without leading zeros (7.2.5).
fn number_fault(text: &str) -> Option<String> {
    let fault = |what: &str| Some(format!("发文字号不能是“{text}”：{what}，如“校组字〔2018〕12号”"));
    if text.contains(['(', '（', '[', '［', '【', '{', '<', '《', '「', '〈']) {
        return fault("年份用六角括号〔〕");
    }
    let parts = text.split_once('〔').and_then(|(agency, rest)| Some((agency, rest.split_once('〕')?)));
    let Some((agency, (year, rest))) = parts else {
        return fault("应是机关代字、六角括号〔〕里的年份、几号");
    };
    if agency.trim().is_empty() {
        return fault("前面应有发文机关代字");
    }
    if !(year.len() == 4 && is_plain_number(year)) {
        return fault("年份应是四位阿拉伯数字");
    }
    let Some(count) = rest.strip_suffix('号') else { return fault("末尾应是几号") };
    if count.starts_with('第') {
        return fault("不写“第”");
    }
    if count.starts_with('0') {
        return fault("号数前面不加 0");
    }
    if is_plain_number(count) { None } else { fault("号数应是阿拉伯数字，前后没有空格") }
}

/// ASCII digits without a leading zero.
fn is_plain_number(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::HeadElement;

    fn faults(element: HeadElement, texts: &[(&str, &str)]) {
        for (text, says) in texts {
            match element.fault(text) {
                None => assert!(says.is_empty(), "{text} is accepted"),
                Some(fault) => assert!(!says.is_empty() && fault.contains(says), "{text}: {fault}"),
            }
        }
    }

    #[test]
    fn a_copy_number_has_six_digits() {
        let texts = [("000012", ""), ("12", "如 000012"), ("0000123", "六位"), ("００００１２", "六位"), ("", "六位")];
        faults(HeadElement::CopyNumber, &texts);
    }

    #[test]
    fn secrecy_is_a_level_and_a_period_that_the_law_allows() {
        let texts = [
            ("机密★1年", ""),
            ("秘密", ""),
            ("绝密★长期", ""),
            ("秘密★6个月", ""),
            ("秘密★启用前", ""),
            ("机密*1年", "五角星"),
            ("内部", "绝密"),
            ("机密★一年", "阿拉伯数字"),
            ("机密★01年", "阿拉伯数字"),
            ("机密★", "几年"),
            ("秘密★11年", "不超过10年"),
        ];
        faults(HeadElement::Secrecy, &texts);
    }

    #[test]
    fn a_number_has_hexagonal_brackets_and_no_padding() {
        let texts = [
            ("校组字〔2018〕12号", ""),
            ("组〔2018〕1号", ""),
            ("校组字[2018]12号", "六角括号"),
            ("校组字（2018）12号", "六角括号"),
            ("校组字〔18〕12号", "四位"),
            ("校组字〔2018〕第12号", "不写“第”"),
            ("校组字〔2018〕012号", "不加 0"),
            ("校组字〔2018〕12", "末尾"),
            ("校组字〔2018〕十二号", "阿拉伯数字"),
            ("校组字〔2018〕号", "阿拉伯数字"),
            ("〔2018〕12号", "代字"),
            ("校组字2018年12号", "六角括号"),
        ];
        faults(HeadElement::Number, &texts);
    }

    #[test]
    fn words_that_the_program_adds_are_not_written() {
        faults(HeadElement::Mark, &[("组织人事处", ""), ("组织人事处文件", "document")]);
        faults(HeadElement::Signer, &[("张三", ""), ("签发人：张三", "signers")]);
        faults(HeadElement::Urgency, &[("特急", ""), ("加急", ""), ("急", "特急")]);
    }
}

//! What a notice is about: 安全自查 for 关于开展安全自查工作的通知. Titles of reports name it.

/// Verbs before it.
const VERBS: [&str; 6] = ["开展", "报送", "做好", "组织", "进行", "加强"];
/// Words behind it.
const ENDS: [&str; 6] = ["的通知", "通知", "提纲", "报告", "情况", "工作"];
/// What a notice is about whose title does not say it.
const DEFAULT: &str = "自查";

/// What a notice with this title is about.
pub fn subject(title: &str) -> String {
    let mut subject = title.trim().rsplit_once("关于").map_or(title.trim(), |(_, rest)| rest);
    for verb in VERBS {
        subject = subject.strip_prefix(verb).unwrap_or(subject);
    }
    for end in ENDS {
        subject = subject.strip_suffix(end).unwrap_or(subject);
    }
    if subject.is_empty() { DEFAULT.to_owned() } else { subject.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn a_title_says_what_the_notice_is_about() {
        assert_eq!(subject("市图书馆关于开展2026年第二季度服务质量自查工作的通知"), "2026年第二季度服务质量自查");
        assert_eq!(subject("2026年第二季度服务质量自查报告提纲"), "2026年第二季度服务质量自查");
        assert_eq!([subject("通知"), subject("")], ["自查", "自查"]);
    }
}

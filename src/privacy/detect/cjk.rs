//! Addresses of China, Taiwan, Japan and Korea by their units, from the largest to the number of the house and the door:
//! 省 市 区 县 路 号 室, 都道府県 市区町村 丁目 番地, 시 구 동 로 길 호.
//!
//! Invariant: an address needs a number with its unit; names of places alone are the model's. Where it begins is where the
//! name of a province stands, or behind the last character that is no part of a name (到, 在, 于 …).

use super::entity::STREET_ADDRESS;
use super::scan::{Hit, Scan};
use regex_automata::Input;
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// A number in digits or Chinese numerals, and its units.
const CHINESE: &str = r"(?x)
    (?:[\p{Han}]{2,20}(?:省|自治区|自治區|市|州|盟|区|區|县|縣|旗|镇|鎮|乡|鄉)[\ ]?)?
    [\p{Han}A-Za-z0-9]{1,12}(?:路|街|大道|大街|巷|弄|胡同|村|道|段|里|园|苑|花园|小区|广场|大厦|號院|组|屯|坊|条)
    (?:[东南西北中]?(?:[一二三四五六七八九十百千〇零]+|[0-9]+)(?:段|巷|弄|条))*
    [东南西北中]?(?:[一二三四五六七八九十百千〇零]+|[0-9]+(?:[-之][0-9]+)*|[甲乙丙丁][0-9]+)(?:号|號|弄|栋|棟|幢|座|组|組|期)
    (?:[\ ]?(?:院|楼|樓)?[\p{Han}]{0,8}(?:[一二三四五六七八九十]+|[A-Z]?[0-9]+(?:-[0-9]+)*|[A-Z])(?:号楼|號樓|号|號|楼|樓|层|層|室|房|栋|棟|幢|座|单元|單元|门|F))*
    (?:之[0-9]+)?";

const JAPANESE: &str = r"(?x)
    (?:〒?\ ?[0-9]{3}-[0-9]{4}\s{0,2})?
    (?:北海道|東京都|(?:大阪|京都)府|\p{Han}{2,3}県)
    [\p{Han}\p{Hiragana}\p{Katakana}ー]{1,24}?[\ ]?
    (?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})(?:(?:丁目|番地の?|番町|番|号|-|ー|の|条)[東西南北]?(?:[0-9]{1,4}|[一二三四五六七八九十]{1,2}|号)?)*
    (?:[\ ]?[\p{Katakana}\p{Han}ーA-Za-z]{2,20}[\ ]?[0-9]{1,4}(?:号室|号棟|階|F|号))?";

/// Japanese addresses without their prefecture.
const JAPANESE_SHORT: &str = r"(?x)
    (?:〒\ ?[0-9]{3}-[0-9]{4}\s{0,2})?
    [\p{Han}\p{Katakana}]{1,6}(?:市|区|町|村|郡)[\p{Han}\p{Hiragana}\p{Katakana}ー]{1,16}?
    (?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})(?:丁目|番地)(?:(?:[0-9]{1,4})(?:番地|番|号|-)?)*
    (?:[\ ]?[\p{Katakana}\p{Han}ーA-Za-z]{2,20}[\ ]?[0-9]{1,4}(?:号室|号棟|階|F|号))?";

const KOREAN: &str = r"(?x)
    (?:[가-힣]{2,6}(?:특별시|광역시|특별자치시|특별자치도|도|시)\ |(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)\ )?
    (?:[가-힣]{1,5}(?:시|군|구|읍|면)\ ){1,4}
    (?:[가-힣0-9]{1,12}(?:로|길|동|리|가)\ ?){1,3}
    (?:[0-9]{1,3}번?길\ ?)?[0-9]{1,5}(?:-[0-9]{1,4})?(?:번지)?
    (?:,?\ ?(?:\([가-힣0-9,\ ]{1,20}\)|[가-힣A-Za-z]{2,12}(?:아파트|빌딩|타워|오피스텔|빌라)?\ [0-9]{1,4}(?:동|층|호)|[0-9A-Z]{1,4}(?:동|층|호)))*";

/// Names of provinces and cities of that rank, with which an address begins.
const PROVINCES: &str = "北京 天津 上海 重庆 重慶 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 \
    陕西 甘肃 青海 台湾 臺灣 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 臺北 台北 新北 桃園 臺中 台中 臺南 台南 高雄 深圳 广州 杭州 南京 成都 武汉 苏州";
/// Characters in front of an address that belong to the sentence.
const OUTSIDE: &str =
    "到在于於往至住是为為我你您他她它们的了送寄给給从從去请請和与與及址：:，,、。在";

/// The searchers with the least characters of a find.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [CHINESE, JAPANESE, JAPANESE_SHORT, KOREAN]
        .into_iter()
        .filter_map(|pattern| Regex::new(pattern).ok())
        .collect()
});

/// Compiles the patterns, so that no request waits for it.
pub(super) fn warm() {
    LazyLock::force(&PATTERNS);
}

pub(super) fn find(scan: &mut Scan) {
    if scan.bytes.is_ascii()
        || !scan
            .text
            .chars()
            .any(|c| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'))
    {
        return;
    }
    for (kind, pattern) in PATTERNS.iter().enumerate() {
        for found in pattern.find_iter(Input::new(scan.text)) {
            let (mut start, end) = (found.start(), found.end());
            let Some(text) = scan.text.get(start..end) else { continue };
            if kind == 0 {
                start += lead(text);
            }
            let rest = scan.text.get(start..end).unwrap_or("");
            if rest.chars().count() >= 5 {
                scan.push(Hit {
                    start,
                    end: start + rest.trim_end().len(),
                    entity: STREET_ADDRESS,
                    kind: None,
                    score: 0.85,
                    validated: true,
                    detector: "address",
                });
            }
        }
    }
}

/// How much of a find belongs to the sentence before the address, in bytes.
fn lead(text: &str) -> usize {
    if text.starts_with('〒') {
        return 0;
    }
    if let Some(at) = PROVINCES.split_whitespace().filter_map(|name| text.find(name)).min()
        && at <= 36
    {
        return at;
    }
    // Before the first unit only; `到` may well be in the name of a street.
    let unit = text
        .find(['省', '市', '区', '區', '县', '縣', '路', '街', '道', '村', '都', '府'])
        .unwrap_or(0);
    let head = text.get(..unit).unwrap_or("");
    head.char_indices().rfind(|(_, c)| OUTSIDE.contains(*c)).map_or(0, |(at, c)| at + c.len_utf8())
}

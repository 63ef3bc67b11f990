//! Labels of Chinese, Japanese and Korean forms: the name behind one is a person, and the label itself is none.

use super::entity::PERSON;
use super::phrases::Phrases;
use super::scan::{Hit, Scan, stretch};
use std::ops::Range;

/// Most bytes of a name with what stands around it.
const MOST: usize = 60;

/// Words of forms and mails that are no names, in the three languages and others whose letters the model knows little of.
const LABELS: &str = "电话,手机,手机号,手机号码,电话号码,联系电话,座机,传真,微信,邮箱,邮件,电子邮件,地址,住址,收货地址,姓名,名字,客户,客户姓名,联系人,\
     联系方式,收件人,收货人,寄件人,发件人,身份证,身份证号,身份证号码,证件号,护照,护照号,护照号码,银行卡,银行卡号,卡号,信用卡,账号,账户,\
     开户行,开户名,户名,持卡人,密码,用户名,用户,订单,订单号,备注,日期,生日,出生日期,性别,年龄,公司,部门,职位,先生,女士,您好,你好,谢谢,请,\
     邮编,编号,电話,手機,聯絡人,帳號,密碼,氏名,お名前,名前,住所,ご住所,電話,電話番号,携帯,携帯電話,メール,メールアドレス,生年月日,性別,\
     年齢,会社,会社名,部署,担当者,郵便番号,口座,口座番号,備考,ファックス,パスワード,ユーザー名,お客様,カード番号,マイナンバー,이름,성명,\
     성함,주소,전화,전화번호,휴대폰,핸드폰,연락처,이메일,메일,생년월일,성별,나이,회사,부서,담당자,우편번호,계좌,계좌번호,비밀번호,아이디,\
     주민등록번호,카드번호,고객,고객명,감사합니다,안녕하세요,телефон,тел,моб,адрес,имя,фамилия,фио,почта,паспорт,карта,\
     счет,счёт,факс,дата рождения,инн,снилс,הטלפון,טלפון,כתובת,שם,هاتف,الهاتف,جوال,العنوان,الاسم,โทร,\
     โทรศัพท์,ชื่อ,ที่อยู่,फ़ोन,फोन,नाम,पता,điện thoại,địa chỉ,họ tên,tel,tel.,telefon,téléphone,móvil,mobil,handy,\
     fax,puhelin";

/// What may stand before a name.
const OPENERS: &[&str] = &["是", "为", "は", "은", "는", "：", ":", "=", "-", "「"];
/// What ends a name in the same word.
const ENDINGS: &[&str] = &[
    "先生",
    "女士",
    "小姐",
    "同学",
    "老师",
    "様",
    "さま",
    "さん",
    "です",
    "と申します",
    "でございます",
    "입니다",
    "이에요",
    "예요",
    "이고",
    "이며",
    "님",
    "씨",
    "，",
];
/// The commonest Chinese family names.
const FAMILIES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鍾陸譚鄒顧錢湯賴龔歐";

pub(super) fn find(scan: &mut Scan, phrases: &Phrases) {
    for &(start, end) in &phrases.name_labels {
        let Some(name) = name_behind(scan.text, start, end) else { continue };
        scan.push(Hit {
            start: name.start,
            end: name.end,
            entity: PERSON,
            kind: None,
            score: 0.85,
            validated: false,
            detector: "label",
        });
    }
}

/// Whether a text is a label, with or without its colon.
pub(super) fn is_label(text: &str) -> bool {
    let bare = text
        .trim_matches(|c: char| c.is_whitespace() || ":：.。、，,（）()【】[]*#-•".contains(c))
        .to_lowercase();
    LABELS.split(',').any(|label| label == bare)
}

/// The label that a text begins with before something else, in bytes.
pub(super) fn leading_label(text: &str) -> Option<usize> {
    let longest = LABELS
        .split(',')
        .filter(|label| text.starts_with(*label) && label.chars().count() >= 2)
        .map(str::len)
        .max()?;
    let rest = text.get(longest..)?;
    // Only scripts without spaces run a label and a name together.
    let wide = rest.chars().next().is_some_and(is_wide) && text.chars().next().is_some_and(is_wide);
    let marked = rest.starts_with([':', '：', ' ', '\u{3000}', '，']);
    (wide || marked).then(|| {
        longest + rest.len() - rest.trim_start_matches([':', '：', ' ', '\u{3000}', '，']).len()
    })
}

fn name_behind(text: &str, label: usize, end: usize) -> Option<Range<usize>> {
    let rest = stretch(text, end, end + MOST);
    let mut bare = rest;
    let mut marked = false;
    loop {
        let trimmed = bare.trim_start_matches([' ', '\u{3000}', '\t', '*', '"', '\'']);
        let next = OPENERS.iter().find_map(|opener| trimmed.strip_prefix(opener));
        marked |= next.is_some();
        match next {
            Some(next) => bare = next,
            None => {
                bare = trimmed;
                break;
            }
        }
    }
    let start = end + rest.len() - bare.len();
    let len = name_len(bare)?;
    let name = bare.get(..len)?;
    let known = name.chars().next().is_some_and(|c| FAMILIES.contains(c));
    // Without a mark only `姓名王小明`; a label inside of a longer word (`项目负责人`) is none.
    let bound = marked || (known && text.get(label..end) == Some("姓名"));
    (bound && !is_label(name)).then_some(start..start + len)
}

/// The length of the name that a text begins with: two to four Han characters, a Japanese name with one space, two to
/// four Hangul, or Latin words.
fn name_len(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if !is_wide(first) {
        let line = text.split(['\n', ',', ';', '，', '；', '|', '"', '(', '（', ':']).next()?;
        let words: Vec<&str> = line
            .split(' ')
            .take_while(|word| word.starts_with(char::is_uppercase))
            .take(4)
            .collect();
        let len = words.join(" ").len();
        return (!words.is_empty()
            && words
                .iter()
                .all(|word| word.chars().all(|c| c.is_alphabetic() || "'’.-".contains(c))))
        .then_some(len);
    }
    let run: usize =
        text.chars().take_while(|c| is_wide(*c) || "·・".contains(*c)).map(char::len_utf8).sum();
    let run = text.get(..run)?;
    let labelled = LABELS
        .split(',')
        .filter(|label| label.chars().count() >= 2)
        .filter_map(|label| run.find(label))
        .filter(|at| *at > 0)
        .min();
    let ended = ENDINGS.iter().filter_map(|ending| run.find(ending)).filter(|at| *at > 0).min();
    let run = run.get(..labelled.unwrap_or(run.len()).min(ended.unwrap_or(run.len())))?;
    let n = run.chars().count();
    // A family name, a space, a given name.
    let rest = text.get(run.len()..)?;
    if let Some(given) = rest.strip_prefix([' ', '\u{3000}']).filter(|_| (1..=3).contains(&n)) {
        let second: String = given.chars().take_while(|c| is_wide(*c)).collect();
        let space = rest.len() - given.len();
        let cut = ENDINGS
            .iter()
            .filter_map(|ending| second.find(ending))
            .filter(|at| *at > 0)
            .min()
            .unwrap_or(second.len());
        let second = second.get(..cut)?;
        if (1..=4).contains(&second.chars().count()) && !is_label(second) {
            return Some(run.len() + space + second.len());
        }
    }
    let katakana =
        run.contains(['・', '·']) || run.chars().all(|c| matches!(c, '\u{3040}'..='\u{30ff}'));
    match n {
        2..=4 => Some(run.len()),
        5..=14 if katakana => Some(run.len()),
        // A sentence goes on: take the name that its family name begins.
        5.. if FAMILIES.contains(first) => Some(run.chars().take(3).map(char::len_utf8).sum()),
        _ => None,
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '々')
}

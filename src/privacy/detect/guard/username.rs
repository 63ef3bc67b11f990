//! Usernames: they count where usernames stand, behind a label, behind `@`, in the path of a home, in a record.

use super::around::Around;
use super::code;
use super::lists::{CODE, COMMON, FOREIGN, FUNCTION, PRODUCTS};
use super::pattern::{matches, regex};
use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// A username stands where usernames stand: behind a label, behind `@`, in the path of a home, in a chat.
pub(super) fn username(a: &Around<'_>) -> bool {
    let bare = a.value.trim_start_matches('@');
    // The model may have seen a part of it.
    let name = a
        .run(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        .trim_start_matches('@')
        .to_lowercase();
    let marked = bare.len() < a.value.len() || a.char_before() == Some('@');
    if bare.chars().filter(|c| c.is_alphabetic()).count() < 2
        || [&FUNCTION, &FOREIGN, &CODE, &COMMON].iter().any(|list| list.contains(&name))
    {
        return false;
    }
    if marked {
        return mention(a, bare);
    }
    if matches(&HOME, a.near_before(40)) || a.in_record() {
        return true;
    }
    if PRODUCTS.contains(&name) {
        return false;
    }
    let described = matches!(
        a.word_after().as_str(),
        "user"
            | "username"
            | "account"
            | "id"
            | "password"
            | "token"
            | "key"
            | "login"
            | "credentials"
            | "api"
    );
    if matches(&LABEL, a.near_before(40)) {
        return !described;
    }
    if matches(&DOES, a.near_after(48)) && !code::is_identifier(a) {
        return true;
    }
    // A handle with digits between letters is one wherever it stands in a sentence.
    let digits = bare.bytes().any(|b| b.is_ascii_digit());
    let letters = bare.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let whole = code::literal(a).is_some_and(|it| it.head.is_empty() && it.tail.is_empty());
    let spoken = matches(&SOCIAL, a.near_before(32)) && !code::is_identifier(a);
    digits && letters && (whole || spoken)
}

/// What those who have an account do, and what is theirs.
static DOES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)^(?:
            ['’]s\s+(?:password|account|login|log-in|profile|inbox|mailbox|laptop|permissions?|sessions?|role|home\ (?:dir|folder)|quota|badge|licen[cs]e|ticket|files?|post|comment|pull\ request|commit)
            | \s+(?:(?:is|was|has\ been|got|gets)\s+)?(?:locked\ out|logged\ (?:in|out|on)|signed\ (?:in|up|out)|banned|suspended|blocked|posted|commented|replied|uploaded|forgot|cannot\ log|can't\ log|can’t\ log|couldn't\ log|failed\ to\ (?:log|authenticate)|joined\ the|left\ the|pushed\ to|committed|subscribed)
            | \s+(?:hat\ sich|kann\ sich|s'est\ connecté|inició\ sesión)
        )"#,
    )
});

/// Labels before a username.
static LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?xi)(?:user\ ?name|user|user[_\ -]?id|uid|admin|submitted[_\ -]as|account[_\ -]name|ernam|login(?:\ name)?|log\ ?in\ as|logged\ in\ as|handle|nick(?:name)?|screen[\ _-]?name|account(?:\ name)?|gamer\ ?tag|alias|aka|a\.k\.a\.|
        goes\ by|known\ as|member|owner|author|assignee|reviewer|sender|benutzer(?:name|kennung)?|anmeldename|nutzername|usuario|nombre\ de\ usuario|identifiant|utilisateur|
        nom\ d'utilisateur|pseudo|utente|nome\ utente|gebruiker(?:snaam)?|användarnamn|brukernavn|brugernavn|käyttäjätunnus|nazwa\ użytkownika|użytkownik|uživatel(?:ské\ jméno)?|
        kullanıcı(?:\ adı)?|felhasználónév|utilizador|логин|пользователь|ник|用户名|用戶名|账号|帐号|ユーザー名|아이디|
        twitter|instagram|insta|telegram|tg|discord|slack|skype|reddit|steam|tiktok|snap(?:chat)?|psn|xbox|twitch|mastodon|github|gitlab|keybase|signal|threads|bluesky)
        (?:\s+(?:is|was|ist|est|es|è|handle|user(?:name)?|name|id|named|called))?\s*(?:[:=]|：|->|=>|-\s)?\s*["'`“(\[<@]*$"#,
    )
});

/// Paths in which a username stands.
static HOME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:/home/|/Users/|\\Users\\{1,2}|/var/mail/|(?:^|[\s/'"(=])~|(?:^|[^\w])/?u/|t\.me/|twitter\.com/|x\.com/|instagram\.com/|facebook\.com/|linkedin\.com/in/|reddit\.com/u(?:ser)?/|tiktok\.com/@|keybase\.io/|ssh\s(?:-\S+\s)*|scp\s\S*)$"#,
    )
});

/// Words before a person who is spoken to or of by a handle.
static SOCIAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)(?:\b(?:ping|message|dm|pm|add|follow|contact|ask|tell|cc|from|by|with|to|as|is|thanks|hi|hey|hello|von|an|par|de|por|da|user|me|assigned to|i'm|i am|call me)\s+|^|[:\n]\s*)["'(\[<]*$"#,
    )
});

/// Whether `@name` speaks of somebody: no decorator, package scope, version, tag of a documentation or rule of a style sheet.
fn mention(a: &Around<'_>, bare: &str) -> bool {
    let before = a.before.strip_suffix('@').unwrap_or(a.before);
    let glued =
        before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '+'));
    let scope = a.after.starts_with('/') && !a.after.starts_with("/ ");
    let number = bare.starts_with(|c: char| c.is_ascii_digit());
    let block = a.after.starts_with(['{', '('])
        || (a.after.starts_with('.') && a.after.chars().nth(1).is_some_and(char::is_alphabetic))
        || a.after.starts_with('_')
        || a.after.starts_with("\\n");
    // Alone on its line, with a definition below, it is a decorator or an annotation.
    let line = before.rsplit('\n').next().unwrap_or_default();
    let quoted = line.trim_start_matches([' ', '\t', '>', '"', '\'', '`', '*', '/']).is_empty();
    let rest = a.line_after().trim();
    let below = a.after.trim_start_matches(rest).trim_start();
    const DEFINES: &[&str] = &[
        "def ",
        "async ",
        "class ",
        "@",
        "public ",
        "private ",
        "protected ",
        "export ",
        "function ",
        "fn ",
        "func ",
        "static ",
        "final ",
        "const ",
        "abstract ",
    ];
    let decorator = quoted && rest.is_empty() && DEFINES.iter().any(|word| below.starts_with(word));
    // `* @param name` of a documentation comment.
    let tag = matches!(line.trim(), "*" | "/**" | "///" | "//" | "#" | "--")
        && a.after.starts_with(' ')
        && bare.chars().all(|c| c.is_lowercase() || c == '-');
    let spoken = matches!(
        a.word_after().as_str(),
        "decorator" | "annotation" | "attribute" | "tag" | "rule" | "directive" | "import"
    );
    !(spoken || glued || scope || number || block || decorator || tag)
}

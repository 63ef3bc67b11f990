//! Whether four numbers with full stops are a version, where they could be an IPv4 address.
//!
//! A word such as `version` near a number says nothing: `agent version 2.3 connected from 203.0.113.77`. What decides is
//! what stands right before and right behind, the cell of a table, and a file name that repeats the number. Where nothing
//! speaks for a version it is an address: one too many is replaced rather than one too few.

use super::scan::{Scan, stretch};

/// Words that a version follows at once.
const VERSION_WORDS: &str = "version,versions,ver,vers,v,release,releases,released,build,builds,firmware,fw,rev,revision,oid,section,\
     sections,chapter,figure,clause,paragraph,§,sec,cudnn,cuda,tensorrt,driver,assemblyversion,fileversion,\
     productversion,packageversion,changelog,snapshot,versión,versão,versione,versie,wersja,verze,verzia,verzió,\
     версия,версии,версию,версія,sürüm,versiunea,版本,バージョン,버전,ausgabe,kapitel,abschnitt,chapitre,capítulo,\
     capitolo,hoofdstuk";

/// Words that a version may follow, and an address as well.
const WEAK_WORDS: &str =
    "patch,update,upgrade,hotfix,tag,sdk,runtime,bump,since,requires,pinned,stand";

/// Products whose number follows them at once; words of one of two-word names are their last.
const PRODUCTS: &str = "sql server,chrome,chromium,firefox,safari,edge,opera,windows,postgres,postgresql,mysql,mariadb,oracle,java,\
     jdk,jre,openjdk,.net,dotnet,python,node,nodejs,docker,office,excel,acrobat,reader,flash,photoshop,ios,\
     ipados,macos,android,vmware,esxi,nvidia,geforce,visual studio,openssl,tomcat,nginx,jenkins,teams,zoom,\
     autocad,pytorch,tensorflow,kubernetes,terraform,ansible,kafka,elasticsearch,mongodb,redis,webview2,onedrive,\
     skype,virtualbox,unity,unreal,gradle,maven,kotlin,ruby,php,perl,golang,rust,log4j,bios,uefi,junos,fortios,\
     routeros,openwrt,kernel,linux,cmake,clang,gcc,msvc,qt,boost,numpy,librewolf,vivaldi,brave,thunderbird,\
     outlook,powerpoint,sharepoint,forge,minecraft";

/// Words for machines and their addresses, also as the name before `=`, `:` or `@`.
const ADDRESS_WORDS: &str = "ip,ips,ipv4,host,hosts,hostname,addr,address,addresses,server,servers,peer,client,gateway,gw,src,dst,source,\
     dest,destination,remote,local,device,router,switch,node,nodes,ping,ssh,curl,telnet,nmap,connect,listen,bind,\
     inet,subnet,netmask,mask,dns,ntp,smtp,proxy,vpn,db,mail,web,printer,camera,nas,target,origin,visitor,user,\
     login,range,cidr,allow,deny,block,ban,route,forwarded,resolver,nameserver,endpoint,machine,vm,pod,bastion,\
     dhcp,lease,broadcast,network,attacker,adresse,adresa,dirección,endereço,indirizzo,адрес,地址,アドレス,주소";

/// Small words after which a machine stands.
const PREPOSITIONS: &str = "from,on,at,via,by,to,for,in";

/// Words that may stand between a version word and its number.
const BETWEEN: &str = "is,was,are,number,no,nr,string,info,code,currently,now,still,ist,est,es";

/// Verbs of changing a version, before `from … to …`.
const CHANGES: &str = "upgrad,updat,bump,downgrad,aktualisier,mis à jour,mise à jour,actualiz,atualiz,aggiorn,bijgewerkt,обнов,升级,\
     更新,version,release";

/// Endings of file names that hold software.
const FILES: &str = "jar,war,ear,zip,tar,gz,tgz,bz2,xz,7z,exe,msi,dll,deb,rpm,nupkg,whl,apk,aab,ipa,dmg,pkg,so,vsix,xpi,bin,iso,\
     img,egg,gem,crate,pom,md,dylib,appimage";

/// Most bytes looked at on either side.
const REACH: usize = 64;
/// Most bytes of a line on either side.
const LINE: usize = 400;
/// Most bytes of a table above a line.
const MOST: usize = 2048;

/// Whether the four numbers at `start..end` are a version.
pub(super) fn is_version(
    scan: &Scan,
    start: usize,
    end: usize,
    previous: Option<(usize, bool)>,
) -> bool {
    let before = stretch(scan.text, start.saturating_sub(REACH), start);
    let after = stretch(scan.text, end, end + REACH);
    if is_file(after) || suffix(after) {
        return true;
    }
    // `1.2.3.4, 1.2.3.5 and 1.2.4.0`: what the one is, the others are.
    if let Some((last, true)) = previous
        && !is_private(scan.text.get(start..end).unwrap_or(""))
        && let Some(between) = scan.text.get(last..start).filter(|between| between.len() <= 12)
        && chained(between)
    {
        return true;
    }
    if glued(before) {
        return true;
    }
    let bare =
        before.trim_end_matches(|c: char| c.is_whitespace() || "\"'`:=([{<>~^*!|,-#".contains(c));
    let marks = before.get(bare.len()..).unwrap_or("");
    if marks.contains("://") || marks.contains('@') {
        return false;
    }
    let word = last_word(bare);
    // `"^1.2.3.4"` of a package file; elsewhere the mark divides columns.
    let caret = marks.ends_with('^') && marks.len() > 1 && !after.starts_with('^');
    if caret || ["==", ">=", "<=", "~=", "!=", "~>"].iter().any(|op| marks.contains(op)) {
        return !is_one(word, ADDRESS_WORDS);
    }
    let line = marks.contains('\n');
    if !line && named(bare, word, VERSION_WORDS) && !marks.contains(',') && !marks.contains('|') {
        return true;
    }
    let low = first_number(scan, start) < 100;
    if low && changed(before, after) {
        return true;
    }
    if let Some(said) = in_table(scan, start, end) {
        return said && low;
    }
    let name = PRODUCTS.split(',').find(|name| ends_with_word(bare, name));
    let direct = !line && marks.chars().all(|c| c == ' ' || c == '(');
    let value = scan.text.get(start..end).unwrap_or("");
    // Windows counts as 10.0.
    let private = is_private(value) && !(value.starts_with("10.0.") && name == Some("windows"));
    if name.is_some() && direct && !private {
        return true;
    }
    if private || !low {
        return heading(scan, start, after) && low;
    }
    let weak = !line && named(bare, word, WEAK_WORDS);
    let asked = line && word.trim_start_matches('-').eq_ignore_ascii_case("version");
    weak || asked
        || package(bare, marks)
        || heading(scan, start, after)
        || (!line && entry(word, marks, value))
}

/// `ffmpeg: 4.4.2.0`, `quill (1.2.3.4)`, `my-lib 1.2.3.4`: a name and four small numbers, as lists of software have it. One of
/// seventy addresses looks like that.
fn entry(word: &str, marks: &str, value: &str) -> bool {
    let parts: Vec<u32> = value.split('.').filter_map(|part| part.parse().ok()).collect();
    let small =
        parts.iter().all(|part| *part < 100) && parts.first().is_some_and(|first| *first < 40);
    let service = parts.iter().all(|part| Some(part) == parts.first())
        || matches!(value, "8.8.4.4" | "1.0.0.1" | "9.9.9.10" | "4.2.2.1" | "4.2.2.2");
    let name = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c))
        && word.chars().filter(char::is_ascii_alphabetic).count() >= 3
        && !word.ends_with("ed");
    let bound = marks.contains([':', '('])
        || (marks == " " && word.contains('-') && word.ends_with(|c: char| c.is_ascii_lowercase()));
    small
        && !service
        && name
        && bound
        && !is_one(word, ADDRESS_WORDS)
        && !is_one(word, PREPOSITIONS)
}

/// The last word of a text, with the dots and dashes of a name inside of it.
fn last_word(text: &str) -> &str {
    text.rsplit(|c: char| c.is_whitespace() || "\"'`:=([{<>,;|/@".contains(c)).next().unwrap_or("")
}

/// Whether a word is one of a list that commas divide.
fn one_of(word: &str, list: &str) -> bool {
    list.split(',').any(|one| one == word)
}

/// Whether a word, or the last part of a name such as `client_ip` or `remoteAddr`, is one of a list.
fn is_one(word: &str, list: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '§');
    let is = |word: &str| {
        let lower = word.to_lowercase();
        one_of(&lower, list)
    };
    let last = word.rsplit(['_', '-', '.']).next().unwrap_or(word);
    let camel =
        last.rfind(|c: char| c.is_uppercase()).and_then(|at| last.get(at..)).unwrap_or(last);
    is(word) || is(last) || is(camel)
}

/// Whether the text ends with a word of a list, perhaps with a verb between it and the number.
fn named(text: &str, word: &str, list: &str) -> bool {
    if is_one(word, list) {
        return true;
    }
    let filler = one_of(&word.to_lowercase(), BETWEEN);
    let rest = text.strip_suffix(word).unwrap_or("").trim_end();
    filler && is_one(last_word(rest), list)
}

fn ends_with_word(text: &str, name: &str) -> bool {
    let Some(at) = text.len().checked_sub(name.len()) else { return false };
    let same = text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(name));
    same && !text
        .get(..at)
        .unwrap_or("")
        .ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '.')
}

/// `.jar`, `-1.jar`: the number ends the name of a file.
fn is_file(after: &str) -> bool {
    let ending = after.strip_prefix('.').unwrap_or("");
    let len = ending.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(ending.len());
    let ending = ending.get(..len).unwrap_or("").to_ascii_lowercase();
    one_of(&ending, FILES)
}

/// ` CU4`, ` SP1`, `+build`, ` beta`, ` (build 7)`, ` x64` behind it.
fn suffix(after: &str) -> bool {
    if after.starts_with('+') && after.chars().nth(1).is_some_and(char::is_alphanumeric) {
        return true;
    }
    let Some(rest) = after.strip_prefix(' ') else { return false };
    let rest = rest.trim_start_matches('(').to_lowercase();
    let word = rest.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or("");
    let numbered = |name: &str| {
        word.strip_prefix(name)
            .is_some_and(|n| n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    ["cu", "sp", "rc", "beta", "alpha", "hotfix"].into_iter().any(numbered)
        || matches!(
            word,
            "build"
                | "lts"
                | "ga"
                | "x64"
                | "x86"
                | "amd64"
                | "arm64"
                | "64-bit"
                | "32-bit"
                | "release"
                | "snapshot"
                | "stable"
                | "preview"
        )
}

/// `@scope/name@`, `registry/app:`, `group:name:`, `Product/`: a name that a version is glued to.
fn glued(before: &str) -> bool {
    let token = before
        .rsplit(|c: char| c.is_whitespace() || "\"'`([{<>,;|=".contains(c))
        .next()
        .unwrap_or("");
    let Some(mark) = token.chars().next_back() else { return false };
    let name = token.trim_end_matches(mark);
    let inner = last_word(name);
    if !name.chars().any(char::is_alphabetic)
        || is_one(inner, ADDRESS_WORDS)
        || token.contains("://")
    {
        return false;
    }
    match mark {
        ':' => {
            name.contains(['/', ':', '@'])
                || name.contains('-')
                || PRODUCTS.split(',').any(|product| name.eq_ignore_ascii_case(product))
        }
        '@' => {
            ["install ", "npm ", "yarn ", "pnpm ", "add "].iter().any(|word| before.contains(word))
                || name.starts_with('@')
                || name.contains('-')
                || name.contains('/')
                || PRODUCTS.split(',').any(|product| name.eq_ignore_ascii_case(product))
        }
        '/' => !name.contains('/') && name.starts_with(|c: char| c.is_uppercase()),
        _ => false,
    }
}

/// Commas, `and`, arrows between two of a list.
fn chained(between: &str) -> bool {
    let inner = between
        .trim_matches(|c: char| c.is_whitespace() || "\"'`,/;-–—<>=!^→~&:".contains(c))
        .to_lowercase();
    !between.contains("\n\n")
        && matches!(
            inner.as_str(),
            "" | "and"
                | "or"
                | "to"
                | "und"
                | "et"
                | "y"
                | "e"
                | "en"
                | "auf"
                | "à"
                | "a"
                | "через"
                | "до"
                | "и"
        )
}

/// `upgraded from 1.2.3.4 to …`, `updated to 1.2.3.4`.
fn changed(before: &str, after: &str) -> bool {
    let words = [
        "from", "to", "von", "auf", "de", "a", "à", "para", "da", "van", "naar", "с", "до", "на",
        "от",
    ];
    let bare = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'`".contains(c));
    let word = last_word(bare);
    let lower = bare.to_lowercase();
    let unicode = lower.ends_with(['从', '到', '至']);
    // A host may be migrated as well; then the text says so.
    let host = after.to_lowercase().contains("host")
        || lower
            .split_whitespace()
            .any(|word| is_one(word, "host,server,ip,address,device,dns,record"));
    (unicode || words.contains(&word.to_lowercase().as_str()))
        && CHANGES.split(',').any(|verb| lower.contains(verb))
        && !host
}

/// `Microsoft.Extensions.Http 8.0.0.1`, `org.example.tool 1.2.3.4`: the name of a package, then its version.
fn package(bare: &str, marks: &str) -> bool {
    let word = last_word(bare);
    let parts: Vec<&str> = word.split('.').collect();
    let capital = |part: &&str| part.starts_with(|c: char| c.is_uppercase()) && part.len() >= 2;
    let pascal =
        parts.len() >= 2 && parts.iter().all(capital) && parts.iter().any(|part| part.len() >= 3);
    let reverse =
        parts.len() >= 3 && matches!(parts.first(), Some(&("org" | "com" | "net" | "io" | "de")));
    let command = [
        "install ",
        "add ",
        "require ",
        "dependency ",
        "package ",
        "library ",
        "module ",
        "plugin ",
    ];
    let told = (command.iter().any(|word| bare.to_lowercase().contains(word))
        || is_one(
            word,
            "plugin,package,library,module,extension,addon,mod,component,dependency,lib",
        ))
        && !is_one(word, ADDRESS_WORDS)
        && !is_one(word, PREPOSITIONS)
        && word.chars().any(char::is_alphabetic);
    marks.chars().all(|c| " (:=\"'".contains(c)) && !marks.is_empty() && (pascal || reverse || told)
}

/// `## 1.2.3.4`, `[1.2.3.4] - 2026-01-01`, `1.2.3.4 (2026-01-01)`: the heading of a list of changes.
fn heading(scan: &Scan, start: usize, after: &str) -> bool {
    let line = scan.text.get(line_start(scan.bytes, start)..start).unwrap_or("");
    let rest = after.trim_start_matches(']').trim_start();
    let date = rest.trim_start_matches(['(', '-', '–', ' ']).bytes().take(5).collect::<Vec<u8>>();
    let dated = matches!(date.as_slice(), [b'1' | b'2', a, b, c, b'-'] if [a, b, c].iter().all(|b| b.is_ascii_digit()));
    let ended = rest.is_empty() || after.starts_with('\n') || rest.starts_with('\n');
    (line.starts_with("##") && line.trim_matches(['#', ' ', '[']).is_empty() && (ended || dated))
        || (line.trim_matches(['[', ' ', '*', '-']).is_empty() && dated)
}

/// What a table says: the head of the column, or another cell of the row that is a file of software.
fn in_table(scan: &Scan, start: usize, end: usize) -> Option<bool> {
    let from = line_start(scan.bytes, start);
    let to = end + scan.bytes.iter().skip(end).take(LINE).take_while(|b| **b != b'\n').count();
    let row = scan.text.get(from..to)?;
    let value = scan.text.get(start..end)?;
    let mark = ['|', '\t', ';', ',']
        .into_iter()
        .find(|mark| row.matches(*mark).count() >= if *mark == '|' { 2 } else { 1 })?;
    let column = scan.text.get(from..start)?.matches(mark).count();
    let only =
        row.split(mark).nth(column)?.trim_matches(|c: char| c.is_whitespace() || c == '"') == value;
    if !only {
        return None;
    }
    let file = |cell: &str| {
        let cell = cell.trim();
        cell.rsplit_once('.').is_some_and(|(_, ending)| one_of(&ending.to_ascii_lowercase(), FILES))
    };
    if row.split(mark).any(file) {
        return Some(true);
    }
    let mut head = None;
    let mut line = from;
    while line > 0 && from - line < MOST {
        let above = line_start(scan.bytes, line - 1);
        let text = scan.text.get(above..line - 1)?;
        if text.matches(mark).count() == 0 || above == line {
            break;
        }
        head = Some(text);
        line = above;
    }
    let head = head?.split(mark).nth(column)?.trim().trim_matches('"');
    let version = head.split_whitespace().any(|word| is_one(word, VERSION_WORDS));
    let address = head.split_whitespace().any(|word| is_one(word, ADDRESS_WORDS));
    (version || address).then_some(version && !address)
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(LINE);
    let back = bytes.get(from..at).unwrap_or(&[]);
    memchr::memrchr(b'\n', back).map_or(from, |i| from + i + 1)
}

fn first_number(scan: &Scan, start: usize) -> u32 {
    let digits = scan.bytes.iter().skip(start).take_while(|b| b.is_ascii_digit());
    digits.fold(0, |n, b| n * 10 + u32::from(b - b'0'))
}

fn is_private(value: &str) -> bool {
    value
        .parse::<std::net::Ipv4Addr>()
        .is_ok_and(|address| address.is_private() || address.is_link_local())
}

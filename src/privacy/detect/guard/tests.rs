//! Both sides of every guard: `⟦…⟧` marks what the model named. Values are invented.

use super::Guard;
use crate::chat::EntityType;
use crate::privacy::detect::entity::*;

/// The text without its marks, and the place of the value.
fn marked(text: &str) -> (String, std::ops::Range<usize>) {
    let start = text.find('⟦').unwrap();
    let end = text.find('⟧').unwrap() - '⟦'.len_utf8();
    (text.replace(['⟦', '⟧'], ""), start..end)
}

/// What a guard makes of each marked value.
fn check(entity: EntityType, expected: Option<EntityType>, texts: &[&str]) {
    let mut wrong = Vec::new();
    for marks in texts {
        let (text, range) = marked(marks);
        let found = Guard::new(&text).passes(entity, range).map(|(entity, _)| entity);
        if found != expected {
            wrong.push(format!("{marks:?} gives {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{entity} should be {expected:?}:\n{}", wrong.join("\n"));
}

#[test]
fn fonts_models_results_and_titles_are_nobody() {
    check(
        PERSON,
        None,
        &[
            "Fonts used: Times New Roman, ⟦Arial Black⟧, Courier New",
            "Set the body to ⟦Georgia⟧ and the headings to Helvetica Neue.",
            "font-family: \"⟦Franklin Gothic Medium⟧\", \"Gill Sans\", Verdana;",
            "The text is in ⟦Palatino Linotype⟧ and Baskerville Old Face.",
            "The text is in Palatino Linotype and ⟦Baskerville Old Face⟧.",
            "Trebuchet MS, ⟦Lucida⟧ Console",
            "The text is in Palatino ⟦Linotype⟧ and Baskerville Old Face.",
            "set it in ⟦Franklin⟧ Gothic Medium, please",
            "\"Gill ⟦Sans⟧\", Verdana",
            "in Century ⟦Schoolbook⟧",
            "use Zapf ⟦Dingbats⟧ for bullets",
            "Hoefler ⟦Text⟧ is on every Mac",
            "the headings in ⟦Goudy⟧ Old Style",
            "Use ⟦Roboto Slab⟧ for titles, Noto Sans for the rest",
            "Change ⟦Calibri⟧ to Cambria in the deck.",
            "Change Calibri to ⟦Cambria⟧ in the deck.",
            "Die Schriftart ⟦Georgia⟧ passt besser",
            "h1 { font: 12px ⟦Karla⟧, serif }",
            "We compared ⟦Mistral⟧ with Llama on this task",
            "Ask ⟦Claude⟧ 3.5 for a summary",
            "The prompt for ⟦Claude Sonnet⟧ is too long",
            "⟦Gemini⟧ Pro answers faster than GPT-4",
            "Anthropic's ⟦Claude⟧ refuses this",
            "run ⟦Llama⟧ locally with Ollama",
            "Train it with the ⟦Adam⟧ optimizer and a learning rate of 0.001",
            "⟦Bayes⟧' theorem follows from the definition",
            "Use ⟦Dijkstra⟧'s algorithm for the shortest path",
            "the ⟦Levenshtein⟧ distance between two words",
            "a ⟦Poisson⟧ distribution with mean 3",
            "Implement ⟦Floyd-Warshall⟧ algorithm in Go",
            "the ⟦Fibonacci⟧ sequence up to 100",
            "der Satz von ⟦Pythagoras⟧",
            "I am reading \"⟦Emma⟧\" by Jane Austen",
            "Summarise the novel ⟦Emma⟧ for my class",
            "the film *⟦Carrie⟧* was shot in 1976",
            "cool it to 4 ⟦Kelvin⟧ first",
            "The deadline is in ⟦April⟧ 2025",
            "⟦Best regards⟧,",
            "⟦Mit freundlichen Grüßen⟧",
            "call s.⟦Sema⟧ before parsing",
            "opt = torch.optim.⟦Adam⟧(model.parameters())",
            "from crewai import ⟦Agent⟧",
            "deploy ⟦CrewAI⟧ agents",
            "Usage with ⟦Claude⟧ Desktop",
            "build it on ⟦Jenkins⟧ CI",
            "print it with the ⟦Rich⟧ library",
            "written in ⟦Ruby⟧ on the server",
            "⟦modify⟧ the function",
            "⟦s.Sema⟧ is initialised there",
            "The logo is set in Gotham, the body in ⟦Merriweather⟧.",
            "⟦Adam⟧ converges faster than SGD",
            "an essay about ⟦Emma⟧ by Jane Austen",
            "Summarize \"⟦Hamlet⟧\" in five sentences.",
            "姓名和⟦电话⟧",
            "⟦Deutsch⟧ | English",
            "* ⟦SoTA⟧ on the benchmark",
        ],
    );
}

#[test]
fn people_with_names_of_things_are_found() {
    check(
        PERSON,
        Some(PERSON),
        &[
            "Dear ⟦Claude⟧, thank you for the flowers",
            "⟦Georgia Miller⟧ called about her invoice",
            "my doctor Dr. ⟦Adam Bayes⟧ said so",
            "⟦Emma⟧ lives next door to us",
            "Hi ⟦Georgia⟧, see you on Friday",
            "My daughter ⟦Ada⟧ is seven",
            "Please ask Mr. ⟦Newton⟧ to call me",
            "⟦Adam⟧'s wife is ill",
            "The patient ⟦April⟧ Jones came at nine",
            "⟦April Jones⟧ came at nine",
            "I met ⟦Julia⟧ in the canteen",
            "Frau ⟦Gauss⟧ wohnt im dritten Stock",
            "Bonjour ⟦Claude⟧, à demain",
            "⟦Mercedes Lopez⟧ ordered two of them",
            "Best regards, ⟦Jasmine⟧",
            "Contact: ⟦Travis Baker⟧, 555 2931",
            "⟦Jenkins⟧ phoned, he is late",
            "⟦Lora⟧ baked a cake for Karla.",
            "Lora baked a cake for ⟦Karla⟧.",
            "a speech about ⟦Emma⟧ by Friday",
            "⟦Alice Black⟧ paid in cash",
            "my colleague ⟦Cassandra⟧ takes over",
            "⟦Ruby⟧ told me about her divorce",
            "⟦Martin Kaplan⟧ and his son",
            "{\"name\": \"⟦Anna Keller⟧\"}",
            "customer_name: \"⟦Victor Hugo Reyes⟧\"",
            "Meier;⟦Anna⟧;Berlin;",
            "the book ⟦Emma⟧ wrote about us",
            "let ⟦Anna⟧ know about it",
            "⟦McDonald⟧ signed it",
            "⟦DeShawn⟧ signed it",
            "report from ⟦john doe⟧ about the fire",
            "see you tomorrow.⟦Anna⟧",
            "⟦Anna⟧.she called twice",
            "⟦Anna⟧(mother) called",
            "let ⟦Anna⟧ know (she asked)",
            "go to ⟦Anna⟧ first",
            "if ⟦Anna⟧ calls,",
            "owner = ⟦Anna⟧;",
            "return ⟦Anna⟧.",
            "OWNER=⟦Anna⟧",
            "author={⟦Lena⟧ and Carlos Ortega},",
            "PID|1||K5018||⟦Moreno^Rafael⟧||1992|F",
            "⟦李明⟧ 打电话来了",
        ],
    );
}

#[test]
fn places_against_zones_regions_and_words() {
    check(
        LOCATION,
        None,
        &[
            "'Asia/⟦Tokyo⟧'",
            "--local-timezone=⟦America⟧/New_York",
            "timezone: America/⟦New_York⟧",
            "region_name='⟦us⟧-east-1'",
            "location=\"⟦us-central1⟧\"",
            "the ⟦Manhattan⟧ Project",
            "any model from ⟦OpenAI⟧ or others",
            "from ⟦litellm⟧ import ChatCompletion",
            "⟦Español⟧ | Deutsch",
            "conn.execute(\"⟦PRAGMA⟧ journal\")",
            "⟦where⟧ it is stored",
            "⟦IANA⟧ time zone",
        ],
    );
    check(
        LOCATION,
        Some(LOCATION),
        &[
            "She moved to ⟦Tokyo⟧ last year",
            "I live in ⟦berlin⟧",
            "born in ⟦Geneva⟧",
            "a trip to ⟦New York⟧ and back",
            "flights to ⟦Monaco⟧",
            "the weather in ⟦Paris⟧?",
            "{\"city\": \"⟦Lyon⟧\"}",
            "in ⟦Georgia⟧ near Tbilisi",
            "我住在⟦上海⟧",
            "nach ⟦München⟧ gezogen",
        ],
    );
}

#[test]
fn an_address_needs_a_number_or_a_street() {
    check(
        STREET_ADDRESS,
        None,
        &[
            "navigate ⟦to⟧ your project",
            "files ⟦and⟧ folders",
            "you can ⟦find⟧ it",
            "⟦look⟧ at it",
            "it is ⟦in⟧ the folder",
            "the file is ⟦where⟧ you define tasks",
            "This ⟦informs⟧ you",
            "⟦Locate⟧ the relevant code",
            "find it ⟦on⟧ the Hub",
            "wo ⟦ist⟧ die Datei",
            "où ⟦est⟧ le fichier",
            "⟦Here⟧ are the options",
        ],
    );
    check(
        STREET_ADDRESS,
        Some(STREET_ADDRESS),
        &[
            "ship it to ⟦12 Elm Street⟧",
            "⟦Lindenstraße⟧ in Köln",
            "wohnt in der ⟦Hauptstr. 5⟧",
            "⟦rue de la Paix⟧",
            "⟦Calle Mayor⟧",
            "⟦Via Garibaldi 3⟧",
            "⟦Keizersgracht⟧ Amsterdam",
            "⟦ul. Długa 7⟧",
            "⟦ул. Ленина⟧",
            "⟦朝阳区建国路88号⟧",
            "⟦elm grove⟧",
            "⟦Storgatan 4⟧",
        ],
    );
    check(
        STREET_ADDRESS,
        Some(LOCATION),
        &["⟦Anchor Point, Taghazout⟧", "the pub near ⟦Kreuzberg⟧"],
    );
}

#[test]
fn an_email_address_needs_an_at() {
    check(
        EMAIL_ADDRESS,
        None,
        &[
            "you can ⟦modify⟧ it",
            "⟦change⟧ the logic",
            "getattr(⟦self⟧._llm, name)",
            "one of the women ⟦in⟧ physics",
            "see [modal.⟦com⟧](https://modal.example)",
            "our ⟦courses⟧ at [learn](https://learn.example)",
            "args=['-y', 'web-⟦mcp⟧@0.2.1']",
            "⟦@staticmethod⟧",
            "look ⟦at example.com⟧ for more",
            "⟦Gmail⟧",
            "DO NOT ⟦MODIFY⟧ THE CODE",
            "npm i ⟦@scope/pkg⟧",
        ],
    );
    check(
        EMAIL_ADDRESS,
        Some(EMAIL_ADDRESS),
        &[
            "write to ⟦anna@example.org⟧",
            "⟦anna at example dot org⟧",
            "⟦anna.berg (at) example.org⟧",
            "⟦anna[at]example[dot]org⟧",
            "mailto:⟦anna%40example.org⟧",
            "⟦anna&#64;example.org⟧",
            "⟦anna\\u0040example.org⟧",
            "⟦anna punkt berg at example punkt de⟧",
            "⟦anna arroba ejemplo punto es⟧",
            "⟦jberg⟧@mail.example.org",
            "jberg@⟦mail.example.org⟧",
            "⟦anna＠example.org⟧",
        ],
    );
}

#[test]
fn usernames_stand_where_usernames_stand() {
    check(
        USERNAME,
        None,
        &[
            "    ⟦@staticmethod⟧\n    def a(b):",
            "    @⟦abstractmethod⟧\n    async def a(b):",
            "npm install ⟦@scope⟧/pkg",
            "import x from '@⟦scope⟧/pkg'",
            "from ⟦crewai⟧.flow import Flow",
            "\"⟦crewai⟧.events.types\"",
            "pip install '⟦crewai⟧[tools]'",
            "@⟦media⟧ (max-width: 600px) {",
            " * @⟦param⟧ name of it",
            "gecko@⟦003⟧",
            "@⟦app⟧.route('/x')",
            "@inproceedings{⟦yang2024agent⟧,",
            "- `username`: ⟦Oxylabs⟧ username.",
            "startswith(\"⟦@staticmethod⟧\\n\")",
            "the ⟦user⟧ is asked",
            "init(**⟦kwargs⟧)",
        ],
    );
    check(
        USERNAME,
        Some(USERNAME),
        &[
            "username: ⟦jdoe42⟧",
            "login = \"⟦mberg⟧\"",
            "thanks to [⟦@mberg⟧](https://example.org/mberg)",
            "fixed by ⟦@mberg⟧ yesterday",
            "ping @⟦mberg⟧ about it",
            "/home/⟦mberg⟧/notes.txt",
            "C:\\Users\\⟦mberg⟧\\Desktop",
            "my Instagram is ⟦mari.berg⟧",
            "Benutzername: ⟦mberg⟧",
            "usuario: ⟦mberg⟧",
            "用户名：⟦mberg⟧",
            "user ⟦mberg⟧ logged in",
            "ssh ⟦mberg⟧@host",
            "message ⟦mberg_92⟧ please",
            "please reset ⟦mberg⟧'s password",
            "⟦jdoe⟧ is locked out again",
            "⟦mberg⟧ logged in from Oslo",
            "HDR|0001|⟦mberg⟧|EUR|7",
        ],
    );
}

#[test]
fn secrets_are_announced_or_random() {
    check(
        SECRET,
        None,
        &[
            "See ⟦the⟧ following links",
            "signing_key = ⟦self._⟧jwk_client.get()",
            "token: ⟦The⟧ bearer token to use",
            "token: ⟦SecretStr⟧ | None = None,",
            "JINA_API_⟦KEY⟧",
            "export ROTATION=\"⟦KEY1⟧:::KEY2\"",
            "validation ⟦with⟧ caching",
            "claim=⟦V1PersistentVolumeClaimVolumeSource⟧(",
            "'openhands.⟦integrations⟧.github'",
            "⟦redis://localhost⟧:6379/0",
            "api_key=\"⟦YOUR_API_KEY⟧\"",
            "\"iVBORw0KGgo⟦AAAANSUhEUgAAABQAAAAUCAYAAACNiR0NAAAKsGlDQ1⟧\"",
            "envs={'TOKEN': ⟦os⟧.getenv('TOKEN')}",
        ],
    );
    check(
        SECRET,
        Some(SECRET),
        &[
            "password: ⟦swordfish!⟧",
            "my password is ⟦hunter22⟧",
            "the wifi password is ⟦sunflower⟧",
            "Passwort: ⟦Sommerwiese⟧",
            "mot de passe : ⟦soleil-vert⟧",
            "contraseña: ⟦mariposa⟧",
            "PIN ⟦4821⟧",
            "secret=⟦correct-horse-battery⟧",
            "密码：⟦laohu2024⟧",
            "here it is: ⟦x9Kq27LmZp4T⟧",
            "token ⟦8f3b2c9d1e7a6054⟧",
            "the door code is ⟦7741B⟧",
            "the password for the router: ⟦bluebird⟧",
            "use ⟦bluebird⟧ as the password",
            "User(\"mberg\", \"⟦horse.velvet.quartz!⟧\")",
        ],
    );
}

#[test]
fn numbers_dates_and_ages_have_digits_or_words_of_their_kind() {
    check(
        IP_ADDRESS,
        None,
        &[
            "⟦the⟧ port",
            "http://⟦127⟧.0.0.1:8000",
            "⟦and⟧ this",
            "⟦to⟧ find",
            "port ⟦8080⟧",
            "⟦0.0.0.0⟧",
            "version ⟦1.2⟧",
            "⟦The⟧ host",
            "⟦::1⟧",
            "⟦localhost⟧",
        ],
    );
    check(
        IP_ADDRESS,
        Some(IP_ADDRESS),
        &[
            "from ⟦203.0.113.7⟧",
            "⟦203⟧.0.113.7",
            "⟦fe80::1ff:fe23⟧",
            "⟦192.168.x.x⟧",
            "⟦2001:db8::7⟧ is down",
            "host ⟦10.1.2⟧.3",
            "⟦198.51.100.23⟧:22",
            "⟦10.20.30.40⟧/24",
            "⟦203 dot 0 dot 113 dot 7⟧",
            "ping ⟦172.16.0.9⟧",
        ],
    );
    check(
        DATE_OF_BIRTH,
        None,
        &[
            "the ⟦1979⟧ interview",
            "26 million ⟦(2019⟧)",
            "the ⟦20th⟧ number",
            "⟦is⟧ currently",
            "in ⟦March⟧ we",
            "⟦about⟧ him",
            "since ⟦2001⟧",
            "version ⟦2024⟧",
            "⟦12⟧ of them",
            "on ⟦Monday⟧",
        ],
    );
    check(
        DATE_OF_BIRTH,
        Some(DATE_OF_BIRTH),
        &[
            "born in ⟦1979⟧",
            "⟦12.03.1985⟧",
            "geboren ⟦März 1985⟧",
            "née en ⟦1990⟧",
            "⟦March 3, 1990⟧",
            "⟦1990-03-03⟧",
            "DOB ⟦3/90⟧",
            "⟦1985年3月⟧",
            "nacida en ⟦1971⟧",
            "⟦3 mai 1968⟧",
        ],
    );
    check(
        AGE,
        None,
        &[
            "⟦about⟧ him",
            "⟦old⟧ man",
            "⟦the⟧ age",
            "⟦is⟧ he",
            "⟦age⟧ of it",
            "⟦young⟧",
            "⟦alt⟧",
            "⟦an⟧ old",
            "⟦adult⟧s",
            "⟦senior⟧",
        ],
    );
    check(
        AGE,
        Some(AGE),
        &[
            "⟦55⟧-year-old",
            "⟦forty-two⟧",
            "⟦34⟧ Jahre",
            "⟦dreißig⟧ Jahre",
            "⟦quarante⟧ ans",
            "⟦six months⟧ old",
            "aged ⟦7⟧",
            "⟦veinte⟧ años",
            "⟦trinta⟧ anos",
            "⟦sessanta⟧ anni",
        ],
    );
    check(
        PHONE_NUMBER,
        None,
        &[
            "⟦2024-01-15 10⟧:30:00",
            "⟦2024-01-15⟧",
            "⟦call⟧ me",
            "⟦1234⟧",
            "⟦the⟧ phone",
            "on ⟦2023/11/02⟧",
            "⟦port⟧",
            "⟦5⟧",
            "⟦ext⟧",
            "⟦2019.12.31⟧",
        ],
    );
}

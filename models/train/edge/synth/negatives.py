r"""Texts without personal data that look as if they had some.

`compose` returns a template with unlabelled slots only. A text is a fixed piece, a pattern whose blanks are drawn from
word lists, or several of them one after another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

# --- words that fill the patterns -----------------------------------------------------------------------------------

_LISTS = {
    "Noun": (
        "Agreement|Notice|Schedule|Service|Account|Session|Policy|Request|Payment|Report|Window|Profile|"
        "Release|Template|Dashboard|Queue|Index|Cluster|Budget|Contract|Warranty|Summary|Checklist|"
        "Overview|Roadmap|Backlog|Gateway|Handler|Manager|Factory"
    ),
    "noun": (
        "agreement|session|queue|parser|cluster|budget|index|buffer|matrix|vector|socket|token|kernel|"
        "thread|lambda|schema|pipeline|invoice|battery|bridge|garden|engine|window|lantern|river|valve|"
        "theorem|essay|poem|recipe"
    ),
    "Party": (
        "Borrower|Lender|Tenant|Landlord|Licensee|Licensor|Seller|Buyer|Contractor|Customer|Company|"
        "Employee|Guarantor|Agent|Trustee|Recipient|Disclosing"
        " Party|Receiving Party|Service Provider|Subscriber|Data Controller|Processor|Insured|Grantor"
    ),
    "Term": (
        "Effective Date|Closing Date|Schedule A|Exhibit B|Confidential Information|Intellectual Property Rights|Force"
        " Majeure Event|Purchase Price|Business Day|Governing Law|Notice Address|Affiliate|Change of Control|Net"
        " Revenue|Work Product|Personal Data|Term Sheet|Initial Term|Permitted Use|Material Adverse Effect|Loan"
        " Documents|Annex II"
    ),
    "Verb": (
        "Open|Close|Save|Export|Import|Rename|Delete|Merge|Deploy|Restore|Archive|Preview|Share|"
        "Duplicate|Reset|Verify|Publish"
    ),
    "verb": (
        "open|close|parse|merge|sort|rotate|compile|flush|validate|render|encode|schedule|retry|cache|"
        "hash|stream|trim|format"
    ),
    "Adj": (
        "Silver|Broken|Golden|Quiet|Hidden|Electric|Northern|Lonely|Crimson|Wild|Paper|Midnight|Velvet|"
        "Frozen|Distant|Hollow"
    ),
    "Thing": (
        "River|Harbor|Mirror|Highway|Garden|Thunder|Machine|Lantern|Shadow|Horizon|Summer|Clockwork|"
        "Ocean|Signal|Orchard|Ember"
    ),
    "Class": (
        "OrderRepository|UserSerializer|NameParser|EmailBackend|AbstractFactoryBean|"
        "CustomerAddressMapper|PhoneField|PersonViewSet|ArcMutexGuard|HttpClientBuilder|"
        "PasswordResetView|LocationService|TokenStream|StringBuilder|AddressBook|CardValidator|BTreeMap|"
        "RefCell|ModelAdmin|PatientDto|SecretManager|CityIndex|JackRabbit|SparkContext|Jupyter|"
        "MavenProject|AgeFilter"
    ),
    "func": (
        "get_user_name|parse_email|is_valid_phone|find_city_by_id|hash_password|load_config|"
        "to_snake_case|merge_addresses|validateIban|formatName|maskCard|rotateSecret|fetchLocation|"
        "normalize_age|compute_loss|build_index|tokenize|flush_queue|firstName|lastName"
    ),
    "pkg": (
        "numpy|pandas|serde|tokio|react|lodash|flask|django|celery|express|webpack|pydantic|redis|mocha|"
        "jest|rails|sinatra|gson|mockito|jackson-core|carol|ruby-openai|pillow|scrapy|beautifulsoup4|"
        "phonenumbers|faker|email-validator|alpine|clap|hyper"
    ),
    "scope": "@types|@babel|@angular|@nestjs|@vitejs|@aws-sdk|@storybook|@app",
    "Model": (
        "gpt-5.4-mini|llama-3.1-8b|claude-sonnet-4|mistral-small-24b|qwen2.5-72b-instruct|"
        "gemini-2.5-flash|phi-4|deepseek-r1-distill|bge-m3|all-MiniLM-L6-v2|whisper-large-v3|"
        "mixtral-8x7b|gemma-3-27b-it|o4-mini|{model_name}|{model_name}"
    ),
    "Language": (
        "Python|Rust|Java|Go|Kotlin|Swift|Ruby|Julia|Haskell|Scala|Perl|TypeScript|Elixir|OCaml|Ada|Pascal|Dart|Zig"
    ),
    "Species": (
        "Quercus robur|Felis catus|Escherichia coli|Homo sapiens|Rosa canina|Passer domesticus|Drosophila"
        " melanogaster|Canis lupus|Salix alba|Apis mellifera|Panthera leo|Arabidopsis thaliana|Turdus merula|Amanita"
        " muscaria|Betula pendula"
    ),
    "Chem": (
        "NaCl|H2SO4|C6H12O6|CaCO3|CH3COOH|KMnO4|NH4NO3|Fe2O3|C8H10N4O2|2-methylpropan-1-ol|sodium bicarbonate|ethyl"
        " acetate|1,4-dioxane|acetylsalicylic acid|titanium dioxide|N,N-dimethylformamide"
    ),
    "drug": "ibuprofen|metformin|amoxicillin|atorvastatin|lisinopril|omeprazole|paracetamol|sertraline",
    "Theorem": (
        "Bayes' theorem|Dijkstra's algorithm|the Fourier transform|a Gaussian kernel|the Fibonacci sequence|a Markov"
        " chain|Euler's identity|the Laplace transform|a Turing machine|Boolean algebra|a Bernoulli trial|the"
        " Pythagorean theorem|a Hilbert space|Newton's method"
    ),
    "Std": (
        "ISO 8601|RFC 7231|RFC 5322, section 3.4.1|ISO/IEC 27001:2022|IEEE 802.11ax|DIN 5008|EN 50128|ANSI X9.8|PCI DSS"
        " 4.0|ISO 13616|ITU-T E.164|FIPS 140-3|ECMA-262|ISO 3166-1 alpha-2|NIST SP 800-63B|HL7 FHIR R4|GDPR Art."
        " 17|ASTM D4169|RFC 2616"
    ),
    "mask": (
        "[REDACTED]|<PERSON_1>|[EMAIL_ADDRESS_2]|<PHONE_NUMBER>|[PERSON_3]|***|XXXX-XXXX-XXXX-1234|"
        "****1234|xxx-xx-xxxx|[NAME]|[LOCATION_1]|<redacted>|██████|[CREDIT_CARD_1]|<EMAIL_1>|[ADDRESS]|"
        "(name"
        " withheld)|[IP_ADDRESS_4]|<IBAN_CODE_1>|[GOV_ID_2]|*****|#####"
    ),
    "hole": (
        "YOUR_API_KEY|<password>|<your-name>|YOUR_TOKEN_HERE|$DB_PASSWORD|${SMTP_USER}|<API_KEY>|"
        "xxxxxxxx|changeme|<username>|INSERT_NAME_HERE|your_email_here|example@...|<first"
        " name>|[Your Name]|[Company Name]|[Date]|<city>, <state>|{{ user.name }}|%(email)s|{{ customerName }}|<insert"
        " address>|REPLACE_ME|sk-...|<phone>|[Recipient's Name]|[Street"
        " Address]|$USER|%USERNAME%|{FIRST_NAME}|:email|@name|?"
    ),
    "field": (
        "email|name|first_name|phone|address|password|ssn|age|city|iban|username|dob|card_number|ip|passport_no|country"
    ),
    "Field": (
        "Email|Full Name|First Name|Phone Number|Street Address|Password|Date of Birth|Age|City|IBAN|Username|Card"
        " Number|Country"
    ),
    "unit": "kg|mm|GHz|mAh|dB|W|V|Hz|kB|lb|°C|rpm|mL|px|kPa",
    "Role": (
        "the customer|the user|the patient|our manager|the applicant|a colleague|the intern|the landlord|the reader|an"
        " engineer"
    ),
    "topic": (
        "recursion|photosynthesis|garbage collection|compound interest|time zones|regular expressions|database"
        " indexes|black holes|bread baking|binary search|passive voice|plate tectonics|unit tests|ownership and"
        " borrowing|the water cycle|CSS grid"
    ),
    "Piece": "e4|Nf3|Bb5|O-O|Qxd5+|Rfe1|c5|Kh1|dxc4|Bg7|a6|Nbd7|Rd8|h3|Qe2#",
    "team": "Home|Away|Red|Blue|North stand|Group B|Seed 3|Bye",
    "lvl": "INFO|WARN|ERROR|DEBUG|TRACE|FATAL",
}
WORDS: dict[str, list[str]] = {name: words.split("|") for name, words in _LISTS.items()}

_BLANK = re.compile(r"<<(\w+)>>")


def hexa(rng: Random, length: int) -> str:
    """Random hexadecimal digits."""
    return "".join(rng.choice("0123456789abcdef") for _ in range(length))


def digits(rng: Random, length: int) -> str:
    """Random decimal digits."""
    return "".join(rng.choice("0123456789") for _ in range(length))


def filled(rng: Random, pattern: str) -> str:
    """A pattern with its blanks `<<word list>>` drawn; `<<h8>>` is hexadecimal, `<<d4>>` decimal digits."""

    def draw(match: re.Match[str]) -> str:
        name = match[1]
        if name in WORDS:
            return rng.choice(WORDS[name])
        return (hexa if name[0] == "h" else digits)(rng, int(name[1:]))

    return _BLANK.sub(draw, pattern)


# --- patterns by subject --------------------------------------------------------------------------------------------

PATTERNS: dict[str, list[str]] = {
    "code": [
        "def <<func>>(self, value):\n    return value.<<verb>>()",
        "class <<Class>>(BaseModel):\n    <<field>>: str\n    <<field>>_hash: str | None = None",
        "impl <<Class>> {\n    pub fn <<func>>(&self) -> Option<String> { None }\n}",
        "public class <<Class>> extends Abstract<<Class>> {\n    private String <<field>>;\n}",
        "const { <<field>>, id } = await <<func>>(req.body);",
        "import { <<Class>> } from '<<scope>>/<<pkg>>';",
        "from <<pkg>> import <<Class>>",
        "use <<pkg>>::<<noun>>::<<Class>>;",
        'if (!<<field>>.matches(PATTERN)) throw new <<Class>>Exception("invalid <<field>>");',
        '@app.get("/users/:id")\nasync def <<func>>(id: int): ...',
        "SELECT <<field>>, <<field>> FROM <<noun>>s WHERE <<field>> IS NOT NULL LIMIT {number};",
        "ALTER TABLE <<noun>> ADD COLUMN <<field>>_verified boolean DEFAULT false;",
        "func (s *<<Class>>) <<Verb>>(ctx context.Context) error { return nil }",
        'fn main() {\n    println!("Hello, world!");\n}',
        "for i in range(<<d2>>):\n    x[i] = <<func>>(i)  # O(n)",
        "let re = /^[A-Z][a-z]+ [A-Z][a-z]+$/;",
        "EMAIL_RE = r'^[^@\\s]+@[^@\\s]+\\.[a-z]+$'",
        "^\\+?[0-9 ()-]+$",
        "(?i)\\b(mr|mrs|dr)\\.?\\s+[a-z]+",
        "\\b\\d\\d\\d-\\d\\d-\\d\\d\\d\\d\\b",
        'val <<noun>> = <<Class>>("{version}")',
        "switch (type) {\n  case 'PERSON': return red;\n  case 'EMAIL_ADDRESS': return blue;\n}",
        "#define MAX_<<noun>> <<d4>>\nstatic int <<noun>>_count;",
        "struct Person { char name[64]; int age; };",
        "type User = { name: string; email?: string; age: number };",
        "enum Entity { Person, Location, Organization }",
        'assert_eq!(<<func>>(""), None);',
        "test_<<func>>_rejects_empty_<<field>>",
        "it('<<verb>>s the <<noun>> when <<field>> is missing', () => { });",
        'describe("<<Class>>", function () { })',
        "TestUser<<Class>>::test_<<verb>>_<<noun>> PASSED [ <<d2>>%]",
        '<div className="user-name">{ user.name }</div>',
        ".<<noun>>-name > li:hover { color: #<<h6>>; margin: 0 <<d1>>px; }",
        "@media (max-width: <<d3>>px) { .address, .phone { display: none; } }",
        "body { font-family: Georgia, Helvetica, Arial, sans-serif; }",
        ":root { --<<noun>>: #<<h6>>; --gap: <<d1>>rem }",
        'println!("{:?}", <<func>>(&<<noun>>));',
        "<<func>> :: Maybe String -> Either Error Int",
        "(defun <<verb>>-<<noun>> (x) (car (cdr x)))",
        "df.groupby('city')['age'].mean().sort_values()",
        "np.array([[<<d1>>.<<d2>>, -<<d1>>.<<d3>>], [0.0, 1e-<<d1>>]])",
        "torch.nn.Linear(<<d3>>, <<d2>>)",
        "return jsonify(error='<<field>> required'), 400",
        "git checkout -b fix/<<noun>>-<<verb>>",
        "git rebase --onto main <<h7>>",
        "docker run --rm -p {port}:{port} <<pkg>>:{version}",
        "kubectl get pods -n <<noun>> -o wide",
        "pip install <<pkg>>=={version} <<pkg>>>=<<d1>>.<<d1>>",
        "npm i <<scope>>/<<pkg>>@{version} --save-dev",
        "cargo add <<pkg>> --features derive",
        "chmod 600 {path} && tail -n <<d2>> {filename}",
        "export <<noun>>_HOME=/opt/<<pkg>>",
        "ssh -i <key> user@host",
        "git clone git@host:group/<<pkg>>.git",
        '<uses-permission android:name="android.permission.READ_CONTACTS"/>',
        '<string name="<<field>>_hint">Enter your <<field>></string>',
        '<bean id="<<noun>>" class="<<Class>>"/>',
        '#include <string>\n#include "<<noun>>.h"',
        "mov eax, 0x<<h8>>\njmp <<noun>>_end",
        'while read -r name; do echo "$name"; done < names.txt',
        "awk -F, '{ print $2 }' {filename} | sort -u",
        "{code_ident} = {code_ident}({number}, '{color}')",
        'raise <<Class>>Error(f"no <<field>>")',
    ],
    "logs": [
        "{datetime} <<lvl>> <<Class>> - request {uuid} done in {duration}",
        "[{time}] <<lvl>>: job <<d6>> exited with code <<d1>>",
        "{datetime} [worker-<<d2>>] cache hit key=<<h32>>",
        'ts=<<d10>>.<<d3>> level=warn msg="<<noun>> full" used={percent}',
        "<<lvl>> trace_id=<<h32>> span_id=<<h16>> user_id=<<d6>> name=<<func>>",
        "E<<d4>> {time} <<noun>>.go:<<d3>>] failed to <<verb>> <<noun>>: {error_code}",
        "    at <<Class>>.<<func>>(<<Class>>.java:<<d3>>)",
        '  File "{path}", line <<d3>>, in <<func>>',
        'Exception in thread "main" java.lang.NullPointerException',
        "error[E0<<d3>>]: cannot borrow `<<noun>>` as mutable",
        "warning: unused variable: `<<field>>`",
        "npm ERR! code ERESOLVE\nnpm ERR! could not resolve <<pkg>>@{version}",
        "fatal: not a git repository (or any of the parent directories): .git",
        "TypeError: '<<Class>>' object is not subscriptable",
        "ERROR <<d4>> (<<d5>>): duplicate column name '<<field>>'",
        "pid <<d5>> killed (signal 9), rss <<d6>> kB",
        "GET /api/v<<d1>>/users/<<d6>> 200 <<d3>>ms",
        "PUT /orders/{order_id} 409 {duration}",
        "gc: pause <<d1>>.<<d2>>ms heap <<d3>>M -> <<d2>>M",
        "build #<<d4>> <<h7>> FAILED after {duration}",
        "step <<d3>>/<<d4>> loss=<<d1>>.<<d4>> lr=<<d1>>e-<<d1>> grad_norm=<<d1>>.<<d2>>",
        "eval: model=<<Model>> acc={percent} f1=0.<<d4>> n=<<d5>>",
        "0x<<h12>> <<func>>+0x<<h2>>",
        "kernel: [<<d5>>.<<d6>>] usb <<d1>>-<<d1>>: reset high-speed USB device",
        "sha256:<<h64>>",
        "user_count=<<d4>> email_queue=<<d2>> phone_failures=0",
        "Segfault at address 0x<<h8>> ip <<h16>> sp <<h16>> error <<d1>>",
        "systemd[1]: Started <<Noun>> <<Noun>>.",
        "rate limited: bucket=<<noun>> remaining=0 reset=<<d10>>",
        "field <<field>>: [REDACTED] (policy <<noun>>)",
        "batch {phone_like} accepted, ref {card_like}",
        "login failed: unknown user (code {error_code})",
        "mail queue empty",
        "{datetime} model <<Model>> tokens in=<<d4>> out=<<d3>> cost={price}",
    ],
    "dumps": [
        "000000<<h2>>: <<h4>> <<h4>> <<h4>> <<h4>> <<h4>> <<h4>>  ..a.R.~.",
        "<<h2>> <<h2>> <<h2>> <<h2>> <<h2>> <<h2>> <<h2>> <<h2>>",
        "<<h8>>-<<h4>>-4<<h3>>-a<<h3>>-<<h12>>",
        "<<h40>>  {filename}",
        "md5 <<h32>>",
        'etag: W/"<<h10>>"',
        "0b1011<<d1>> 0o7<<d2>> 0x<<h4>>",
        "crc32=<<h8>> len=<<d5>>",
        "{hash}\n{hash}",
        "chunk <<d2>>: offset <<d6>> size <<d5>> crc <<h8>>",
        "mac=<<h2>>:<<h2>>:<<h2>>:<<h2>>:<<h2>>:<<h2>>",
        "pk=<<h16>> sk=[REDACTED]",
        "AAAAB3NzaC1 (truncated)",
    ],
    "versions": [
        "{version} - {date}\n- Fixed <<noun>> <<verb>> bug ({ticket_id})\n- Added <<Class>>",
        "## [{version}]\n### Changed\n- <<Verb>> <<Noun>> no longer needs <<field>>\n### Removed\n- <<func>>",
        "<<pkg>> {version} -> {version}",
        "<<pkg>>=={version}\n<<pkg>>=={version}\n<<pkg>>~=<<d1>>.<<d2>>",
        '"<<pkg>>": "^{version}",\n"<<scope>>/<<pkg>>": "~{version}"',
        '<<pkg>> = { version = "{version}", features = ["derive"] }',
        "Firmware 10.<<d1>>.<<d5>>.<<d4>> required",
        "Windows 11 23H2 build 22631.<<d4>>",
        "driver <<d3>>.<<d2>>.<<d2>>, CUDA 12.<<d1>>",
        "assembly version <<d1>>.<<d1>>.<<d4>>.<<d1>>",
        "go 1.<<d2>>\n\nrequire <<pkg>>/v2 v{version}",
        "OpenSSL 3.<<d1>>.<<d1>> / LibreSSL 2.<<d1>>",
        "Breaking: <<func>> now returns <<Class>>",
        "chore(deps): bump <<pkg>> from {version} to {version}",
        "ii  lib<<pkg>><<d1>>  {version}-1ubuntu<<d1>>  amd64",
        "Section 4.3.2.1 replaces section 4.3.1.7",
        "SNMP OID 1.3.6.1.4.1.<<d4>>.<<d1>>.<<d1>>",
        "Release notes: <<Language>> <<d1>>.<<d2>> and <<Language>> {version}",
    ],
    "maths": [
        "Let f(x) = <<d1>>x^2 - <<d2>>x + <<d1>>. Find the minimum.",
        "\\int_0^1 x^<<d1>> \\, dx = \\frac{1+n}{2+n}",
        "\\sum_{i=1}^{N} \\alpha_i X_i \\le <<d2>>",
        "Prove <<Theorem>> by induction.",
        "Explain <<Theorem>> with an example.",
        "P(A|B) = P(B|A) P(A) / P(B)",
        "mean <<d2>>.<<d2>>, sd <<d1>>.<<d2>>, n = <<d3>>, p < 0.0<<d1>>",
        "t(<<d2>>) = <<d1>>.<<d2>>, 95% CI [<<d1>>.<<d2>>, <<d2>>.<<d2>>]",
        "c = 299792458 m/s, h = 6.62607015e-34 J s",
        "k_B = 1.380649e-23 J/K; N_A = 6.02214076e23",
        "x = (<<d1>>.<<d3>>, -<<d2>>.<<d3>>), y = (<<d2>>.<<d1>>, <<d1>>.<<d4>>)",
        "| <<d2>> | <<d3>> | <<d1>>.<<d2>> |\n| <<d2>> | <<d3>> | <<d1>>.<<d2>> |",
        "<<d3>>\t<<d4>>\t<<d2>>.<<d1>>\n<<d3>>\t<<d4>>\t<<d2>>.<<d1>>",
        "12, 15, 19, <<d2>>, <<d2>>, <<d3>>: what comes next?",
        "A train leaves at {time} at <<d2>> km/h. When does it arrive after <<d3>> km?",
        "\\textbf{Theorem 2.<<d1>>}. Every compact set is closed.",
        "\\nabla \\cdot \\mathbf{E} = \\rho / \\epsilon_0",
        "det(A - \\lambda I) = 0, \\lambda_1 = <<d1>>",
        "GCD(<<d3>>, <<d2>>) = <<d1>>",
        "The ratio of <<d2>> to <<d2>> is {percent}.",
        "pi = 3.14159265358979, e = 2.718281828459045",
        "sum of {number} and {number}",
        "(<<d2>> + <<d1>>) * <<d2>> / <<d1>> - <<d3>> = ?",
        "O(n log n) average, O(n^2) worst",
        "plot([<<d1>>, <<d2>>], [<<d2>>, <<d1>>], xlim=(0, <<d2>>))",
        "Bernoulli(0.<<d1>>) vs. Poisson(<<d1>>)",
    ],
    "science": [
        "<<Species>> and <<Species>> share {percent} of the sampled loci.",
        "Specimens of <<Species>> (n = <<d2>>) were weighed.",
        "Dissolve <<d2>> g of <<Chem>> in <<d3>> mL water, add <<Chem>>.",
        "2 <<Chem>> + <<Chem>> -> products, dH = -<<d3>> kJ/mol",
        "CAS 50-<<d2>>-<<d1>>; MW 1<<d2>>.<<d2>> g/mol",
        "Take <<drug>> <<d2>>0 mg twice daily with food.",
        "Contraindications of <<drug>> and <<drug>>",
        "Gene BRCA1, exon <<d2>>, c.<<d4>>A>G (p.Val<<d3>>Ala)",
        "HbA1c 6.<<d1>>%, LDL 1<<d2>> mg/dL, reference 70-130",
        "Spectral peak at <<d3>>.<<d1>> nm, FWHM <<d1>>.<<d1>> nm",
        "The half-life is {duration}; <<d2>>% remains.",
        "Magnitude <<d1>>.<<d1>>, depth <<d2>> km, duration {duration}",
        "pH <<d1>>.<<d1>> at 25 °C",
        "ATGCGT<<d1>> primer, Tm <<d2>> °C",
        "Adults aged 18 to 65 were enrolled; children under 12 were excluded.",
        "The {animal} is older than the {animal} in most records.",
        "Blood type AB+, BMI 2<<d1>>.<<d1>>, BP 12<<d1>>/8<<d1>>",
    ],
    "standards": [
        "Dates follow <<Std>>.",
        "See <<Std>> and <<Std>> for details.",
        "Compliant with <<Std>>, <<Std>>.",
        "As required by <<Std>>, <<field>> must be masked.",
        "DOI 10.<<d4>>/j.<<noun>>.20<<d2>>.<<d2>>.<<d3>>",
        "ISBN 978-3-16-<<d6>>-0",
        "ISSN 2049-<<d4>>",
        "Art. <<d2>> Abs. <<d1>> Satz <<d1>> DSGVO",
        "45 CFR 164.<<d3>>",
        "Fig. <<d1>>, Table <<d1>>, Eq. (<<d2>>)",
        "CVE-202<<d1>>-<<d5>> (CVSS 9.<<d1>>)",
        "HS code 8471.30, NACE 62.01",
        "Clause <<d1>>.<<d1>>.<<d1>> of <<Std>>",
        "Error {error_code}, see KB<<d7>>",
        "Part no. <<d3>>-<<d4>>-<<d2>> Rev C",
        "{sku} replaces {sku}",
        "Lot <<d6>>, exp {date}",
        "VIN position 9 is the check digit",
    ],
    "models": [
        "<<Model>> vs <<Model>>: which is better at code?",
        "Use <<Model>> with temperature 0.<<d1>> and top_p 0.9.",
        "| <<Model>> | {percent} | <<d3>> ms |\n| <<Model>> | {percent} | <<d3>> ms |",
        "provider: <<noun>>\nmodel: <<Model>>\nmax_tokens: <<d4>>",
        "Finetune <<Model>> with LoRA rank <<d2>>, alpha <<d2>>.",
        '{"model": "<<Model>>", "stream": true, "n": 1}',
        "Route short prompts to <<Model>>, the rest to <<Model>>.",
        "Quantized <<Model>>-Q4_K_M.gguf needs <<d1>>.<<d1>> GB",
        "The entity types are PERSON, LOCATION, DATE_OF_BIRTH and EMAIL_ADDRESS.",
        "{product} with {number} <<unit>>, {color}, {price}",
        "{product} ({year}), <<d2>> <<unit>>, SKU {sku}",
        "Resistor <<d2>>k, capacitor <<d2>>0 uF, fuse <<d1>> A",
        "Size: M / {color} / {price} / in stock: {number}",
        "Ryzen 7 <<d4>>X, <<d2>> GB DDR5-5600, RTX <<d4>>",
        "Battery <<d4>> mAh, weight <<d3>> g, IP68",
        "SKU;QTY;PRICE\n{sku};{number};{price}\n{sku};{number};{price}",
        "Order {order_id}: <<d1>>x {product}, total {amount}",
        "Tracking {tracking}: out for delivery {weekday}",
        "Invoice {invoice} of {date} is overdue by <<d2>> days.",
        "Reference <<d4>> <<d4>> <<d4>>, batch {card_like}",
        "Serial {phone_like}, model {sku}",
        "Meter reading {phone_like} on {date}",
        "Ticket {ticket_id} moved to Done by automation.",
        "Account type: savings. Balance: {amount}. Holder: [REDACTED].",
        "Flight time {duration}, gate B<<d2>>, seat <<d2>>C, boarding {time}",
    ],
    "games": [
        "1. e4 c5 2. <<Piece>> d6 3. <<Piece>> <<Piece>> 4. <<Piece>> <<Piece>> 1/2-1/2",
        "White to move: <<Piece>> or <<Piece>>?",
        "Queen's Gambit Declined, 12 moves, eval +0.<<d2>>",
        "r1bqkbnr/pppp1ppp/2n5/4p3/4P3/5N2/PPPP1PPP/RNBQKB1R w KQkq - 2 3",
        "<<team>> <<d1>> - <<d1>> <<team>> (HT <<d1>>-0), att. <<d5>>",
        "Lv <<d2>> Paladin, HP <<d3>>/<<d3>>, STR <<d2>>, DEX <<d2>>",
        "KDA <<d2>>/<<d1>>/<<d2>>, GPM <<d3>>, MVP",
        "Season <<d1>>, Episode <<d2>>: The <<Adj>> <<Thing>>",
        "W-L <<d2>>-<<d2>>, PCT .<<d3>>, GB <<d1>>.5",
        "Achievement Unlocked: <<Adj>> <<Thing>>",
        "Quest: Bring the <<Adj>> <<Thing>> to the Elder (<<d1>>/5)",
        "Card: <<Adj>> <<Thing>> {number} mana, 3/4",
        "Dealer shows King, player has Ace and Jack.",
        "Roll 2d6+<<d1>> for Charisma",
    ],
    "titles": [
        "<<Adj>> <<Thing>>",
        "The <<Adj>> <<Thing>> of <<Thing>>",
        "<<Thing>> in the <<Thing>> (Remastered)",
        "How to <<Verb>> Your <<Noun>> in Five Steps",
        "Chapter <<d2>>: The <<Thing>>",
        "Why Every <<Noun>> Needs a <<Noun>>",
        "A <<Adj>> <<Thing>> / <<Adj>> <<Thing>> (Live)",
        "<<Noun>> <<Noun>> <<Noun>>",
        "Track <<d1>> - <<Adj>> <<Thing>> - {duration}",
        "Ten Rules for a Better <<Noun>>",
        "Getting Started with <<Language>>",
        "Understanding <<Language>> Lifetimes",
        "Table of Contents\n1 Introduction\n2 <<Noun>> <<Noun>>\n3 Related Work",
        "Abstract\nIntroduction\nMethods\nResults\nDiscussion",
        "Last Summer on the <<Thing>>",
        "Lesson <<d2>>: <<Noun>> and <<Noun>>",
        "Will the <<Thing>> Come Back in {month}?",
        "May, April and June Are <<Adj>>",
        "Spring Boot, Apache Spark, Amber Alert",
        "Frank Words, Rich Text, Bill of Materials",
        "Mark as Read, Grant Access, Will Call",
        "The Art of the <<Thing>>",
        "Part Two: <<Adj>> Days",
    ],
    "interface": [
        "File  Edit  View  Insert  Format  Tools  Help",
        "<<Verb>> | <<Verb>> | <<Verb>> as... | Print | Quit",
        "Are you sure you want to <<verb>> this <<noun>>? [Yes] [No]",
        "Settings > Privacy > <<Field>> Visibility",
        "<<Field>> *\n<<Field>> *\n<<Field>>\n[Submit] [Cancel]",
        "Enter your <<Field>>",
        "Please enter a valid <<field>>.",
        "The <<field>> field is required.",
        "Forgot Password? Sign In. Create Account.",
        "Sort by: Name, Date, Size",
        "Ctrl+<<d1>>  <<Verb>> <<Noun>>",
        "Welcome back! You have <<d1>> new messages.",
        "New <<Noun>>... <<Verb>> Selected, <<Verb>> All",
        "Step <<d1>> of 5: <<Field>> and <<Field>>",
        "Add to Cart - {price}",
        "Sign up with Email",
        "First Name / Last Name / Date of Birth / SSN",
        "Name: ____________  Date: ____________",
        "Name:\nAddress:\nPhone:",
        "Showing <<d1>>-<<d2>> of <<d3>> results",
        "Columns: <<field>>, <<field>>, <<field>>, created_at",
        "WARNING: HIGH VOLTAGE. DO NOT OPEN.",
        "CAUTION! HOT SURFACE",
        "DO NOT REMOVE THIS LABEL UNDER PENALTY OF LAW",
        "EMERGENCY EXIT ONLY - ALARM WILL SOUND",
        "NO REFUNDS AFTER {number} DAYS",
        'THIS SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND',
        "ALL SALES FINAL",
        "IMPORTANT: READ BEFORE USE",
        "Your session expires in {duration}.",
        "Password must be at least <<d2>> characters.",
        "Invalid username or password.",
        "Choose a username",
        "We never share your phone number.",
        "Unsubscribe at any time.",
    ],
    "legal": [
        "The <<Party>> shall pay the <<Party>> the <<Term>> no later than {number} days after the <<Term>>.",
        '"<<Term>>" has the meaning given in Section <<d1>>.<<d1>>.',
        "WHEREAS, the <<Party>> desires to engage the <<Party>>;",
        "Neither <<Party>> nor <<Party>> may assign this <<Noun>> without consent.",
        "In the event of a <<Term>>, the <<Party>> may terminate.",
        "NOW, THEREFORE, the parties agree as follows:",
        "The <<Party>> represents and warrants to the <<Party>> as of the <<Term>>:",
        'This <<Noun>> (the "<<Noun>>") is entered into between the <<Party>> and the <<Party>>.',
        "Subject to Article <<d2>>, the <<Party>>'s liability is capped at {amount}.",
        "IN WITNESS WHEREOF, the <<Party>> has executed this <<Noun>>.\n\nBy: ____________\nName:\nTitle:",
        "The <<Party>> waives all claims under <<Std>>.",
        "Schedule <<d1>> - Description of the <<Term>>",
        "Notices to the <<Party>> shall be sent to the <<Term>>.",
        "Der Auftragnehmer haftet nach den gesetzlichen Vorschriften.",
        "Der Mieter zahlt die Kaution an den Vermieter.",
        "Le Prestataire informe le Client par écrit.",
        "El Arrendador y el Arrendatario acuerdan lo siguiente:",
        "Any dispute between <<Party>> and <<Party>> goes to arbitration.",
        "Interest accrues at {percent} per annum from the <<Term>>.",
        "No <<Party>> shall process Personal Data of a data subject under 16 years of age.",
    ],
    "headers": [
        "Content-Type: application/json; charset=utf-8\nCache-Control: no-store\nX-Request-Id: {uuid}",
        'HTTP/1.1 304 Not Modified\nETag: "<<h16>>"',
        "Authorization: Bearer <<hole>>",
        "Accept-Language: de-CH,en;q=0.<<d1>>",
        "Strict-Transport-Security: max-age=<<d8>>; includeSubDomains",
        "Set-Cookie: session=[REDACTED]; Path=/; HttpOnly",
        "X-RateLimit-Remaining: <<d3>>\nRetry-After: <<d2>>",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/<<d3>>.0",
        'Content-Disposition: attachment; filename="{filename}"',
        "Via: 1.1 gateway\nAge: <<d4>>",
        "Age: <<d3>>\nDate: {datetime}",
        "LOG_LEVEL=info\nPORT={port}\nNODE_ENV=production",
        "MAX_TOKENS=<<d4>>\nMODEL=<<Model>>\nRETRIES=<<d1>>",
        "PATH=/usr/local/bin:/usr/bin\nLANG=en_US.UTF-8",
        "DEBUG=0\nWORKERS=<<d1>>\nTIMEOUT={duration}",
        "TZ=UTC\nCI=true\nGIT_SHA={hash}",
    ],
    "placeholders": [
        "API_KEY=<<hole>>",
        "password: <<hole>>",
        "Dear <<hole>>,",
        'name="<<hole>>" email="<<hole>>"',
        "curl -H 'Authorization: Bearer <<hole>>' $URL",
        "Contact: <<hole>>",
        '{"<<field>>": "<<mask>>", "<<field>>": "<<mask>>"}',
        "<<mask>> called <<mask>> about order {order_id}.",
        "Customer <<mask>>, born <<mask>>, lives in <<mask>>.",
        "Card: <<mask>>  Exp: **/**",
        "My name is <<mask>> and my <<field>> is <<mask>>.",
        "user=<<hole>> pass=<<hole>> host=$HOST",
        "SSN: xxx-xx-xxxx",
        "To: <<hole>>\nSubject: [Subject]",
        "Sincerely,\n<<hole>>",
        "<<field>>=<<hole>>",
        "Insert <<hole>> where it says <<hole>>.",
        "Patient <<mask>> seen on {date}.",
        "phone: (xxx) xxx-xxxx",
        "postgres://<user>:<password>@<host>/<db>",
        "Replace <<hole>> with your own <<field>>.",
        "<<mask>> <<mask>> <<mask>>",
        "git config user.email <<hole>>",
        'email: null, phone: null, name: ""',
        '{"name": "string", "email": "string", "age": 0}',
        "<<Field>>: n/a\n<<Field>>: unknown\n<<Field>>: <<mask>>",
        "<<Field>>: not provided",
        "Bitte <<mask>> unter <<mask>> anrufen.",
        "The value of <<mask>> was hidden by the gateway.",
    ],
    "food": [
        "Mix <<d3>> g flour, 2 eggs and <<d2>> g {food}. Bake {duration}.",
        "{food}: {price}\n{food}: {price}",
        "Preheat to 1<<d2>> °C. Chop the {food}.",
        "Serves <<d1>>. Per portion <<d3>> kcal.",
        "Add rosemary, basil, ginger and a bay leaf.",
        "Today's special: {food} with {food}, {price}",
        "Let the dough rest {duration}, then fold twice.",
        "1 cup sugar, 2 tbsp olive oil, a pinch of salt",
        "Sage butter, Caesar dressing, Earl Grey, Sloppy Joe",
        "{weekday}: {food}; {weekday}: {food}",
        "Line <<d1>>  {time}  {time}  {time}\nLine <<d2>>  {time}  {time}  {time}",
        "Dep {time} Arr {time} Platform <<d1>>",
        "{weekday} {time}-{time} Yoga\n{weekday} {time}-{time} Spin",
        "Open {time} to {time}, closed on {weekday}",
        "{month} {year}: {amount}, {percent}",
    ],
    "requests": [
        "Explain <<topic>> to a beginner.",
        "Write a short story about a {animal} and a {color} <<noun>>.",
        "How do I <<verb>> a <<noun>> in <<Language>>?",
        "What is the difference between <<Class>> and <<Class>>?",
        "Give me <<d1>> ideas for a blog post on <<topic>>.",
        'Translate "good morning" into {language}.',
        "Rewrite this in a friendlier tone.",
        "Why does my <<Language>> code print <<d2>> twice?",
        "Summarise the text in three bullets.",
        "You are a helpful expert in <<topic>>. Answer briefly.",
        "Write an email to <<Role>> asking for a deadline extension.",
        "Can you <<verb>> the <<noun>> without losing the <<noun>>?",
        "What's the capital letter rule for German nouns?",
        "Generate a regex that matches an <<field>>.",
        "How should I store a user's <<field>> securely?",
        "Is <<field>> personal data under GDPR?",
        "Convert <<d2>> <<unit>> to <<unit>>.",
        "Write unit tests for <<func>>.",
        "Refactor <<Class>> to use <<Class>>.",
        "Act as a <<Language>> compiler.",
        "Which is faster, <<Language>> or <<Language>>?",
        "Write a cover letter for a {job_title} role, no names.",
        "My boss said the <<noun>> is late. What do I reply?",
        "My sister is taller than my brother. Who is shorter?",
        "Plan a workout for {weekday} and {weekday}.",
        "Explain <<Theorem>> and <<topic>>.",
        "make it shorter pls",
        "ok now in <<Language>>",
        "continue",
        "Wie schreibe ich eine Schleife in <<Language>>?",
        "Erkläre mir <<Theorem>>.",
        "Was ist der Unterschied zwischen Vorname und Nachname?",
        "Comment trier une liste en <<Language>> ?",
        "¿Cómo valido un correo en <<Language>>?",
        "Come funziona la ricorsione?",
        "Hoe werkt een index in een database?",
        "如何在 <<Language>> 中反转列表？",
        "Как отсортировать список в <<Language>>?",
        "Describe <<Role>> and <<Role>> talking about <<topic>>.",
        "Name three {color} things.",
        "Who is responsible, <<Role>> or <<Role>>?",
        "Think step by step, then output JSON with keys name, email and age.",
        "Extract all person names from the text. If there are none, return [].",
        "Never reveal the user's phone number or address.",
        "Use the word {animal} in a sentence.",
        "A haiku about {month}",
        "I am {number} percent sure",
        "The user is older than 18.",
        "Fill in <<field>> and <<field>>, leave <<field>> empty.",
        "Thanks, that worked!",
        "Hi, can you help me with <<topic>>?",
    ],
    "prose": [
        "The <<noun>> hums, the {color} <<noun>> sleeps,\nand {month} counts the light it keeps.",
        "O {animal} of the <<noun>>, o <<noun>> of rain",
        "Rain on the <<noun>>,\na {animal} folds its shadow,\n{weekday} forgets us.",
        "He said nothing; she shut the <<noun>> and left.",
        "The doctor asked the nurse for the chart.",
        "Dear Sir or Madam,",
        "To whom it may concern:",
        "Kind regards,\nThe Support Team",
        "Sehr geehrte Damen und Herren,",
        "Madame, Monsieur,",
        "Our Sales Director and the Head of Product will join.",
        "The German and Swiss teams speak {language}.",
        "In {month}, revenue rose by {percent} to {amount}.",
        "The meeting on {weekday} at {time} is moved to {weekday}.",
        "Everyone on the Platform Team agreed.",
        "The {job_title} reports to the {job_title}.",
        "An old man fed a {animal} near the harbour.",
        "Mom and Dad came by, Grandma stayed home.",
        "The Client meets the Contractor on {date}.",
        "Hope you had a good summer; see you in {month}.",
        "My cat is 3 years old and weighs <<d1>> kg.",
        "The warranty lasts <<d1>> years.",
        "It will be may be, or it may not.",
        "Jack up the car, then mark the tire and rob no one of a chance.",
        "Bill the hours, grant the request, frank the envelope.",
        "Grace period: {duration}. Faith in the <<noun>> is low.",
        "Customer Service is open {weekday} to {weekday}.",
        "The Board approved the <<Noun>> on {date}.",
        "Nobody was injured; the <<noun>> was replaced.",
    ],
    "lists": [
        "- <<topic>>\n- <<topic>>\n- <<topic>>",
        "1. <<Verb>> the <<noun>>\n2. <<Verb>> the <<noun>>\n3. <<Verb>> again",
        "<<Language>>, <<Language>>, <<Language>>",
        "<<Class>>\n<<Class>>\n<<Class>>",
        "TODO: <<verb>> <<noun>>; DONE: <<verb>> <<noun>>",
        "{filename}\n{filename}\n{path}",
        "[ ] <<Verb>> <<noun>>\n[x] <<Verb>> <<noun>>",
        "{color} | {animal} | {food}",
        "closure, mutex, iterator, trait, monad, heap",
        "id,<<field>>_hash,score\n<<d4>>,<<h16>>,0.<<d2>>\n<<d4>>,<<h16>>,0.<<d2>>",
        "{ticket_id} {ticket_id} {ticket_id}",
        "{date}: {amount}\n{date}: {amount}",
        '{"id": "{uuid}", "version": "{version}", "ok": true}',
        '{"columns": ["<<field>>", "<<field>>"], "rows": {number}}',
        "user_id: {number}\nplan: pro\nlast_login: {datetime}",
        '<item sku="{sku}" price="{price}"/>',
        "order_id,status,total\n{order_id},paid,{amount}\n{order_id},open,{amount}",
        "name: <<pkg>>\nversion: {version}\ndescription: <<verb>>s a <<noun>>",
        "model,params,score\n<<Model>>,<<d2>>B,{percent}",
        "| Feature | Free | Pro |\n|---|---|---|\n| <<Noun>> | - | yes |\n| <<Noun>> <<Noun>> | {number} | {number} |",
        "name,type\n{product},{color}\n{product},{color}",
        "address: 0x<<h40>>",
        "address=0x<<h8>> size=<<d4>>",
        "phone_model: {product}\nname_length: <<d2>>",
        "title: <<Adj>> <<Thing>>\nduration: {duration}\nyear: {year}",
    ],
}

# Subjects whose pieces stand one under another in the same text.
STACKED = frozenset(
    {
        "code",
        "logs",
        "dumps",
        "versions",
        "placeholders",
        "lists",
        "headers",
        "interface",
        "models",
        "science",
        "maths",
        "legal",
        "games",
        "titles",
    }
)

TOPICS = sorted(PATTERNS)


def hex_dump(rng: Random) -> str:
    """Lines of bytes."""
    start = rng.randrange(0, 60000, 16)
    return "\n".join(
        "%08x  %s" % (start + 16 * n, " ".join(hexa(rng, 2) for _ in range(rng.choice([8, 16]))))
        for n in range(rng.randint(1, 3))
    )


def number_table(rng: Random) -> str:
    """Rows of numbers, with and without titles."""
    wide, separator = rng.randint(2, 5), rng.choice(["\t", ",", "  ", " | ", ";"])
    decimals = [rng.randint(0, 4) for _ in range(wide)]
    rows = [
        separator.join(
            "%.*f" % (d, rng.choice([1, 1, 1, -1]) * rng.random() * 10 ** rng.randint(0, 5)) for d in decimals
        )
        for _ in range(rng.randint(2, 5))
    ]
    heads = [
        "x",
        "y",
        "t",
        "step",
        "loss",
        "age_bucket",
        "lat_ms",
        "q",
        "sigma",
        "temp",
        "count",
        "mean",
        "p95",
        "idx",
        "score",
        "name_id",
    ]
    return "\n".join([separator.join(rng.sample(heads, wide))] * (rng.random() < 0.6) + rows)


def chess_game(rng: Random) -> str:
    """Moves of a game."""
    moves = WORDS["Piece"]
    return " ".join(
        "%d. %s %s" % (n, rng.choice(moves), rng.choice(moves)) for n in range(1, rng.randint(4, 12))
    ) + rng.choice(["", " 1-0", " 0-1", " *"])


def package_list(rng: Random) -> str:
    """Packages and versions."""
    form = rng.choice(
        [
            "%s==%s",
            "%s %s",
            "- %s@%s",
            "├── %s@%s",
            "%s (%s)",
            "   Compiling %s v%s",
            '"%s": "%s",',
            "%s>=%s,<9",
            "Get:1 %s %s [412 kB]",
        ]
    )
    return "\n".join(
        form % (rng.choice(WORDS["pkg"]), "%d.%d.%d" % (rng.randint(0, 30), rng.randint(0, 40), rng.randint(0, 20)))
        for _ in range(rng.randint(2, 6))
    )


def test_run(rng: Random) -> str:
    """Names of tests and how they went."""
    form = rng.choice(
        ["tests/test_%s.py::test_%s %s", "test %s::%s ... %s", "  ✓ %s %s (%s)", "--- %s/%s: %s", "[ RUN ] %s.%s %s"]
    )
    how = rng.choice([["PASSED", "FAILED", "SKIPPED"], ["ok", "ignored"], ["12 ms", "3 ms"]])
    return "\n".join(
        form % (rng.choice(WORDS["noun"]), rng.choice(WORDS["func"]), rng.choice(how)) for _ in range(rng.randint(2, 5))
    )


def conversation(rng: Random) -> str:
    """A request and an answer of a model about no one."""
    ask, answer = rng.choice(PATTERNS["requests"]), rng.choice(
        PATTERNS[rng.choice(["code", "prose", "lists", "maths", "science"])]
    )
    form = rng.choice(
        [
            "User: %s\nAI: %s",
            "Q: %s\nA: %s",
            "Human: %s\n\nBot: %s",
            "<user>%s</user>\n<reply>%s</reply>",
            '[{"role": "user", "content": "%s"}, {"role": "system", "content": "%s"}]',
            "%s\n\n%s",
        ]
    )
    before, between, after = form.split("%s")
    return filled(rng, before + ask + between + answer + after)


def with_request(rng: Random) -> str:
    """A request about a pasted text."""
    lead = rng.choice(
        [
            "Explain this code:",
            "What is wrong here?",
            "Fix it:",
            "Translate to <<Language>>:",
            "Summarise:",
            "I get this error:",
            "Review the clause below.",
            "Format this as a table.",
            "Was bedeutet diese Meldung?",
            "Input:",
            "Anonymised sample:",
            "Context:",
        ]
    )
    body = piece(rng, rng.choice(TOPICS))
    return filled(rng, lead) + "\n" + rng.choice(["%s", "%s", "```\n%s\n```", '"""%s"""']).replace("%s", body)


GENERATORS: list[Callable[[Random], str]] = [
    hex_dump,
    number_table,
    chess_game,
    package_list,
    test_run,
    conversation,
    with_request,
]


def piece(rng: Random, topic: str) -> str:
    """A text on a subject, of one or more patterns."""
    pool = PATTERNS[topic]
    count = rng.choice([1, 2, 2, 3, 4, 5] if topic in STACKED else [1, 1, 1, 2, 3])
    if topic == "logs" and count > 1 and rng.random() < 0.4:
        return "\n".join(filled(rng, p) for p in [rng.choice(pool)] * count)
    join = "\n" if topic in STACKED else rng.choice([" ", " ", "\n", "\n\n"])
    return join.join(filled(rng, p) for p in rng.sample(pool, min(count, len(pool))))


def compose(rng: Random) -> str:
    """A template without personal data."""
    draw = rng.random()
    if draw < 0.72:
        text = piece(rng, rng.choice(TOPICS))
    elif draw < 0.94:
        text = rng.choice(GENERATORS)(rng)
    else:
        text = rng.choice(["\n\n", "\n"]).join(piece(rng, topic) for topic in rng.sample(TOPICS, 2))
    return text

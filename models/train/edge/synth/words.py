"""What looks like personal data and is none: numbers, codes, names of things."""

from __future__ import annotations

import random
import uuid

from .dates import WEEKDAY_FORMS, MONTHS, clock, moment
from .numbers import digits, luhn_digit, pattern

HEX = "0123456789abcdef"


def _lines(text: str) -> list[str]:
    return [item.strip() for item in text.replace("\n", ",").split(",") if item.strip()]


MODELS = _lines("""
    gpt-4o, gpt-4o-mini, gpt-3.5-turbo, o3-mini, claude-3-5-sonnet-20241022, Claude 3 Opus, claude-sonnet-4,
    gemini-1.5-pro, Gemini 2.0 Flash, llama-3.1-70b-instruct,
    Llama 3 8B, mistral-large-2407, Mixtral 8x7B, mixtral-8x22b, command-r-plus, qwen2.5-72b, Qwen2-VL, deepseek-v3,
    DeepSeek-R1, phi-3-mini, Phi-4, gemma-2-9b, Gemma 7B,
    text-embedding-3-small, text-embedding-ada-002, bge-large-en, all-MiniLM-L6-v2, whisper-large-v3, dall-e-3,
    Stable Diffusion XL, SDXL, FLUX.1, Grok-2, Falcon 40B, Yi-34B,
    StarCoder2, codestral, BERT, RoBERTa, T5-base, XGBoost, ResNet-50, YOLOv8, GPT-2, Vicuna 13B, Zephyr 7B,
    Titan Express, Nova Lite, Jamba 1.5, Nemotron""")
PRODUCT_HEADS = _lines("""
    Aero, Breeze, Comet, Dash, Echo, Flex, Glide, Halo, Jet, Kinetic, Lumen, Max, Nimbus, Onyx, Pulse, Quick, Ridge,
    Snap, Turbo, Ultra, Volt, Wave, Zen, Power, Smart, Easy,
    Pro, Trail, Cloud, Sonic, Pixel, Hyper, Alpha, Nova, Boost, Peak, Core, Luxe, Terra""")
PRODUCT_TAILS = _lines("""
    Desk, Blender, Headphones, Vacuum, Router, Keyboard, Backpack, Kettle, Bike, Lamp, Watch, Speaker, Monitor,
    Charger, Jacket, Mixer, Camera, Drone, Tent, Mattress, Chair,
    Grill, Toaster, Printer, Projector, Soundbar, Mug, Bottle, Earbuds, Mouse, Scooter, Treadmill, Humidifier, Suite,
    Studio, Sync, Planner, Notes""")
PRODUCTS = _lines("""
    iPhone 15 Pro, iPhone SE, Galaxy S24, Pixel 8, MacBook Air, ThinkPad X1, Surface Pro 9, PlayStation 5,
    Xbox Series X, Nintendo Switch, Kindle Paperwhite, AirPods Max, iPad mini,
    Windows 11, macOS Sonoma, Ubuntu 22.04, Android 14, Excel, PowerPoint, Photoshop, Premiere Pro, Outlook, Gmail,
    Jira, Confluence, Notion, Figma, Docker Desktop, Kubernetes,
    Postgres, Redis, Kafka, Elasticsearch, Grafana, Jenkins, Terraform, VS Code, IntelliJ, Power BI, Tableau,
    QuickBooks, Minecraft, Fortnite, Roomba, Instant Pot, Corolla, Civic,
    Model 3, F-150, Golf GTI, Ibuprofen, Lisinopril, Metformin, Tylenol, Oreo, Nutella, Lego Technic, Raspberry Pi 5,
    Arduino Uno, RTX 4090, Ryzen 7, Apache Spark, Ruby, Julia, Pascal""")
VERBS = (
    "get set load save parse build fetch render update delete find sort merge send read write init run "
    "handle check compute encode split map filter"
).split()
NOUNS = (
    "user order item token config cache file node event session request response price total row index "
    "payload account name address email list state buffer"
).split()
FOLDERS = (
    "src lib app tests utils core models data etc var opt docs scripts build config services api public assets home tmp"
).split()
EXTENSIONS = (
    "py js ts rs go java cpp h json yaml yml toml csv txt md pdf docx xlsx png jpg html css sql sh log "
    "xml ipynb tar.gz zip parquet lock"
).split()
FILES = _lines("""
    README.md, package.json, docker-compose.yml, requirements.txt, Cargo.toml, main.py, index.html, Makefile, .env,
    .gitignore, tsconfig.json, Dockerfile, pom.xml, app.config.js,
    invoice_template.docx, Q3_report.xlsx, budget-2025.xlsx, meeting_notes.txt, IMG_4821.jpg, DSC00312.JPG,
    screenshot 2025-03-04.png, scan0001.pdf, final_v2_FINAL.docx, train.csv""")
JOBS = _lines("""
    software engineer, data analyst, nurse, teacher, project manager, accountant, electrician, plumber, lawyer,
    paralegal, dentist, pharmacist, chef, barista, sales associate,
    store manager, HR manager, recruiter, truck driver, graphic designer, product manager, CTO, CFO, CEO,
    Vice President of Sales, Head of Marketing, Senior Backend Engineer,
    Customer Success Manager, research assistant, professor, postdoc, journalist, editor, copywriter, architect,
    civil engineer, mechanic, carpenter, social worker, psychologist,
    physiotherapist, surgeon, paramedic, firefighter, police officer, librarian, translator, interpreter,
    flight attendant, pilot, security guard, janitor, warehouse worker, farmer,
    veterinarian, real estate agent, insurance adjuster, loan officer, bank teller, auditor, consultant, intern,
    Director of Operations, Chief of Staff, QA tester, DevOps engineer,
    system administrator, web developer, machine learning engineer, marketing coordinator, office manager,
    receptionist, line cook, hairdresser, photographer, musician, actor""")
LANGUAGES = _lines("""
    English, Spanish, French, German, Italian, Portuguese, Dutch, Polish, Russian, Ukrainian, Turkish, Arabic,
    Hebrew, Hindi, Urdu, Bengali, Tamil, Mandarin, Cantonese, Japanese,
    Korean, Vietnamese, Thai, Swedish, Norwegian, Danish, Finnish, Greek, Czech, Hungarian, Romanian, Swahili,
    Yoruba, Catalan, Welsh, Irish, Latin, Esperanto, Tagalog, Farsi""")
COLORS = _lines("""
    red, blue, green, yellow, orange, purple, black, white, grey, navy, teal, maroon, beige, turquoise, crimson,
    olive, violet, amber, scarlet, ivory, charcoal, mint,
    burgundy, lavender, coral, rose gold, sky blue, forest green, off-white, khaki""")
ANIMALS = _lines("""
    cat, dog, hamster, parrot, rabbit, horse, goat, cow, pig, chicken, duck, goose, fox, wolf, bear, otter, beaver,
    hedgehog, squirrel, raccoon, owl, eagle, penguin,
    dolphin, whale, shark, octopus, turtle, lizard, snake, frog, elephant, giraffe, lion, tiger, panda, koala,
    kangaroo, sloth, golden retriever, beagle, labrador, tabby cat, ferret""")
FOODS = _lines("""
    lasagna, pad thai, sushi, ramen, tacos, burrito bowl, chicken curry, lentil soup, pancakes, waffles,
    banana bread, sourdough, goulash, pierogi, paella, falafel, hummus, pizza margherita, risotto
    carbonara, biryani, butter chicken, dumplings, pho, bibimbap, fish and chips, cheesecake, apple pie, tiramisu,
    croissant, omelette, greek salad, caesar salad,
    quinoa salad, oatmeal, granola, kimchi, schnitzel, bratwurst, poutine, jollof rice, ceviche, empanadas, gnocchi,
    brownies, shakshuka, meatballs""")
ERRORS = _lines("""
    404, 500, 502, 503, 429, 401, 403, E1101, ERR_CONNECTION_REFUSED, ECONNRESET, ENOENT, 0x80070005, 0xc0000005,
    ORA-00942, SQLSTATE 23505, TS2345, E0502, EACCES, SIGSEGV, exit code 137,
    NullPointerException, KeyError, ModuleNotFoundError, errno 13, P2002, AADSTS50011, ERR_SSL_PROTOCOL_ERROR,
    HTTP 418, OOMKilled, CrashLoopBackOff, KERNEL_PANIC, 1603, PGRST116""")
CURRENCIES = (
    "${}",
    "${}",
    "${}",
    "€{}",
    "{} €",
    "£{}",
    "{} EUR",
    "USD {}",
    "{} USD",
    "CHF {}",
    "¥{}",
    "₹{}",
    "R$ {}",
    "{} kr",
    "{} zł",
    "{} dollars",
    "A${}",
    "{} euros",
    "{} GBP",
)
SHOPS = ("ORD", "PO", "SO", "O", "WEB", "AMZ", "CX", "EU", "REF", "ORDER", "B")


def _of(rng: random.Random, letters: str, count: int) -> str:
    return "".join(rng.choices(letters, k=count))


def _money(rng: random.Random, most: float) -> str:
    value = most ** rng.random()
    if rng.random() < 0.45:
        text = f"{value:,.2f}"
    else:
        text = f"{round(value) or 1:,}"
    kind = rng.random()
    if kind < 0.12:
        text = text.translate(str.maketrans(",.", ".,"))
    elif kind < 0.3:
        text = text.replace(",", "")
    return rng.choice(CURRENCIES).format(text)


def amount(rng):
    return (
        rng.choice(
            (
                f"${rng.randint(1, 900)}k",
                f"{rng.randint(1, 90)}.{rng.randint(1, 9)} million",
                f"€{rng.randint(1, 9)}.{rng.randint(1, 9)}M",
            )
        )
        if rng.random() < 0.08
        else _money(rng, 250_000)
    )


def price(rng):
    return f"${rng.randint(1, 999)}.99" if rng.random() < 0.25 else _money(rng, 900)


def number(rng):
    return rng.choice(
        (
            str(rng.randint(2, 12)),
            str(rng.randint(2, 99)),
            str(rng.randint(100, 9999)),
            f"{rng.randint(1000, 9_999_999):,}",
            f"{rng.random() * 100:.2f}",
            str(rng.randint(10_000, 9_999_999)),
            rng.choice(("three", "seven", "a dozen", "twelve", "twenty", "forty-two")),
            f"{rng.randint(1, 99)}.{rng.randint(1, 9)}",
        )
    )


def percent(rng):
    return rng.choice(
        (
            f"{rng.randint(1, 100)}%",
            f"{rng.randint(1, 100)} %",
            f"{rng.random() * 100:.1f}%",
            f"{rng.randint(1, 99)} percent",
            f"{rng.random() * 10:.2f}%",
        )
    )


def duration(rng):
    count = rng.randint(2, 60)
    return rng.choice(
        (
            f"{count} minutes",
            f"{count} hours",
            f"{rng.randint(2, 14)} days",
            f"{rng.randint(2, 12)} weeks",
            f"{rng.randint(2, 18)} months",
            f"{rng.randint(2, 30)} years",
            f"{rng.randint(1, 9)}h {count}m",
            f"{rng.randint(5, 900)}ms",
            f"{rng.randint(1, 90)}s",
            "half an hour",
            "two weeks",
            "a couple of days",
            f"{count}-minute",
            "an hour",
            "three years",
            f"{rng.randint(1, 5)}.5 hours",
        )
    )


def order_id(rng):
    return rng.choice(
        (
            f"{rng.choice(SHOPS)}-{digits(rng, rng.randint(4, 9))}",
            f"#{digits(rng, rng.randint(4, 8))}",
            pattern(rng, "9##-#######-#######"),
            digits(rng, rng.randint(6, 10)),
            pattern(rng, "?#-####-####"),
            f"{rng.choice(SHOPS)}{digits(rng, 8)}",
            f"{rng.choice(SHOPS)}-2025-{digits(rng, 5)}",
            pattern(rng, "****-****-****"),
            f"order_{_of(rng, HEX, 10)}",
        )
    )


def ticket_id(rng):
    return rng.choice(
        (
            f"{rng.choice(('JIRA', 'OPS', 'SUP', 'BUG', 'ENG', 'CORE', 'HELP', 'INC', 'WEB', 'DATA'))}-"
            f"{rng.randint(10, 99999)}",
            f"#{rng.randint(100, 999999)}",
            f"INC{digits(rng, 7)}",
            f"CASE-{digits(rng, 8)}",
            f"TKT{digits(rng, 6)}",
            f"SR-{digits(rng, 9)}",
            f"GH-{rng.randint(1, 9999)}",
            f"CHG00{digits(rng, 5)}",
            digits(rng, 8),
            f"REQ{digits(rng, 6)}",
        )
    )


def invoice(rng):
    return rng.choice(
        (
            f"INV-{digits(rng, rng.randint(4, 8))}",
            f"INV-2025-{digits(rng, 4)}",
            f"2025/{digits(rng, 4)}",
            f"RE-{digits(rng, 6)}",
            f"F{digits(rng, 8)}",
            f"#{digits(rng, 6)}",
            f"R2025{digits(rng, 5)}",
            digits(rng, 9),
            f"FA-{digits(rng, 4)}/25",
            f"BILL{digits(rng, 7)}",
            f"INV{digits(rng, 6)}-{rng.choice('ABC')}",
        )
    )


def tracking(rng):
    return rng.choice(
        (
            pattern(rng, "1Z***9##########"),
            pattern(rng, "94001########## ##########").replace(" ", ""),
            digits(rng, 12),
            pattern(rng, "?? ### ### ### DE"),
            pattern(rng, "JD01460###########"),
            digits(rng, 14),
            pattern(rng, "LX#########CN"),
            pattern(rng, "RR#########GB"),
            pattern(rng, "TBA############"),
            digits(rng, 20),
            pattern(rng, "00340##############"),
            pattern(rng, "#### #### ####"),
        )
    )


def version(rng):
    major, minor, patch = rng.randint(0, 24), rng.randint(0, 40), rng.randint(0, 20)
    return rng.choice(
        (
            f"{major}.{minor}.{patch}",
            f"v{major}.{minor}",
            f"v{major}.{minor}.{patch}",
            f"{major}.{minor}",
            f"{major}.{minor}.{patch}-rc{rng.randint(1, 4)}",
            f"{major}.{minor}.{patch}.{rng.randint(0, 9999)}",
            f"2025.{rng.randint(1, 12)}.{patch}",
            f"{major}.{minor}.{patch}-beta.{rng.randint(1, 9)}",
            f"{major}.{minor}.{patch}.{rng.randint(0, 255)}",
        )
    )


def hash_(rng):
    return rng.choice(
        (
            _of(rng, HEX, 7),
            _of(rng, HEX, 40),
            _of(rng, HEX, 64),
            _of(rng, HEX, 32),
            f"sha256:{_of(rng, HEX, 64)}",
            _of(rng, HEX, 8),
            _of(rng, HEX, 12),
            f"md5:{_of(rng, HEX, 32)}",
        )
    )


def sku(rng):
    return pattern(
        rng,
        rng.choice(
            (
                "???-####",
                "??-###-??",
                "?####-?",
                "########",
                "???###",
                "##-####",
                "#############",
                "B0********",
                "??####-##",
                "978-#-##-######-#",
                "SKU-#####",
                "?###.##.###",
                "ART####",
            )
        ),
    )


def product(rng):
    if rng.random() < 0.5:
        return rng.choice(PRODUCTS)
    head, tail = rng.choice(PRODUCT_HEADS), rng.choice(PRODUCT_TAILS)
    return rng.choice(
        (
            f"{head}{tail}",
            f"{head} {tail}",
            f"{head} {tail} {rng.randint(2, 900)}",
            f"{head}{rng.choice(PRODUCT_HEADS)} {rng.choice(('X', 'S', 'Mini', 'Plus', 'Pro'))}",
            f"{tail} {rng.choice('XSTZ')}{rng.randint(1, 90)}",
            f"{head}-{rng.randint(10, 990)}",
        )
    )


def code_ident(rng):
    verb, noun, other = rng.choice(VERBS), rng.choice(NOUNS), rng.choice(NOUNS)
    return rng.choice(
        (
            f"{verb}_{noun}",
            f"{verb}{noun.capitalize()}",
            f"{noun}_{other}",
            f"{noun.capitalize()}{other.capitalize()}",
            f"{verb}_{noun}_{other}",
            f"MAX_{noun.upper()}",
            f"{noun}Id",
            f"{verb}{noun.capitalize()}By{other.capitalize()}",
            f"self.{noun}",
            f"{noun}.{other}",
            f"{noun}s[i]",
            f"{verb}()",
            f"{noun}_id",
            f"is_{noun}_valid",
            f"{noun.upper()}_{other.upper()}",
            f"I{noun.capitalize()}",
            f"{noun}Service",
            f"__{verb}__",
            f"{noun}->{other}",
            f"{other}.{verb}()",
            f"use{noun.capitalize()}",
        )
    )


def filename(rng):
    if rng.random() < 0.3:
        return rng.choice(FILES)
    return (
        f"{rng.choice(NOUNS)}{rng.choice(('', '_', '-'))}"
        f"{rng.choice((*VERBS, 'report', 'v2', '2025', 'final', 'test', 'backup', str(rng.randint(1, 999))))}"
        f".{rng.choice(EXTENSIONS)}"
    )


def path(rng):
    folders = rng.sample(FOLDERS, rng.randint(1, 3))
    return rng.choice(
        (
            f"/{'/'.join(folders)}/{filename(rng)}",
            f"./{'/'.join(folders)}/{filename(rng)}",
            f"{'/'.join(folders)}/{filename(rng)}",
            f"C:\\{folders[0].capitalize()}\\{filename(rng)}",
            f"~/{folders[0]}/{filename(rng)}",
            f"/{'/'.join(folders)}",
            f"s3://{rng.choice(NOUNS)}-bucket/{folders[0]}/{filename(rng)}",
            f"/{'/'.join(folders)}/",
            f"../{folders[0]}/{filename(rng)}",
        )
    ).replace(" ", "_")


def phone_like(rng):
    return rng.choice(
        (
            pattern(rng, "9#########"),
            pattern(rng, "###-###-####"),
            pattern(rng, "#### ### ###"),
            pattern(rng, "17########"),
            pattern(rng, "00#########"),
            pattern(rng, "##-####-####"),
            pattern(rng, "(###) ###"),
            pattern(rng, "9,###,###,###"),
            pattern(rng, "###.###.####"),
            pattern(rng, "20250###-####"),
            pattern(rng, "### ### ### ###"),
            pattern(rng, "978##########"),
            pattern(rng, "0#########"),
        )
    )


def card_like(rng):
    body = rng.choice("123456789") + digits(rng, 14)
    number = body + str((int(luhn_digit(body)) + rng.randint(1, 9)) % 10)
    return rng.choice(
        (
            number,
            number,
            " ".join(number[at : at + 4] for at in range(0, 16, 4)),
            "-".join(number[at : at + 4] for at in range(0, 16, 4)),
        )
    )


MAKERS = {
    "order_id": order_id,
    "ticket_id": ticket_id,
    "invoice": invoice,
    "tracking": tracking,
    "version": version,
    "hash": hash_,
    "sku": sku,
    "price": price,
    "amount": amount,
    "time": clock,
    "datetime": moment,
    "product": product,
    "code_ident": code_ident,
    "filename": filename,
    "path": path,
    "number": number,
    "percent": percent,
    "duration": duration,
    "phone_like": phone_like,
    "card_like": card_like,
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "year": lambda rng: str(rng.randint(2015, 2027) if rng.random() < 0.7 else rng.randint(1750, 2014)),
    "model_name": lambda rng: rng.choice(MODELS),
    "port": lambda rng: str(
        rng.choice((80, 443, 8080, 3000, 5432, 6379, 27017, 8443, 9090, 22, 3306, 5000, rng.randint(1024, 65535)))
    ),
    "error_code": lambda rng: (
        rng.choice(ERRORS)
        if rng.random() < 0.75
        else pattern(rng, rng.choice(("E####", "0x8######*", "ERR-###", "?##-####", "####")))
    ),
    "weekday": lambda rng: rng.choice(WEEKDAY_FORMS),
    "month": lambda rng: rng.choice(MONTHS["en"]),
    "job_title": lambda rng: rng.choice(JOBS),
    "language": lambda rng: rng.choice(LANGUAGES),
    "color": lambda rng: rng.choice(COLORS),
    "animal": lambda rng: rng.choice(ANIMALS),
    "food": lambda rng: rng.choice(FOODS),
}

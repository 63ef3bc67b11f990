"""Secrets, passwords, handles, addresses of the net."""

from __future__ import annotations

import base64
import random
import string
import unicodedata
import uuid

from .numbers import digits
from .orgs import coined
from .pools import Pools

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
LOWER = string.ascii_lowercase + string.digits
FREE_MAIL = (
    "gmail.com gmail.com gmail.com gmail.com yahoo.com hotmail.com outlook.com icloud.com aol.com protonmail.com "
    "proton.me live.com msn.com me.com gmx.de web.de t-online.de gmx.net freenet.de posteo.de orange.fr free.fr "
    "laposte.net wanadoo.fr libero.it virgilio.it hotmail.it yahoo.co.uk btinternet.com sky.com hotmail.co.uk yahoo.fr "
    "terra.es telefonica.net uol.com.br bol.com.br yahoo.com.br mail.ru yandex.ru ukr.net wp.pl onet.pl o2.pl "
    "seznam.cz centrum.cz ziggo.nl kpnmail.nl telenet.be bluewin.ch qq.com 163.com 126.com naver.com daum.net "
    "yahoo.co.jp docomo.ne.jp rediffmail.com yahoo.co.in fastmail.com zoho.com hey.com duck.com comcast.net "
    "verizon.net att.net mail.com pm.me tutanota.com"
).split()
EXAMPLE_MAIL = (
    "example.com example.org example.net test.com mail.example.com acme.example test.local company.com".split()
)
TLDS = (
    "com com com com com net org io co co.uk de fr it es nl eu ch at be se no dk fi pl cz ru com.br com.au ca in co.in "
    "jp co.jp kr cn com.mx co.za com.ng ie us biz info dev app ai tech cloud online shop xyz me tv agency health law "
    "studio edu gov ac.uk edu.au"
).split()
MAILBOXES = (
    "support info sales contact billing hr noreply no-reply admin accounts office hello jobs team helpdesk privacy dpo"
).split()
SUBDOMAINS = "mail corp us eu students alumni cs hq staff research ops support".split()
PASS_WORDS = (
    "summer winter autumn spring password welcome dragon monkey football baseball liverpool sunshine princess shadow "
    "master hunter qwerty letmein charlie ginger pepper purple orange banana coffee chocolate rainbow unicorn flower "
    "butterfly pirate ninja wizard tiger panther eagle falcon thunder lightning guitar piano london berlin paris "
    "madrid texas canada secret changeme admin trustno iloveyou hello superman batman pokemon starwars mustang ferrari "
    "corvette yankees arsenal chelsea family blessed jesus angel lovely cookie"
).split()
PHRASE_WORDS = (
    "correct horse battery staple copper lantern gravel window marble tuna harbor velvet kettle orbit pigeon saddle "
    "tundra walnut bucket cactus dolphin engine fable goblin hammer igloo jacket ladder mitten noodle oyster pepper "
    "quartz rocket sponge turtle violet whistle yogurt zipper anchor breeze candle drift ember forest glacier"
).split()
HANDLE_WORDS = (
    "dark shadow night cyber pixel ninja wolf dragon moon star sunny happy lucky crazy silent frozen neon turbo mega "
    "retro cosmic rusty sleepy angry tiny wild code data dev hack byte null sky ocean coffee taco pizza panda cat fox "
    "bear otter gamer rider runner hiker"
).split()
DATABASES = "app users prod orders billing analytics main core inventory crm warehouse auth".split()


def _of(rng: random.Random, letters: str, count: int) -> str:
    return "".join(rng.choices(letters, k=count))


def domain(rng: random.Random, pools: Pools) -> str:
    """A company's or a person's domain."""
    kind = rng.random()
    if kind < 0.5:
        name = coined(rng, pools).lower()
    elif kind < 0.75:
        name = pools.census_last.draw(rng)[0].lower().replace("'", "") + rng.choice(
            ("", "", "law", "-consulting", "group", "family", "dental", "tech", "-co")
        )
    else:
        name = (
            f"{rng.choice(HANDLE_WORDS)}{rng.choice(('', '-'))}"
            f"{rng.choice(('labs', 'shop', 'media', 'bank', 'soft', 'works', 'hub', 'clinic', 'school'))}"
        )
    name = f"{name}.{rng.choice(TLDS)}"
    return f"{rng.choice(SUBDOMAINS)}.{name}" if rng.random() < 0.1 else name


def _jwt(rng: random.Random) -> str:
    head = "ey" + "J" + _of(rng, ALNUM, rng.choice((17, 33)))
    return f"{head}.ey{'J'}{_of(rng, ALNUM, rng.randint(30, 90))}.{_of(rng, ALNUM + '-_', 43)}"


def _connection(rng: random.Random, pools: Pools) -> str:
    host = rng.choice(
        (
            f"db.{domain(rng, pools)}",
            "localhost",
            f"10.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}",
            "postgres",
            "redis",
            f"{coined(rng, pools).lower()}-prod.cluster-{_of(rng, LOWER, 10)}.eu-west-1.rds.amazonaws.com",
        )
    )
    user = rng.choice(("admin", "app", "root", "svc_api", "postgres", "readonly", coined(rng, pools).lower()))
    secret, base = password(rng, pools).replace(" ", "").replace("@", "!").replace("/", "_"), rng.choice(DATABASES)
    scheme = rng.choice(
        ("postgres", "postgresql", "mysql", "mongodb+srv", "redis", "amqp", "mssql", "mongodb", "postgresql+psycopg2")
    )
    if scheme == "redis" and rng.random() < 0.5:
        user = ""
    port = rng.choice(("", f":{rng.choice((5432, 3306, 6379, 27017, 5672, 1433))}"))
    text = f"{scheme}:" + f"//{user}:{secret}@{host}{port}/{base}"
    if rng.random() < 0.12:
        return f"Server={host};Database={base};User Id={user or 'sa'};Password={secret};"
    return text + (
        rng.choice(("?sslmode=require", "?retryWrites=true&w=majority", "?ssl=true")) if rng.random() < 0.2 else ""
    )


def _shapes():
    """Each a share and how to make it. Prefixes are joined at run time: no line of this file is a secret."""
    j = "".join
    return (
        (
            9,
            lambda r: j(
                (
                    "s",
                    "k-",
                    r.choice(("", "proj-", "ant-" + "api03-", "or-v1-", "svcacct-")),
                    _of(r, ALNUM + "_-", r.choice((32, 48, 64))),
                )
            ),
        ),
        (6, lambda r: j(("gh", r.choice("pousr"), "_", _of(r, ALNUM, 36)))),
        (2, lambda r: j(("github", "_pat_", _of(r, ALNUM, 22), "_", _of(r, ALNUM, 59)))),
        (6, lambda r: j((r.choice(("AK", "AS")), "IA", _of(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)))),
        (4, lambda r: _of(r, ALNUM + "/+", 40)),
        (
            4,
            lambda r: j(
                ("xo", r.choice(("xb", "xp", "xa")), "-", digits(r, 12), "-", digits(r, 12), "-", _of(r, ALNUM, 24))
            ),
        ),
        (
            5,
            lambda r: j(
                (
                    r.choice(("sk", "pk", "rk")),
                    "_",
                    r.choice(("live", "test")),
                    "_",
                    _of(r, ALNUM, r.choice((24, 48, 99))),
                )
            ),
        ),
        (3, lambda r: j(("AI", "za", _of(r, ALNUM + "-_", 35)))),
        (2, lambda r: j(("ya", "29.", _of(r, ALNUM + "-_", 60)))),
        (3, lambda r: j(("gl", "pat-", _of(r, ALNUM + "-_", 20)))),
        (2, lambda r: j(("np", "m_", _of(r, ALNUM, 36)))),
        (2, lambda r: j(("py", "pi-", "AgEIcHlwaS5vcmc", _of(r, ALNUM, 70)))),
        (3, lambda r: j(("SG", ".", _of(r, ALNUM, 22), ".", _of(r, ALNUM + "-_", 43)))),
        (2, lambda r: j(("key-", _of(r, HEX, 32)))),
        (2, lambda r: j(("h", "f_", _of(r, ALNUM, 34)))),
        (2, lambda r: j(("dop", "_v1_", _of(r, HEX, 64)))),
        (2, lambda r: j(("sh", r.choice(("pat", "pss", "pca")), "_", _of(r, HEX, 32)))),
        (2, lambda r: j(("hv", "s.", _of(r, ALNUM, 24)))),
        (2, lambda r: j(("S", "K", _of(r, HEX, 32)))),
        (1, lambda r: j((digits(r, 10), ":", "AA", _of(r, ALNUM + "-_", 33)))),
        (2, lambda r: j(("r8", "_", _of(r, ALNUM, 37)))),
        (1, lambda r: j(("ls", "v2_pt_", _of(r, HEX, 32), "_", _of(r, HEX, 10)))),
        (1, lambda r: j(("NR", "AK-", _of(r, ALNUM.upper(), 27)))),
        (1, lambda r: j(("gs", "k_", _of(r, ALNUM, 52)))),
        (6, _jwt),
        (7, lambda r: _of(r, HEX, r.choice((32, 32, 40, 64)))),
        (4, lambda r: base64.b64encode(r.randbytes(r.choice((16, 24, 32, 48)))).decode()),
        (5, lambda r: _of(r, ALNUM, r.randint(20, 44))),
        (2, lambda r: _of(r, LOWER, 32)),
        (2, lambda r: str(uuid.UUID(int=r.getrandbits(128)))),
        (
            2,
            lambda r: j(
                (
                    r.choice(("tok", "api", "key", "secret", "live", "prod")),
                    r.choice("_-"),
                    _of(r, ALNUM, r.randint(16, 32)),
                )
            ),
        ),
        (2, lambda r: _of(r, ALNUM + "~._-", 40)),
        (2, lambda r: "-".join(_of(r, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 5) for _ in range(5))),
    )


_SHAPES = _shapes()
_MAKERS, _SHARES = [shape[1] for shape in _SHAPES], [shape[0] for shape in _SHAPES]


def api_key(rng: random.Random) -> str:
    return rng.choices(_MAKERS, _SHARES)[0](rng)


def secret(rng: random.Random, pools: Pools) -> str:
    """A key, a token, a connection string or a line of a private key."""
    kind = rng.random()
    if kind < 0.76:
        return api_key(rng)
    if kind < 0.9:
        return _connection(rng, pools)
    if kind < 0.93:
        name = rng.choice(("RSA ", "", "OPENSSH ", "EC "))
        return (
            f"-----BEGIN {name}{'PRIVATE'} KEY-----\n{_of(rng, ALNUM + '+/', 64)}\n"
            f"{_of(rng, ALNUM + '+/', 64)}\n-----END {name}{'PRIVATE'} KEY-----"
        )
    if kind < 0.96:
        return "MII" + _of(rng, ALNUM + "+/", rng.randint(40, 61))
    if kind < 0.98:
        return (
            "https://hooks."
            + f"slack.com/services/T{_of(rng, ALNUM.upper(), 9)}/B{_of(rng, ALNUM.upper(), 9)}/{_of(rng, ALNUM, 24)}"
        )
    return base64.b64encode(f"{coined(rng, pools).lower()}:{_of(rng, ALNUM, 12)}".encode()).decode()


def password(rng: random.Random, pools: Pools) -> str:
    """What people choose, and what their managers choose for them."""
    kind = rng.random()
    word = rng.choice(PASS_WORDS)
    if kind < 0.3:
        word = rng.choice((word, word.capitalize(), word.capitalize(), pools.census_first.draw(rng)[0]))
        return (
            word
            + rng.choice((digits(rng, 2), digits(rng, 4), str(rng.randint(1960, 2026)), "123", "1", "!"))
            + rng.choice(("", "", "!", "#", "@", "!!", "?", "$"))
        )
    if kind < 0.42:
        leet = word.translate(str.maketrans({"a": "@", "o": "0", "e": "3", "i": "1", "s": "$"}))
        return leet.capitalize() + rng.choice((digits(rng, 2), "!", digits(rng, 3) + "!", "#1", ""))
    if kind < 0.57:
        words = rng.sample(PHRASE_WORDS, rng.choice((3, 4, 4, 5)))
        if rng.random() < 0.3:
            words = [part.capitalize() for part in words]
        return rng.choice(("-", "-", "", ".", "_", " ")).join(words) + rng.choice(("", "", digits(rng, 2), "!"))
    if kind < 0.9:
        return rng.choice(ALNUM) + _of(rng, ALNUM + "!@#$%^&*?+=_-", rng.randint(7, 19)) + rng.choice(ALNUM + "!#?")
    if kind < 0.95:
        return digits(rng, rng.choice((4, 6, 6, 8)))
    return (
        rng.choice(("qwerty", "letmein", "hunter", "abc", "test", "P@ss", "Welcome", "Admin", "zaq1", "asdf"))
        + digits(rng, rng.randint(1, 4))
        + rng.choice(("", "!", "#", "x"))
    )


def ascii_name(name: str) -> str:
    """A name as it goes into an address of the net."""
    name = name.translate(
        str.maketrans(
            {"ß": "ss", "ø": "o", "ł": "l", "Ł": "l", "đ": "d", "æ": "ae", "ı": "i", "Ø": "o", "ð": "d", "þ": "th"}
        )
    )
    flat = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in flat.lower() if letter.isascii() and letter.isalpha())


def email(rng: random.Random, first: str, last: str, pools: Pools, year: int) -> str:
    """An address from the name in most cases."""
    given, family = ascii_name(first.split()[0]), ascii_name(last)
    if not given or not family or rng.random() < 0.12:
        local = rng.choice(
            (rng.choice(MAILBOXES), handle(rng, given or "user", family or "one", year).replace(" ", ""))
        )
    else:
        initial = given[0]
        local = rng.choice(
            (
                f"{given}.{family}",
                f"{given}.{family}",
                f"{given}{family}",
                f"{initial}{family}",
                f"{initial}.{family}",
                f"{given}_{family}",
                f"{given}{year % 100:02}",
                f"{given}.{family}{rng.randint(1, 99)}",
                f"{family}.{given}",
                f"{family}{initial}",
                f"{given}-{family}",
                f"{given}",
                f"{given}{family[0]}",
                f"{family}",
                f"{given}{family}{year}",
                f"{given.capitalize()}.{family.capitalize()}",
                f"{given}+{rng.choice(('work', 'news', 'spam', 'test', 'shop'))}",
                f"{given}.{family}+{rng.choice(('bills', 'gh', '1'))}",
            )
        )
    kind = rng.random()
    if kind < 0.45:
        host = rng.choice(FREE_MAIL)
    elif kind < 0.57:
        host = rng.choice(EXAMPLE_MAIL)
    elif kind < 0.64 and family:
        host = f"{family}.{rng.choice(TLDS)}"
    else:
        host = domain(rng, pools)
    text = f"{local}@{host}"
    if rng.random() < 0.06:
        at, dot = rng.choice(
            (
                (" [at] ", " [dot] "),
                (" at ", " dot "),
                ("(at)", "(dot)"),
                (" (at) ", "."),
                ("[at]", "."),
                (" AT ", " DOT "),
                ("@", " . "),
                (" @ ", "."),
            )
        )
        text = f"{local.replace('.', dot) if rng.random() < 0.3 else local}{at}{host.replace('.', dot)}"
    return text.upper() if rng.random() < 0.02 else text


def handle(rng: random.Random, given: str, family: str, year: int) -> str:
    word, other = rng.choice(HANDLE_WORDS), rng.choice(HANDLE_WORDS)
    return rng.choice(
        (
            f"{given[0]}{family}",
            f"{given[0]}{family}{year % 100:02}",
            f"{given}_{family}",
            f"{given}.{family}",
            f"{given}{rng.randint(1, 999)}",
            f"{family}{given[0]}",
            f"xX_{word}{other}_Xx",
            f"{word}_{other}",
            f"{word}{other}{rng.randint(1, 99)}",
            f"{word.capitalize()}{other.capitalize()}",
            f"{given}_{word}",
            f"{given}{word}",
            f"the_real_{given}",
            f"{given}{family[:1]}{year}",
            f"{word}.{given}",
            f"{given}-{family}",
            f"{given}dev",
            f"im{given}",
            f"{family}_{year % 100:02}",
            f"{given[:3]}{family[:4]}",
            f"{other}lover{rng.randint(1, 2010)}",
            f"{given}codes",
            f"{given}{family}",
        )
    )


def username(rng: random.Random, first: str, last: str, year: int) -> str:
    """A handle; with its @ in one of four."""
    given, family = ascii_name(first.split()[0]) or "sky", ascii_name(last) or "fox"
    text = handle(rng, given, family, year)
    if rng.random() < 0.04:
        text = rng.choice(("svc_", "usr-", "u", "CORP\\", "k")) + (text if rng.random() < 0.5 else digits(rng, 6))
    return f"@{text}" if rng.random() < 0.25 else text


def url(rng: random.Random, pools: Pools) -> str:
    """An address of a page."""
    host = domain(rng, pools)
    word = rng.choice(HANDLE_WORDS)
    host = rng.choice(("www.", "", "", "app.", "docs.", "api.", "blog.", "staging.")) + host
    path = rng.choice(
        (
            "",
            "",
            "/",
            f"/{word}",
            f"/users/{rng.randint(1, 99999)}",
            f"/blog/{rng.randint(2012, 2026)}/{rng.randint(1, 12):02}/{word}-{rng.choice(HANDLE_WORDS)}",
            f"/in/{word}-{_of(rng, LOWER, 6)}",
            f"/p/{_of(rng, ALNUM, 8)}",
            f"/{word}.html",
            f"/docs/{word}#{rng.choice(('setup', 'faq', 'install'))}",
            f"/reset?token={_of(rng, HEX, 20)}",
            f"/search?q={word}+{rng.choice(HANDLE_WORDS)}",
            f"/v{rng.randint(1, 3)}/{word}s/{rng.randint(1, 9999)}",
            f"/{word}/?utm_source=mail&id={rng.randint(1, 999)}",
            f"/files/{word}_{rng.randint(1, 99)}.pdf",
            "/login",
            "/api/v2/health",
        )
    )
    port = f":{rng.choice((3000, 8080, 8443, 5000))}" if rng.random() < 0.04 else ""
    return rng.choices(("https://", "http://", "", "ftp://"), (74, 10, 15, 1))[0] + host + port + path


def ip(rng: random.Random) -> str:
    if rng.random() < 0.22:
        groups = [_of(rng, HEX, rng.choice((1, 3, 4, 4, 4))).lstrip("0") or "0" for _ in range(8)]
        form = rng.random()
        if form < 0.45:
            return ":".join(groups)
        if form < 0.9:
            if rng.random() < 0.6:
                return rng.choice(("2001:db8::", "fe80::", "fd00::")) + ":".join(groups[: rng.randint(1, 4)])
            return f"{rng.choice(('2a02:', '2600:1f18:', '2001:4860:'))}{groups[0]}::{groups[1]}"
        return (
            "::1"
            if form < 0.92
            else f"::ffff:{rng.randint(1, 223)}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"
        )
    head = rng.choice(("10.{}", "192.168", "172.{}", "{}.{}", "{}.{}", "{}.{}")).format(
        rng.randint(16, 223), rng.randint(0, 255)
    )
    return f"{head}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"

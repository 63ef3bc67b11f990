r"""Templates of machine-made text: records, tables, configuration, logs, code, forms.

`KINDS` holds the templates of each kind, `compose` also builds new ones: it draws fields, key names, key order, quoting
and layout. Records with personal data stand next to similar ones without.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

# Slots that belong to a person; all others are drawn anew wherever they stand.
PERSONAL = frozenset(
    "first last name initial_last email phone username dob age ssn gov_id card iban bank_account passport "
    "driver_license mrn password address address_line city state country street".split()
)

# Kinds that only the test set has.
HELD_OUT = frozenset({"firewall_log", "patient_hl7", "erp_export", "kotlin_code", "toml_config"})

_PLAIN_SLOT = re.compile(r"\{([a-z_0-9]+)\}")

Field = tuple[str, object, bool]  # key words, value (text, list of fields or list of texts), stands without quotes


def about(template: str, person: int) -> str:
    """The template with the first person's slots turned into another person's."""
    if person == 1:
        return template
    return _PLAIN_SLOT.sub(lambda m: "{%d:%s}" % (person, m[1]) if m[1] in PERSONAL else m[0], template)


# --- fields ---------------------------------------------------------------------------------------------------------

# Meaning -> (names of the key, values). Key names are words; `styled` gives them a case.
_FIELDS: dict[str, tuple[str, list[str]]] = {
    "name": (
        (
            "customer name|full name|name|contact name|display name|account"
            " holder|cardholder|buyer|patient|assignee|reporter|recipient|kunde|nom|nombre|nome"
            " completo|naam|ansprechpartner|employee|owner|requested by|approved"
            " by|guest|driver|tenant|insured|beneficiary|payee|author|created by|ship to|bill"
            " to|signer|applicant|primary contact|nm|cust nm|student|member|lead|titolare|imie"
            " nazwisko|contact|person|teacher|submitted by|emergency contact|next of kin|manager|sales"
            " rep|doctor|attendee|host"
        ),
        ["{name}"] * 5 + ["{first} {last}"] * 3 + ["{last}, {first}", "{initial_last}"],
    ),
    "first": ("first name|given name|fname|vorname|prenom|first|forename|firstname|nombre pila|voornaam", ["{first}"]),
    "last": ("last name|family name|surname|lname|nachname|nom famille|apellidos|last|cognome|sn", ["{last}"]),
    "email": (
        (
            "email|email address|e mail|mail|contact email|user email|reply to|login email|work email|correo|adresse"
            " mail|recovery email|billing email|notify|to|invitee|primary email|eml"
        ),
        ["{email}"],
    ),
    "phone": (
        (
            "phone|phone number|mobile|tel|telephone|cell|contact no|telefon|handy|telefono|portable|msisdn|fax|work"
            " phone|callback|whatsapp|ph|mobile number|gsm"
        ),
        ["{phone}"],
    ),
    "username": (
        (
            "username|user|login|user name|handle|uid|account|screen name|nick|benutzer|actor|principal|updated"
            " by|owner login|sam account name|usr|submitted as"
        ),
        ["{username}"],
    ),
    "dob": (
        (
            "dob|date of birth|birth date|birthday|geburtsdatum|date naissance|born|born on|fecha"
            " nacimiento|birthdate|geb dat|patient dob|nato il"
        ),
        ["{dob}"],
    ),
    "age": ("age|alter|age years|edad|patient age|customer age|leeftijd", ["{age}"]),
    "ssn": ("ssn|social security number|social|tax id|taxpayer ssn|ssn full|soc sec no", ["{ssn}"]),
    "gov_id": (
        (
            "national id|gov id|id number|tax number|personnummer|nino|steuer id|dni|codice"
            " fiscale|cpf|bsn|pesel|identity number|id card|tax ref|numero securite sociale|aadhaar|citizen id|nif"
        ),
        ["{gov_id}"],
    ),
    "card": ("card|card number|cc|credit card|pan|payment card|cc num|kreditkarte|card no|tarjeta", ["{card}"]),
    "iban": ("iban|bank iban|payout iban|konto|account iban|iban number|refund to|creditor account", ["{iban}"]),
    "bank_account": (
        "account number|bank account|acct no|acct|bank acct number|direct deposit account|kontonummer|cuenta",
        ["{bank_account}"],
    ),
    "passport": ("passport|passport number|passport no|pass nr|travel document|reisepass|pasaporte", ["{passport}"]),
    "driver_license": (
        "driver license|dl|license number|driving licence|dl number|fuehrerschein nr|permis",
        ["{driver_license}"],
    ),
    "mrn": ("mrn|medical record number|patient id|chart no|hospital no|med rec|patient mrn|record no", ["{mrn}"]),
    "password": (
        "password|pass|pwd|passwd|passwort|initial password|temp password|contrasena|user pass",
        ["{password}"],
    ),
    "address": (
        (
            "address|shipping address|billing address|home address|street address|adresse|anschrift|addr|delivery"
            " address|direccion|residence|mailing address|indirizzo|ship addr"
        ),
        ["{address_line}"],
    ),
    "street": ("street|address line 1|line1|strasse|street 1|addr1|rue|calle|address1", ["{street}"]),
    "city": ("city|town|ort|ville|ciudad|locality|hometown|stadt|birth place|plaats", ["{city}"]),
    "state": ("state|province|region|bundesland|admin area", ["{state}"]),
    "country": ("country|land|pays|nation|country name|pais|country of residence", ["{country}"]),
    "org": (
        (
            "company|employer|organization|org|firma|company name|societe|account"
            " name|vendor|school|hospital|insurer|supplier|client|bank|empresa|workplace|legal entity"
        ),
        ["{org}"],
    ),
    "ip": ("ip|ip address|client ip|remote addr|last login ip|source ip|src|x forwarded for|host|peer|addr", ["{ip}"]),
    "url": ("url|website|homepage|profile url|link|avatar|callback url|webhook|site|href|linkedin", ["{url}"]),
    "secret": (
        (
            "api key|secret|token|access token|client secret|auth token|secret key|private key|signing"
            " key|bearer|refresh token|credentials|webhook secret"
        ),
        ["{secret}", "{secret}", "{api_key}"],
    ),
    "location": (
        "location|site location|office|place|origin|destination|market|branch|service area|venue",
        ["{location}", "{other_city}"],
    ),
}
PERSON_FIELDS = {meaning: (keys.split("|"), values) for meaning, (keys, values) in _FIELDS.items()}

# Sets of personal fields that occur together.
PROFILES = [
    "name email phone",
    "name email",
    "first last email phone",
    "name address phone",
    "first last dob",
    "name dob gov_id",
    "name card",
    "name iban org",
    "username email ip",
    "username ip",
    "name mrn dob",
    "name passport country",
    "first last street city state country",
    "name org email",
    "name age city",
    "name ssn dob address",
    "email password",
    "username password",
    "org location url",
    "name phone",
    "name username email",
    "name driver_license state",
    "org secret",
    "secret url",
    "ip location",
    "name bank_account",
    "first email",
    "last city",
    "name",
    "email",
    "phone",
    "first last username",
    "name org location",
    "name email secret",
    "mrn age",
    "name address",
    "org address",
    "name dob passport",
    "email ip",
    "first last age city country",
    "name org phone url",
    "org",
    "location",
]

# Records about things: key words -> values. Every theme looks like a record about a person somewhere.
THING_THEMES: list[list[tuple[str, list[str], bool]]] = [
    [
        ("order id", ["{order_id}"], False),
        ("sku", ["{sku}"], False),
        ("product name", ["{product}"], False),
        ("quantity", ["{number}"], True),
        ("unit price", ["{amount}", "{price}"], False),
        ("currency", ["EUR", "USD", "GBP"], False),
        ("status", ["shipped", "pending", "cancelled", "returned"], False),
        ("tracking", ["{tracking}"], False),
        ("color", ["{color}"], False),
        ("discount", ["{percent}"], False),
        ("ordered at", ["{datetime}"], False),
    ],
    [
        ("id", ["{uuid}"], False),
        ("name", ["{code_ident}", "{filename}"], False),
        ("commit", ["{hash}"], False),
        ("version", ["{version}"], False),
        ("duration", ["{duration}"], False),
        ("passed", ["true", "false"], True),
        ("exit code", ["0", "1", "137"], True),
        ("runner", ["linux-x64-large", "macos-14-arm", "gpu-pool-b"], False),
        ("artifact", ["{path}"], False),
        ("started", ["{datetime}"], False),
    ],
    [
        ("model", ["{model_name}"], False),
        ("temperature", ["0.2", "0.7", "1.0"], True),
        ("max tokens", ["512", "4096"], True),
        ("prompt tokens", ["{number}"], True),
        ("finish reason", ["stop", "length", "tool_calls"], False),
        ("request id", ["{uuid}"], False),
        ("latency ms", ["{number}"], True),
        ("seed", ["42", "1337"], True),
        ("created", ["1735689600", "1741082231"], True),
        ("owner", ["platform-team", "system", "batch"], False),
    ],
    [
        ("ticket", ["{ticket_id}"], False),
        (
            "title",
            [
                "Export hangs at {percent}",
                "{error_code} on save",
                "Dark theme ignores {color}",
                "Slow query in {code_ident}",
            ],
            False,
        ),
        ("priority", ["high", "P2", "low"], False),
        ("component", ["{code_ident}"], False),
        ("assignee", ["unassigned", "triage-bot", "backend-team", "null"], False),
        ("labels", ["bug", "needs-repro", "wontfix"], False),
        ("updated", ["{date}"], False),
        ("contact", ["none", "see runbook", "on-call"], False),
        ("age", ["3 days", "2 weeks"], False),
    ],
    [
        ("invoice", ["{invoice}"], False),
        ("total", ["{amount}"], False),
        ("due date", ["{date}"], False),
        ("terms", ["net 30", "prepaid", "14 days 2%"], False),
        ("reference", ["{card_like}", "{order_id}"], False),
        ("vat rate", ["{percent}"], False),
        ("batch no", ["{phone_like}"], False),
        ("account type", ["savings", "current"], False),
        ("card type", ["debit", "virtual", "prepaid"], False),
        ("bank", ["n/a", "internal transfer"], False),
    ],
    [
        ("device", ["{product}"], False),
        ("serial", ["{sku}", "{phone_like}"], False),
        ("firmware", ["{version}"], False),
        ("battery", ["{percent}"], False),
        ("checksum", ["{hash}"], False),
        ("last seen", ["{datetime}"], False),
        ("port", ["{port}"], True),
        ("address", ["0x7ffe42a0", "0x1F40", "reg 40012"], False),
        ("state", ["online", "idle", "fault"], False),
        ("location", ["rack 4, unit 12", "aisle B3", "shelf 7"], False),
        ("host", ["web-03", "edge-gw-2", "db-replica-1"], False),
    ],
    [
        ("title", ["{job_title}"], False),
        ("language", ["{language}"], False),
        ("year", ["{year}"], True),
        ("weekday", ["{weekday}"], False),
        ("month", ["{month}"], False),
        ("animal", ["{animal}"], False),
        ("dish", ["{food}"], False),
        ("score", ["{number}"], True),
        ("name", ["{product}", "{food}", "{color}"], False),
        ("rating", ["4.5", "3.8"], True),
        ("category", ["outdoor", "kitchen", "audio"], False),
    ],
    [
        ("table", ["{code_ident}"], False),
        ("rows", ["{number}"], True),
        ("column", ["email_verified", "phone_type", "name_hash", "city_count"], False),
        ("type", ["varchar(64)", "bigint", "timestamptz", "uuid"], False),
        ("nullable", ["true", "false"], True),
        ("checksum", ["{hash}"], False),
        ("owner", ["app_rw", "reporting"], False),
        ("last vacuum", ["{datetime}"], False),
        ("size", ["{number} kB"], False),
        ("index", ["{code_ident}"], False),
    ],
]

# What stands where a personal value could.
BLANKS = [
    "",
    "N/A",
    "null",
    "-",
    "[REDACTED]",
    "unknown",
    "***",
    "not provided",
    "<hidden>",
    "TBD",
    "none",
    "k.A.",
    "?",
]
LOOKALIKES: list[Field] = [
    ("email verified", "true", True),
    ("password reset required", "false", True),
    ("phone type", "mobile", False),
    ("card brand", "visa", False),
    ("card last4", "4417", False),
    ("token count", "{number}", True),
    ("password policy", "strict", False),
    ("email template", "welcome_v2", False),
    ("address type", "billing", False),
    ("name format", "family_first", False),
    ("ip version", "v6", False),
    ("user count", "{number}", True),
    ("age group", "25-34", False),
    ("min age", "18", True),
    ("ssn verified", "true", True),
    ("locale", "de-CH", False),
    ("timezone", "UTC+2", False),
    ("country code", "49", False),
    ("token type", "bearer", False),
    ("account type", "premium", False),
    ("customer id", "{uuid}", False),
    ("user id", "{number}", True),
    ("hashed password", "{hash}", False),
    ("address hash", "{hash}", False),
    ("customer tier", "gold", False),
    ("name length", "12", True),
    ("passport required", "false", True),
    ("secret name", "db-credentials", False),
    ("user agent", "okhttp/{version}", False),
    ("phone", "null", True),
    ("email", "null", True),
    ("dob", "null", True),
    ("manager", "null", True),
    ("created at", "{datetime}", False),
    ("id", "{number}", True),
    ("ref", "{order_id}", False),
    ("status", "active", False),
    ("version", "{version}", False),
    ("trace id", "{hash}", False),
    ("job title", "{job_title}", False),
    ("plan", "enterprise", False),
    ("balance", "{amount}", False),
    ("last login", "{datetime}", False),
    ("language", "{language}", False),
]

KEY_STYLES = ["snake", "snake", "camel", "camel", "pascal", "kebab", "upper", "title", "joined", "abbrev", "words"]
PREFIXES = ["customer", "user", "contact", "patient", "billing", "employee", "client", "acct", "req", "usr", "kunden"]


def styled(words: str, style: str) -> str:
    """Key words in a case."""
    parts = words.split()
    if style == "camel":
        return parts[0] + "".join(p.capitalize() for p in parts[1:])
    if style == "pascal":
        return "".join(p.capitalize() for p in parts)
    if style == "kebab":
        return "-".join(parts)
    if style == "upper":
        return "_".join(parts).upper()
    if style == "title":
        return " ".join(
            p.upper() if p in {"id", "ip", "ssn", "dob", "iban", "mrn", "url", "sku"} else p.capitalize() for p in parts
        )
    if style == "joined":
        return "".join(parts)
    if style == "abbrev":
        return "_".join(p if len(p) < 6 else p[:1] + re.sub("[aeiou]", "", p[1:])[:3] for p in parts)
    if style == "words":
        return " ".join(parts)
    return "_".join(parts)


def person_fields(rng: Random, person: int = 1, profile: str | None = None, extras: bool = True) -> list[Field]:
    """Fields of a record that tells about a person or an organisation, in random order."""
    fields: list[Field] = []
    wanted = (profile or rng.choice(PROFILES)).split()
    if not profile and rng.random() < 0.2:
        wanted += [f for f in rng.sample(sorted(PERSON_FIELDS), 2) if f not in wanted]
    for meaning in wanted:
        keys, values = PERSON_FIELDS[meaning]
        key = rng.choice(keys)
        if rng.random() < 0.08 and " " not in key:
            key = rng.choice(PREFIXES) + " " + key
        fields.append((key, about(rng.choice(values), person), meaning == "age" and rng.random() < 0.7))
    if extras:
        fields += rng.sample(LOOKALIKES, rng.choice([0, 0, 1, 1, 2, 3]))
        if rng.random() < 0.35:
            fields += thing_fields(rng, rng.choice([1, 2]))
    return unique(rng.sample(fields, len(fields)) if rng.random() < 0.5 else fields)


def thing_fields(rng: Random, count: int | None = None) -> list[Field]:
    """Fields of a record without personal data."""
    theme = rng.choice(THING_THEMES)
    picked = rng.sample(theme, min(len(theme), count or rng.randint(3, 6)))
    fields: list[Field] = [(key, rng.choice(values), bare) for key, values, bare in picked]
    if count is None and rng.random() < 0.3:
        fields.append(rng.choice(LOOKALIKES))
    return unique(fields)


def unique(fields: list[Field]) -> list[Field]:
    """The fields without repeated keys."""
    seen: set[str] = set()
    kept: list[Field] = []
    for entry in fields:
        if entry[0] not in seen:
            seen.add(entry[0])
            kept.append(entry)
    return kept


def record(rng: Random, person: int = 1) -> list[Field]:
    """A record, mostly about a person."""
    return person_fields(rng, person) if rng.random() < 0.8 else thing_fields(rng)


def nested(rng: Random, person: int = 1, depth: int = 2) -> list[Field]:
    """A record with records and lists inside."""
    fields = list(record(rng, person))
    inner = rng.choice(
        [
            "contact",
            "person",
            "data",
            "attributes",
            "payload",
            "billing",
            "customer",
            "meta",
            "profile",
            "owner",
            "adresse",
            "details",
            "item",
            "identity",
            "emergency contact",
            "context",
            "source",
        ]
    )
    if depth > 1 and rng.random() < 0.8:
        child = nested(rng, person + (rng.random() < 0.3), depth - 1)
        fields.insert(rng.randint(0, len(fields)), (inner, child, False))
    if rng.random() < 0.3:
        what = rng.choice(
            [
                ("tags", ["vip", "beta", "{color}"]),
                ("phones", ["{phone}", "{phone_like}"]),
                ("members", ["{name}", "{2:name}"]),
                ("versions", ["{version}", "{version}"]),
                ("emails", ["{email}", "{2:email}"]),
                ("hashes", ["{hash}"]),
                ("cc", ["{2:email}", "{3:email}"]),
                ("nicknames", ["{first}", "{username}"]),
                ("history", ["{date}", "{date}"]),
            ]
        )
        fields.append((what[0], [about(v, person) for v in what[1]], False))
    if rng.random() < 0.25:
        fields.append(("meta", thing_fields(rng, 2), False))
    return unique(fields)


# --- writing records ------------------------------------------------------------------------------------------------


def json_text(
    fields: object,
    key_style: str,
    indent: int | None,
    quote: str = '"',
    level: int = 0,
    space: str = " ",
    words: tuple[str, str, str] = ("true", "false", "null"),
) -> str:
    """Fields as JSON, or as something close to it."""
    if isinstance(fields, list) and fields and isinstance(fields[0], str):
        return "[" + ("," + space).join(quote + str(v) + quote for v in fields) + "]"
    new = "\n" + " " * (indent * (level + 1)) if indent else ""
    end = "\n" + " " * (indent * level) if indent else ""
    if isinstance(fields, list) and fields and isinstance(fields[0], list):
        items = [json_text(f, key_style, indent, quote, level + 1, space, words) for f in fields]
        return "[" + new + ("," + (new or space)).join(items) + end + "]"
    parts = []
    for key, value, bare in fields:  # type: ignore[union-attr]
        if isinstance(value, list):
            text = json_text(value, key_style, indent, quote, level + 1, space, words)
        elif value in ("true", "false", "null"):
            text = words[("true", "false", "null").index(value)]
        else:
            text = str(value) if bare else quote + str(value) + quote
        parts.append(quote + styled(key, key_style) + quote + ":" + space + text)
    body = ("," + (new or space)).join(parts)
    return "{" + new + body + end + "}"


def any_json(rng: Random, fields: object) -> str:
    """Fields as JSON in a random layout."""
    indent = rng.choice([None, None, 2, 2, 4])
    quote = rng.choice(['"'] * 8 + ["'", '\\"'])
    words = ("True", "False", "None") if quote == "'" else ("true", "false", "null")
    return json_text(
        fields, rng.choice(KEY_STYLES[:9]), indent, quote, 0, rng.choice([" ", " ", "" if not indent else " "]), words
    )


def json_record(rng: Random) -> str:
    """One record, or some in a row."""
    kind = rng.random()
    if kind < 0.55:
        return any_json(rng, record(rng))
    if kind < 0.75:
        return any_json(rng, [record(rng, n + 1) for n in range(rng.randint(2, 3))])
    style = rng.choice(KEY_STYLES[:6])
    return "\n".join(
        json_text(record(rng, n + 1), style, None, space=rng.choice(["", " "])) for n in range(rng.randint(2, 4))
    )


def json_nested(rng: Random) -> str:
    """A record with parts."""
    return any_json(rng, nested(rng, 1, rng.choice([2, 2, 3])))


def json_api_response(rng: Random) -> str:
    """An answer of a service."""
    items: object = [record(rng, n + 1) for n in range(rng.randint(1, 3))]
    shape = rng.random()
    if shape < 0.35:
        outer: list[Field] = [
            ("status", rng.choice(["ok", "success", "200"]), False),
            (rng.choice(["data", "results", "items", "hits", "customers", "rows"]), items, False),
            rng.choice([("next cursor", "{hash}", False), ("total", "{number}", True), ("page", "1", True)]),
        ]
    elif shape < 0.6:
        outer = [
            ("object", rng.choice(["customer", "charge", "user", "list"]), False),
            ("id", "{uuid}", False),
            ("created", "1741082231", True),
            *nested(rng),
        ]
    elif shape < 0.8:
        outer = [
            (
                "error",
                [
                    ("code", "{error_code}", False),
                    (
                        "message",
                        rng.choice(
                            [
                                "No account for {email}",
                                "User {username} is locked",
                                "Card {card} was declined",
                                "Field {code_ident} is required",
                                "Rate limit of {number} reached",
                                "Could not geocode {address_line}",
                                "Duplicate key ({email})",
                                "Model {model_name} not found",
                                "IBAN {iban} failed validation",
                                "Invalid token {secret}",
                            ]
                        ),
                        False,
                    ),
                ],
                False,
            ),
            ("request id", "{uuid}", False),
        ]
    else:
        outer = [("jsonrpc", "2.0", False), ("id", "7", True), ("result", nested(rng), False)]
    status = rng.choice(["", "", "", "HTTP/1.1 200 OK\ncontent-type: application/json\n\n", "Response (201):\n"])
    return status + any_json(rng, unique(outer))


def tool_call_json(rng: Random) -> str:
    """A model calls a function."""
    name = rng.choice(
        [
            "create_contact",
            "send_email",
            "lookup_order",
            "book_appointment",
            "update_crm",
            "search_docs",
            "transfer_funds",
            "run_query",
            "schedule_meeting",
            "get_weather",
            "file_ticket",
            "verify_identity",
        ]
    )
    args = json_text(record(rng), rng.choice(["snake", "camel"]), None, rng.choice(['"', '\\"']))
    return rng.choice(
        [
            '{"name": "%s", "arguments": %s}',
            '{"type":"function","function":{"name":"%s","arguments":"%s"}}',
            '<tool_call>\n{"name": "%s", "arguments": %s}\n</tool_call>',
            "Calling %s with %s",
            '{"tool_calls":[{"id":"call_' + hexa(rng, 8) + '","function":{"name":"%s","arguments":%s}}]}',
            '{"type": "tool_use", "id": "toolu_' + hexa(rng, 6) + '", "name": "%s", "input": %s}',
            "%s(%s)",
        ]
    ) % (name, args)


def tool_result(rng: Random) -> str:
    """A function answers a model."""
    body = rng.choice([json_record, json_record, csv_rows, key_value_form, app_log])(rng)
    return (
        rng.choice(
            [
                "Tool result:\n",
                '{"role": "tool", "content": ',
                "<tool_result>\n",
                "Observation: ",
                "[search_crm] 1 hit\n",
                "function_output>>> ",
                "Result of lookup ({duration}):\n",
            ]
        )
        + body
    )


def table(rng: Random, rows: int) -> tuple[list[str], list[list[str]]]:
    """Column titles and cells; some cells are blank or masked, some rows have no person."""
    meanings = rng.choice(PROFILES).split() if rng.random() < 0.88 else []
    if meanings and rng.random() < 0.3:
        meanings = [m for m in meanings if m != "password"] + [rng.choice(["city", "org", "username", "phone"])]
    meanings = list(dict.fromkeys(meanings))
    theme = rng.sample(rng.choice(THING_THEMES), rng.choice([0, 1, 2, 2, 3]) if meanings else rng.randint(3, 5))
    columns: list[tuple[str, Callable[[int], str]]] = []
    for meaning in meanings:
        keys, values = PERSON_FIELDS[meaning]
        value = rng.choice(values)
        columns.append((rng.choice(keys), lambda person, value=value: about(value, person)))
    for key, values, _ in theme:
        columns.append((key, lambda person, values=values: rng.choice(values)))
    if rng.random() < 0.5:
        columns = rng.sample(columns, len(columns))
    if rng.random() < 0.4:
        first = rng.choice(["{order_id}", "{number}", "{uuid}", "{ticket_id}", "#"])
        start = rng.randint(1, 9000)
        columns.insert(
            0, (rng.choice(["id", "no", "ref", "row"]), lambda person: str(start + person) if first == "#" else first)
        )
    holes = rng.choice([0, 0, 0.1, 0.25])
    cells = []
    for person in range(1, rows + 1):
        cells.append([rng.choice(BLANKS) if rng.random() < holes else value(person) for _, value in columns])
    style = rng.choice(KEY_STYLES)
    return [styled(c, style) for c, _ in columns], cells


def delimited(rng: Random, separator: str) -> str:
    """A table with a separator between the cells."""
    head, rows = table(rng, rng.randint(1, 6))
    quote = rng.choice(["", "", '"', "'"]) if separator != "\t" else ""
    some = rng.random() < 0.4

    def cell(text: str) -> str:
        spaced = "{address_line}" in text or ":address_line}" in text or "name}" in text or ", " in text
        return quote + text + quote if not some or spaced else text

    lines = [separator.join(cell(c) for c in row) for row in rows]
    if rng.random() < 0.85:
        lines.insert(0, separator.join(head))
    return "\n".join(lines)


def csv_rows(rng: Random) -> str:
    """Comma, semicolon or bar."""
    return rng.choice(["", "", "", "", "export.csv:\n", "sep=;\n", "# {date} nightly dump\n"]) + delimited(
        rng, rng.choice([",", ",", ",", ";", ", ", "|"])
    )


def tsv(rng: Random) -> str:
    """Tabulators."""
    return delimited(rng, "\t")


def spreadsheet_dump(rng: Random) -> str:
    """Cells as a reader of workbooks prints them."""
    head, rows = table(rng, rng.randint(1, 4))
    shape = rng.random()
    if shape < 0.4:
        lines = ["Sheet: " + rng.choice(["Sheet1", "Contacts", "Q3 payroll", "Roster", "Stock", "Import"])]
        for r, row in enumerate([head, *rows], 1):
            lines += ["%s%d: %s" % (chr(65 + c), r, text) for c, text in enumerate(row)]
        return "\n".join(lines)
    if shape < 0.7:
        return "\n".join("%d  %s" % (r, "   ".join(row)) for r, row in enumerate([head, *rows]))
    return "\n".join(str(["~" + c for c in row]).replace("'~", "'") for row in [head, *rows])


def markdown_table(rng: Random) -> str:
    """A table in Markdown."""
    head, rows = table(rng, rng.randint(1, 5))
    bar = rng.choice(["---", ":---", ":-:", "-----"])
    tight = rng.random() < 0.2
    join = (lambda row: "|" + "|".join(row) + "|") if tight else (lambda row: "| " + " | ".join(row) + " |")
    title = rng.choice(["", "", "### Results\n\n", "## On-call rota\n\n", "**Open items**\n\n", "#### Comparison\n"])
    return title + "\n".join([join(head), join([bar] * len(head)), *map(join, rows)])


def prompt_with_table(rng: Random) -> str:
    """A request about a table."""
    ask = rng.choice(
        [
            "Summarise the table below in two sentences.",
            "Which rows are duplicates?",
            "Convert this to JSON, keep the column order:",
            "Clean up this list and fix the casing.",
            "pls turn into a markdown table",
            "Find the outliers in this data.",
            "Translate the headers to {language}.",
            "Write an UPDATE statement for each row.",
            "Group these by status, then count.",
            "Draft a polite reminder for everyone in here.",
            "What's wrong with line 2?",
            "Bitte sortiere nach Datum:",
            "Corrige les erreurs de ce tableau :",
            "Give me a regex that matches the first column.",
        ]
    )
    body = rng.choice([csv_rows, tsv, markdown_table, spreadsheet_dump])(rng)
    fence = rng.random() < 0.3
    body = "```\n" + body + "\n```" if fence else body
    return ask + "\n\n" + body if rng.random() < 0.8 else body + "\n\n" + ask


def sql_insert(rng: Random) -> str:
    """Rows going into a table."""
    head, rows = table(rng, rng.randint(1, 4))
    head = [h.lower().replace(" ", "_").replace("-", "_") for h in head]
    where = rng.choice(
        [
            "customers",
            "public.users",
            "crm_contact",
            "patients",
            "`orders`",
            "[dbo].[Person]",
            "kunden",
            "staff",
            "audit_events",
            "payees",
            "T_CUST",
        ]
    )

    def cell(text: str) -> str:
        return (
            "NULL"
            if text in ("null", "", "-", "N/A")
            else text if re.fullmatch(r"\{number\}|\{(\d:)?age\}|true|false", text) else "'" + text + "'"
        )

    values = ["(" + ", ".join(map(cell, row)) + ")" for row in rows]
    word = rng.choice(["INSERT INTO", "insert into", "INSERT OR REPLACE INTO", "INSERT INTO"])
    columns = " (" + ", ".join(head) + ")" if rng.random() < 0.8 else ""
    if rng.random() < 0.5:
        return "%s %s%s\nVALUES\n  %s;" % (word, where, columns, ",\n  ".join(values))
    return "\n".join("%s %s%s VALUES %s;" % (word, where, columns, v) for v in values)


def yaml_lines(fields: list[Field], style: str, depth: int, quote: str) -> list[str]:
    """Fields as YAML lines."""
    lines = []
    pad = "  " * depth
    for key, value, bare in fields:
        name = styled(key, style)
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            lines += [pad + name + ":", *yaml_lines(value, style, depth + 1, quote)]
        elif isinstance(value, list):
            lines += [pad + name + ":", *(pad + "  - " + str(v) for v in value)]
        else:
            lines.append(pad + name + ": " + (str(value) if bare else quote + str(value) + quote))
    return lines


def yaml_config(rng: Random) -> str:
    """Records as YAML."""
    style = rng.choice(["snake", "camel", "kebab", "snake"])
    quote = rng.choice(["", "", '"', "'"])
    if rng.random() < 0.5:
        return rng.choice(["", "---\n"]) + "\n".join(yaml_lines(nested(rng), style, 0, quote))
    head = rng.choice(
        ["maintainers", "users", "contacts", "fixtures", "on_call", "items", "recipients", "steps", "services"]
    )
    lines = [head + ":"]
    for person in range(1, rng.randint(2, 4)):
        block = yaml_lines(record(rng, person), style, 2, quote)
        lines += ["  - " + block[0].strip(), *block[1:]]
    return "\n".join(lines)


def pairs(rng: Random, head: str, form: str, style: str, comment: str) -> str:
    """Settings: one `key = value` in a line."""
    lines = []
    for key, value, _ in record(rng):
        if rng.random() < 0.08:
            lines.append(
                comment
                + " "
                + rng.choice(
                    [
                        "rotate every {number} days",
                        "ask {3:first} before changing this",
                        "see {ticket_id}",
                        "deprecated since {version}",
                        "owner: {3:name}",
                        "default: off",
                    ]
                )
            )
        lines.append(form % (styled(key, style), value))
    return head + "\n".join(lines)


def env_file(rng: Random) -> str:
    """Variables of an environment."""
    more = [
        "LOG_LEVEL=debug",
        "PORT={port}",
        "DB_PASSWORD={password}",
        "ADMIN_EMAIL={email}",
        "API_KEY={api_key}",
        "SECRET_KEY={secret}",
        "NODE_ENV=production",
        "MODEL={model_name}",
        "RETRIES=3",
        "BUILD_SHA={hash}",
        "REDIS_HOST={ip}",
        "SMTP_USER={username}",
        "SMTP_PASS='{password}'",
        "TIMEOUT_MS={number}",
        "PUBLIC_URL={url}",
        "RELEASE={version}",
        "ALERT_PHONE={phone}",
        "OPENAI_API_KEY={api_key}",
        "# set by {first}, do not commit",
        "DATABASE_URL={secret}",
        "TOKEN_LIMIT={number}",
        "PASSWORD_MIN_LENGTH=12",
        "SESSION_ID={uuid}",
        'MAIL_FROM="{name} <{email}>"',
        "API_KEY=changeme",
        "DB_PASSWORD=",
        'COMPANY_NAME="{org}"',
        "REGION=eu-central-1",
        "SECRET_NAME=prod/db",
        "AUTH_TOKEN=$(cat token.txt)",
    ]
    lines = rng.sample(more, rng.randint(3, 8))
    if rng.random() < 0.3:
        lines = ["export " + x if "=" in x else x for x in lines]
    return "\n".join(lines)


def ini(rng: Random) -> str:
    """Sections of settings."""
    heads = [
        "[general]\n",
        "[user]\n",
        "[smtp]\n",
        "[contact]\n",
        "[client.default]\n",
        "[Kunde]\n",
        "; local overrides\n[auth]\n",
        "[build]\n",
    ]
    form = rng.choice(["%s = %s", "%s=%s", '%s = "%s"', "%s: %s"])
    return "\n\n".join(
        pairs(rng, rng.choice(heads), form, rng.choice(["snake", "joined", "camel", "upper"]), ";")
        for _ in range(rng.randint(1, 2))
    )


def toml_config(rng: Random) -> str:
    """Settings in TOML."""
    text = pairs(
        rng,
        rng.choice(
            ["[package]\n", "[[authors]]\n", "[tool.release]\n", "[database]\n", "[profile.owner]\n", "[server.tls]\n"]
        ),
        '%s = "%s"',
        rng.choice(["snake", "kebab"]),
        "#",
    )
    return rng.choice(KINDS["toml_config"]) + "\n\n" + text if rng.random() < 0.4 else text


def xml(rng: Random) -> str:
    """Elements or attributes."""
    style = rng.choice(["pascal", "camel", "snake", "kebab", "joined"])
    root = rng.choice(
        ["customer", "Person", "record", "entry", "Patient", "order", "Kontakt", "contact", "row", "item", "soap:Body"]
    )
    people = range(1, rng.choice([1, 1, 2, 3]) + 1)
    blocks = []
    attributes = rng.random() < 0.3
    for person in people:
        fields = [(styled(k, style), v) for k, v, _ in record(rng, person)]
        if attributes:
            blocks.append("<" + root + " " + " ".join('%s="%s"' % f for f in fields) + "/>")
        else:
            pad, end = rng.choice([("\n  ", "\n"), ("", "")])
            blocks.append(
                "<"
                + root
                + ">"
                + "".join("%s<%s>%s</%s>" % (pad, k, v, k) for k, v in fields)
                + end
                + "</"
                + root
                + ">"
            )
    head = rng.choice(
        [
            "",
            "",
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            "<!-- exported {date} -->\n",
            "<!-- fixed by {3:name} -->\n",
        ]
    )
    return head + "\n".join(blocks)


def html_form(rng: Random) -> str:
    """Inputs that hold values, and some that hold only hints."""
    lines = []
    for key, value, _ in record(rng):
        name = styled(key, rng.choice(["snake", "camel"]))
        lines.append(
            rng.choice(
                [
                    '<input name="%s" value="%s">' % (name, value),
                    '<label for="f-%s">%s</label> <input id="f-%s" value="%s"/>'
                    % (name, styled(key, "title"), name, value),
                    "<dt>%s</dt><dd>%s</dd>" % (styled(key, "title"), value),
                    "<tr><th>%s</th><td>%s</td></tr>" % (styled(key, "title"), value),
                    '<input type="text" placeholder="Enter %s">' % key,
                    '<div class="field" data-%s="%s"></div>' % (styled(key, "kebab"), value),
                    '<span class="lbl">%s:</span> <b>%s</b>' % (styled(key, "words"), value),
                ]
            )
        )
    open_tag = rng.choice(
        ['<form method="post" action="/save">', '<form id="profile">', "<dl>", "<table>", '<div class="card">', ""]
    )
    close = "</" + open_tag[1:].split(" ")[0].rstrip(">") + ">" if open_tag else ""
    return "\n".join(x for x in [open_tag, *lines, close] if x)


def key_value_form(rng: Random) -> str:
    """Labels and values, line by line."""
    form = rng.choice(
        [
            "%s: %s",
            "%s: %s",
            "%s - %s",
            "%s = %s",
            "%s\t%s",
            "%s:\n%s",
            "**%s:** %s",
            "- %s: %s",
            "* %s -> %s",
            "%s | %s",
        ]
    )
    style = rng.choice(["title", "title", "words", "upper", "snake"])
    blocks = []
    for person in range(1, rng.choice([1, 1, 1, 2]) + 1):
        fields = record(rng, person)
        blocks.append("\n".join(form % (styled(k, style), v) for k, v, _ in fields))
    head = rng.choice(
        [
            "",
            "",
            "",
            "New submission\n",
            "CLIENT DETAILS\n",
            "Lead captured {datetime}\n",
            "Stammdaten\n",
            "Intake form:\n",
        ]
    )
    return head + "\n\n".join(blocks)


def printed_form(rng: Random) -> str:
    """A form on paper: dotted lines, boxes, numbered fields."""
    lines = []
    for number, (key, value, _) in enumerate(record(rng), 1):
        label = styled(key, "title")
        lines.append(
            rng.choice(
                [
                    "%s %s %s" % (label, "." * rng.randint(5, 25), value),
                    "%s: ____%s____" % (label, value),
                    "%d. %s   %s" % (number, label, value),
                    "%s%s%s" % (label, " " * rng.randint(3, 14), value),
                    "[x] %s  %s" % (label, value),
                    "%s (please print): %s" % (label.upper(), value),
                    "%s: ______________" % label,
                    "%d) %s\n   %s" % (number, label, value),
                    "☐ %s ☒ n/a" % label,
                ]
            )
        )
    head = rng.choice(
        [
            "REGISTRATION FORM",
            "Form W-%d  Rev. {year}" % rng.randint(2, 40),
            "Anmeldung",
            "APPLICATION FOR REFUND",
            "Patient Intake",
            "SECTION B - DETAILS",
            "Formulaire de contact",
            "Visitor Log",
            "Emergency Information Card",
            "",
        ]
    )
    foot = rng.choice(
        [
            "",
            "",
            "Signature: {name}    Date: {date}",
            "Office use only: {order_id}",
            "Page 1 of 3",
            "Signed ................",
        ]
    )
    return "\n".join(x for x in [head, *lines, foot] if x)


def html_page(rng: Random) -> str:
    """Pieces of a page."""
    return "\n".join(snippets(rng, "html_page", 1, 3))


def test_fixture(rng: Random) -> str:
    """Data that a test works on."""
    body = json_text(record(rng), rng.choice(["snake", "camel"]), rng.choice([None, 2, 4]), rng.choice(['"', "'"]))
    return rng.choice(
        [
            "@pytest.fixture\ndef %s():\n    return %s",
            "const %s = %s;",
            "%s = %s",
            "export const %s = %s as const;",
            "let(:%s) { %s }",
            "# fixtures/%s.json\n%s",
            "def test_%s(client):\n    payload = %s\n    assert client.post('/x', json=payload).status_code == 201",
            "it('saves %s', () => expect(save(%s)).toBe(true));",
            "%s:\n%s",
        ]
    ) % (
        rng.choice(
            ["valid_user", "order", "sample", "patient_a", "existing_customer", "build_job", "expected", "mock_row"]
        ),
        body,
    )


def erp_export(rng: Random) -> str:
    """Segments of fixed order with many codes."""
    separator = rng.choice(["|", "~", ";", "^"])
    lines = []
    for person in range(1, rng.randint(2, 5)):
        cells = [rng.choice(["BP", "KNA1", "VEND", "HDR", "PARTN", "LFA1"]), "%010d" % rng.randint(1, 10**9)]
        cells += [str(v) for _, v, _ in record(rng, person)]
        cells += rng.sample(["EUR", "X", "", "DE01", "Z030", "{date}", "{amount}", "{invoice}", "000000"], 3)
        lines.append(separator.join(cells))
    return "\n".join(lines)


# --- lines with a time in front -------------------------------------------------------------------------------------


def hexa(rng: Random, length: int) -> str:
    """Random hexadecimal digits."""
    return "".join(rng.choice("0123456789abcdef") for _ in range(length))


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Clock:
    """A time in one format that moves on with each line."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.form = rng.randrange(8)
        self.day, self.month, self.year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2019, 2026)
        self.second = rng.randint(0, 80000)

    def next(self, form: int | None = None) -> str:
        """The next time."""
        self.second += self.rng.choice([0, 1, 1, 2, 7, 40])
        clock = "%02d:%02d:%02d" % (self.second // 3600 % 24, self.second // 60 % 60, self.second % 60)
        day = "%d-%02d-%02d" % (self.year, self.month, self.day)
        milli = self.rng.randint(0, 999)
        month = MONTHS[self.month - 1]
        return [
            "%s %s,%03d" % (day, clock, milli),
            "%sT%s.%03dZ" % (day, clock, milli),
            "[%s]" % clock,
            "%s %2d %s" % (month, self.day, clock),
            "%s/%s %s" % (day[:4], day[5:].replace("-", "/"), clock),
            "[%s %s]" % (day, clock),
            clock,
            "%02d/%s/%d:%s +0000" % (self.day, month, self.year, clock),
        ][self.form if form is None else form]


SERVICES = [
    "auth-service",
    "billing",
    "gateway",
    "worker-3",
    "api",
    "mailer",
    "orders",
    "weir",
    "scheduler",
    "c.a.p.PaymentService",
    "app.users",
    "ingest",
    "checkout-7f9c",
    "web-03",
    "crm-sync",
]


def prefix(rng: Random, clock: Clock, shape: int) -> str:
    """What stands before the message of an application's log line."""
    level = rng.choice(["INFO", "INFO", "WARN", "ERROR", "DEBUG"])
    service = rng.choice(SERVICES)
    return [
        "%s %s %s: " % (clock.next(), level, service),
        "%s [%s] %s - " % (clock.next(), level, service),
        "%s %s [%s] " % (clock.next(), level.lower(), service),
        "%s: " % level,
        "%s | %s | %s | " % (clock.next(), level, service),
        "%s [http-nio-%d] %s %s : " % (clock.next(), rng.randint(1, 99), level, service),
        "ts=%s level=%s svc=%s msg=" % (clock.next(1), level.lower(), service),
    ][shape]


def app_log(rng: Random) -> str:
    """Log lines of an application."""
    clock, shape = Clock(rng), rng.randrange(7)
    return "\n".join(prefix(rng, clock, shape) + x for x in snippets(rng, "app_log", 1, 6))


def stamped(kind: str, least: int, most: int, front: Callable[[Random, Clock], str]) -> Callable[[Random], str]:
    """A composer of lines that begin alike."""

    def build(rng: Random) -> str:
        clock = Clock(rng)
        return "\n".join(front(rng, clock) + line for line in snippets(rng, kind, least, most))

    build.__doc__ = "Lines of %s." % kind
    return build


def access_log(rng: Random) -> str:
    """Requests to a web server."""
    clock = Clock(rng)
    lines = []
    for line in snippets(rng, "access_log", 1, 4):
        lines.append(
            '%s - %s [%s] "%s HTTP/%s" %d %d "-" "%s"'
            % (
                rng.choice(["{ip}"] * 4 + ["-"]),
                rng.choice(["-", "-", "-", about("{username}", rng.randint(1, 3))]),
                clock.next(7),
                line,
                rng.choice(["1.1", "2.0", "2"]),
                rng.choice([200, 200, 201, 302, 401, 404, 500]),
                rng.randint(90, 90000),
                rng.choice(
                    [
                        "curl/8.4.0",
                        "Mozilla/5.0 (X11; Linux x86_64)",
                        "python-requests/2.31.0",
                        "Go-http-client/2.0",
                        "kube-probe/1.29",
                        "-",
                        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
                    ]
                ),
            )
        )
    return "\n".join(lines)


def system_front(rng: Random, clock: Clock) -> str:
    """Time and host of a syslog line."""
    return "%s%s %s " % (
        rng.choice(["", "", "<34>", "<13>1 "]),
        clock.next(3),
        rng.choice(["web-03", "db1", "bastion", "node-a17", "mx2", "vpn-gw"]),
    )


def pod_front(rng: Random, clock: Clock) -> str:
    """Name of a pod and the time."""
    pod = "%s-%s-%s" % (
        rng.choice(["api", "billing", "worker", "mailer", "auth", "ingest"]),
        hexa(rng, 9),
        hexa(rng, 5),
    )
    return rng.choice(
        [
            "%s %s " % (pod, clock.next(1)),
            "[pod/%s] " % pod,
            "I%02d%02d %s       1 controller.go:%d] " % (clock.month, clock.day, clock.next(6), rng.randint(40, 900)),
            clock.next(1) + " stdout F ",
        ]
    )


def audit_log(rng: Random) -> str:
    """Who did what."""
    if rng.random() < 0.4:
        return any_json(
            rng,
            [
                ("time", "{datetime}", False),
                ("action", rng.choice(["user.update", "role.grant", "key.rotate", "export.create"]), False),
                ("actor", person_fields(rng, 1, rng.choice(["username ip", "name email", "email"]), False), False),
                ("target", record(rng, 2), False),
                ("request id", "{uuid}", False),
            ],
        )
    clock = Clock(rng)
    return "\n".join(clock.next() + " " + x for x in snippets(rng, "audit_log", 1, 4))


def firewall_log(rng: Random) -> str:
    """Packets that passed or not."""
    return stamped("firewall_log", 1, 4, system_front)(rng)


def chat_export(rng: Random) -> str:
    """Messages of some people."""
    clock = Clock(rng)
    form = rng.choice(["[%s] %s: %s", "%s - %s: %s", "%s <%s> %s", "(%s) %s: %s", "%s\t%s\t%s", "%s, %s wrote: %s"])
    short = clock.next(6)[:5]
    who = rng.choice(["{first}", "{name}", "{username}", "{first}"])
    lines = []
    for line in snippets(rng, "chat_export", 2, 7):
        speaker = (
            about(who, rng.randint(1, 3))
            if rng.random() < 0.9
            else rng.choice(["Bot", "System", "support", "Agent", "me", "You"])
        )
        clock.second += rng.randint(20, 300)
        lines.append(form % (clock.next(6)[:5] if rng.random() < 0.95 else short, speaker, line))
    return "\n".join(lines)


def email_headers(rng: Random) -> str:
    """Head lines of a mail."""
    must = [
        "From: {name} <{email}>",
        "To: {2:name} <{2:email}>",
        "Subject: "
        + rng.choice(
            [
                "Re: {ticket_id}",
                "Invoice {invoice}",
                "Weekly report",
                "Fwd: contract for {org}",
                "{product} out of stock",
                "Meeting {weekday}",
                "Your order {order_id}",
                "AW: Angebot",
                "{3:first}'s laptop",
                "Question about {language} docs",
            ]
        ),
    ]
    may = [
        "Date: {weekday}, {date} {time} +0000",
        "Cc: {3:email}",
        'Cc: "{last}, {first}" <{email}>, {2:email}',
        "Reply-To: {email}",
        "Message-ID: <{uuid}@mx2>",
        "X-Originating-IP: [{ip}]",
        "Received: from mx2 ([{ip}]) by mail-in with ESMTPS id " + hexa(rng, 9),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "X-Mailer: mutt 2.2.9",
        "Organization: {org}",
        "X-Spam-Score: 0.3",
        "List-Unsubscribe: <{url}>",
        "DKIM-Signature: v=1; a=rsa-sha256; b={hash}",
        "Return-Path: <{email}>",
        "Sender: {3:name}",
        "Importance: high",
        "X-Request-Id: {uuid}",
        "Delivered-To: {2:email}",
    ]
    lines = rng.sample(must, rng.randint(1, 3)) + rng.sample(may, rng.randint(1, 5))
    tail = rng.choice(
        [
            "",
            "",
            "\n\nHi {2:first},\n\nplease see the attached {filename}.\n\nBest,\n{first}",
            "\n\nTicket {ticket_id} was closed.",
        ]
    )
    return "\n".join(lines if rng.random() < 0.5 else rng.sample(lines, len(lines))) + tail


# --- papers of business ---------------------------------------------------------------------------------------------


def item_lines(rng: Random) -> list[str]:
    """Goods and prices."""
    form = rng.choice(
        [
            "{product}   {number}   {price}",
            "{number} x {product}  {price}",
            "{sku} {product} {price}",
            "{product} ({color})\t{amount}",
            "{food}    {price}",
            "{job_title} services, {number} h   {amount}",
        ]
    )
    return [form] * rng.randint(1, 3)


def invoice(rng: Random) -> str:
    """Sender, receiver, goods, sum, account."""
    head = rng.choice(
        [
            "INVOICE {invoice}",
            "Invoice no. {invoice}\nDate {date}",
            "Rechnung Nr. {invoice}",
            "TAX INVOICE",
            "Facture {invoice} du {date}",
            "Factura {invoice}",
            "Pro forma {invoice}",
            "PURCHASE ORDER {order_id}",
        ]
    )
    sender = rng.choice(["{org}\n{address}", "{org}, {address_line}", "From: {name}\n{address_line}", "{org}", ""])
    receiver = rng.choice(
        [
            "Bill to: {2:name}\n{2:address}",
            "Customer: {2:name}, {2:address_line}",
            "Attn. {2:name}\n{org}",
            "Kunde: {2:last}, {2:first}\n{2:street}\n{2:city}",
            "Sold to {org} (contact: {2:name})",
            "",
            "Client : Mme {2:last}\n{2:address}",
            "Recipient {2:name} / {2:email} / {2:phone}",
        ]
    )
    end = rng.choice(
        [
            "Total {amount}",
            "Amount due: {amount} by {date}",
            "Subtotal {amount}\nVAT {percent}\nTotal {amount}",
            "Gesamtbetrag {amount}",
            "Total TTC {amount}",
        ]
    )
    pay = rng.choice(
        [
            "IBAN {iban}",
            "Pay to account {bank_account}",
            "Card on file: {card}",
            "VAT no. {gov_id}",
            "",
            "",
            "Questions? {email} or {phone}",
            "{url}",
            "Prepared by {3:first}",
            "Ref. {card_like}",
        ]
    )
    blocks = [head, sender, receiver, "\n".join(item_lines(rng)), end, pay]
    blocks = [b for b in blocks if b and rng.random() < 0.9]
    return rng.choice(["\n", "\n\n"]).join(blocks) or head


def receipt(rng: Random) -> str:
    """A till's or a terminal's slip."""
    lines = rng.sample(
        ["{org}", "{address_line}", "Tel {phone}", "{url}", "Store {number}", "*** COPY ***", "{other_city}"],
        rng.randint(1, 3),
    )
    lines += item_lines(rng) + [rng.choice(["TOTAL {amount}", "Sum {amount}", "Summe EUR {amount}", "AMOUNT {price}"])]
    lines += rng.sample(
        [
            "Cashier: {first}",
            "Served by {first} {last}",
            "CARD {card}",
            "CARD ************4417",
            "AUTH {number}",
            "{datetime}",
            "Member: {name}",
            "Trans {card_like}",
            "Order {order_id}",
            "Bon-Nr. {phone_like}",
            "Mail: {email}",
            "TID {number}",
            "Ihre Bedienung: {first}",
            "Thank you, come again",
            "Table 12  Guests 2",
            "Tax {percent}",
        ],
        rng.randint(1, 5),
    )
    return "\n".join(lines)


def shipping_label(rng: Random) -> str:
    """Where a parcel comes from and goes to."""
    to = rng.choice(
        [
            "SHIP TO:\n{name}\n{address}",
            "To: {first} {last}, {address_line}",
            "{name}\n{address}",
            "Deliver to\n{org}\nAttn: {name}\n{address}",
            "Empfänger: {name}\n{address}",
            "{name}\n{street}\n{city}\n{country}",
            "Destinatario: {name}\n{address}",
            "TO {last}\n{address_line}",
        ]
    )
    sender = rng.choice(
        [
            "FROM: {org}\n{2:address}",
            "Sender: {2:name}, {2:address_line}",
            "Absender: {org}, {other_city}",
            "Return to {org}",
            "",
            "",
        ]
    )
    more = rng.sample(
        [
            "TRK {tracking}",
            "Tel. {phone}",
            "WT {number} g",
            "SKU {sku}",
            "BOX 1 OF 2",
            "Order {order_id}",
            "FRAGILE",
            "Ref {invoice}",
            "Service: express",
            "c/o {3:name}",
            "Zone 4  Route {number}",
            "Signature required",
            "{datetime}",
        ],
        rng.randint(0, 4),
    )
    parts = [to, sender] if rng.random() < 0.6 else [sender, to]
    parts[rng.randint(0, 2) : 0] = more
    return "\n".join(p for p in parts if p)


def business_card(rng: Random) -> str:
    """Lines of a card, or of the end of a mail."""
    lines = [rng.choice(["{name}", "{first} {last}", "Dr. {name}", "{last}, {first}", "{name}, PhD", "Prof. {last}"])]
    lines += rng.sample(
        [
            "{job_title}",
            "{org}",
            "{email}",
            "{phone}",
            "M {phone}",
            "T: {phone}",
            "{url}",
            "{address_line}",
            "{address}",
            "{city}, {country}",
            "@{username}",
            "{job_title}, {org}",
            "{org} | {location}",
            "Fax {2:phone}",
            "they/them",
            "Office hours: {weekday} {time}",
        ],
        rng.randint(2, 6),
    )
    if rng.random() < 0.25:
        lines.insert(0, lines.pop())
    return rng.choice(["\n", "\n", "\n", " | ", " - ", "\n\n", " · "]).join(lines)


def vcard(rng: Random) -> str:
    """A contact's properties."""
    lines = ["FN:{name}"] + rng.sample(
        [
            "N:{last};{first};;;",
            "TEL;TYPE=CELL:{phone}",
            "TEL;WORK;VOICE:{phone}",
            "EMAIL;TYPE=home:{email}",
            "EMAIL:{email}",
            "ORG:{org}",
            "TITLE:{job_title}",
            "BDAY:{dob}",
            "ADR;TYPE=home:;;{street};{city};{state};;{country}",
            "URL:{url}",
            "REV:{datetime}",
            "UID:{uuid}",
            "NICKNAME:{first}",
            "RELATED;TYPE=spouse:{2:name}",
            "X-SKYPE:{username}",
            "CATEGORIES:{color},{animal}",
            "NOTE:prefers {language}",
            "PRODID:-//contacts//{version}",
            "LANG:de",
            "LABEL:{address_line}",
        ],
        rng.randint(2, 7),
    )
    if rng.random() < 0.7:
        lines = [
            "BEGIN:VCARD",
            "VERSION:" + rng.choice(["2.1", "3.0", "4.0"]),
            *rng.sample(lines, len(lines)),
            "END:VCARD",
        ]
    return "\n".join(lines)


def calendar_ics(rng: Random) -> str:
    """Events."""
    events = []
    for person in range(1, rng.choice([1, 1, 2]) + 1):
        title = rng.choice(
            [
                "Lunch with {first}",
                "{first} / {2:first} sync",
                "Call {org}",
                "Release {version}",
                "Interview: {name}",
                "Planning",
                "{name} PTO",
                "Dentist",
                "Flight to {other_city}",
                "{first}'s farewell",
                "Review {ticket_id}",
                "Yoga",
                "Onsite {org} {location}",
            ]
        )
        lines = ["SUMMARY:" + title] + rng.sample(
            [
                "DTSTART:%d%02d%02dT%02d0000Z"
                % (rng.randint(2021, 2027), rng.randint(1, 12), rng.randint(1, 28), rng.randint(7, 19)),
                "LOCATION:{address_line}",
                "LOCATION:Room %d" % rng.randint(1, 40),
                "LOCATION:{other_city}",
                "ORGANIZER;CN={name}:mailto:{email}",
                'ATTENDEE;CN="{2:name}":mailto:{2:email}',
                "UID:{uuid}",
                "ATTENDEE:mailto:{email}",
                "DESCRIPTION:Dial {phone}\\, pin {number}",
                "URL:{url}",
                "STATUS:CONFIRMED",
                "RRULE:FREQ=WEEKLY;BYDAY=MO",
                "SEQUENCE:3",
                "DESCRIPTION:Agenda in {filename}",
            ],
            rng.randint(2, 6),
        )
        events.append(about("\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"]), person))
    return "\n".join(events)


def http_request(rng: Random) -> str:
    """A request with head and body."""
    path = rng.choice(
        [
            "/v1/contacts",
            "/users/{username}",
            "/login",
            "/orders/{order_id}",
            "/search?q={last}",
            "/v1/chat/completions",
            "/patients/{mrn}",
            "/items/{sku}",
            "/api/v2/jobs/{uuid}",
        ]
    )
    lines = [rng.choice(["GET", "POST", "PUT", "PATCH"]) + " " + path + rng.choice([" HTTP/1.1", " HTTP/2", ""])]
    lines += rng.sample(
        [
            "Accept: */*",
            "Content-Type: application/json",
            "Authorization: Bearer {secret}",
            "X-Api-Key: {api_key}",
            "X-Forwarded-For: {ip}",
            "X-Request-Id: {uuid}",
            "Referer: {url}",
            "User-Agent: okhttp/{version}",
            "Cookie: sid={hash}; theme=dark",
            "From: {email}",
            "X-User: {username}",
            'If-None-Match: "{hash}"',
            "Content-Length: {number}",
            "Accept-Language: de,en;q=0.8",
            "X-Real-IP: {ip}",
        ],
        rng.randint(1, 5),
    )
    body = ""
    if rng.random() < 0.7:
        fields = record(rng)
        body = "\n\n" + (
            any_json(rng, fields)
            if rng.random() < 0.6
            else "&".join("%s=%s" % (styled(k, "snake"), v) for k, v, _ in fields)
        )
    return "\n".join(lines) + body


# --- pieces of text -------------------------------------------------------------------------------------------------


def snippets(rng: Random, kind: str, least: int, most: int) -> list[str]:
    """Templates of a kind, each about some person, mixed with ones about nobody."""
    pool = KINDS[kind]
    plain = PLAIN.get(kind, [])
    count = rng.randint(least, most)
    picked = []
    for _ in range(count):
        if plain and rng.random() < 0.4:
            picked.append(rng.choice(plain))
        else:
            picked.append(about(rng.choice(pool), rng.choice([1, 1, 1, 2, 3])))
    return list(dict.fromkeys(picked))


KINDS: dict[str, list[str]] = {
    "json_record": [
        '{"customer_name": "{name}", "order": "{order_id}", "total": "{amount}"}',
        '{"id":"{uuid}","fullName":"{name}","age":{age},"city":"{city}"}',
        '{ "Kunde": "{name}", "Anschrift": "{address_line}", "Tel.": "{phone}" }',
        "{'nom': '{last}', 'prenom': '{first}', 'ville': '{city}', 'actif': True}",
        '{"v":"{version}","sha":"{hash}","built_by":"{username}"}',
        '{"to":"{phone}","body":"Your code is {number}","from":"{org}"}',
        '["{name}", "{email}", "{order_id}", null, false]',
        '{"assignee":null,"reporter":"{name}","key":"{ticket_id}"}',
    ],
    "json_nested": [
        '{"order":{"id":"{order_id}","buyer":{"name":"{name}","contact":{"phone":"{phone}","mail":"{email}"}}}}',
        '{"patient":{"name":[{"family":"{last}","given":["{first}"]}],"birthDate":"{dob}","identifier":"{mrn}"}}',
        '{"team":{"lead":"{name}","members":["{2:name}","{3:name}"],"room":"B2"},"repo":"{code_ident}"}',
        '{"billing":{"iban":"{iban}","holder":"{name}"},"shipping":{"line1":"{street}","city":"{city}"}}',
    ],
    "json_api_response": [
        '{"data":{"user":{"login":"{username}","email":"{email}"}},"errors":[]}',
        '{"message":"Hello {first}, your parcel {tracking} leaves {other_city} on {weekday}.","code":0}',
        '{"candidates":[{"content":{"text":"Dear Ms. {last}, thank you for calling {org}."}}],"model":"{model_name}"}',
        '{"error":"duplicate key value violates unique constraint","detail":"Key (email)=({email}) already exists."}',
        '{"ok":true,"result":{"chat":{"first_name":"{first}","username":"{username}"},"text":"ping"}}',
    ],
    "csv_rows": [
        "name,age,city\n{name},{age},{city}\n{2:name},{2:age},{2:city}\n{3:name},{3:age},{3:city}",
        "{order_id},{sku},{number},{name},{amount}\n{order_id},{sku},{number},{2:name},{amount}",
        "id;model;tokens;user\n1;{model_name};{number};{username}\n2;{model_name};{number};-",
        '"{last}, {first}","{email}","{date}"\n"{2:last}, {2:first}","{2:email}","{date}"',
        "sku,name,qty\n{sku},{product},{number}\n{sku},{product},{number}",
        "{first},{last},{dob},{gov_id}\n{2:first},{2:last},{2:dob},{2:gov_id}",
    ],
    "tsv": [
        "{name}\t{org}\t{phone}\n{2:name}\t{org}\t{2:phone}",
        "Rank\tPlayer\tScore\n1\t{name}\t{number}\n2\t{2:name}\t{number}",
        "{date}\t{time}\t{username}\tlogin\t{ip}\n{date}\t{time}\t-\treload\t-",
        "gene\tcount\tq\nabc1\t{number}\t0.02\nfoxq\t{number}\t0.4",
    ],
    "yaml_config": [
        "maintainers:\n  - name: {name}\n    email: {email}\n  - name: {2:name}\n    email: {2:email}\nlicense: MIT",
        "server:\n  host: {ip}\n  port: {port}\n  tls: true\nadmin: {username}\npassword: {password}",
        (
            "on: push\njobs:\n  build:\n    runs-on: ubuntu-22.04\n    env:\n      TOKEN: {secret}\n      VERSION:"
            " {version}"
        ),
        "alerting:\n  receivers:\n    - email: {email}\n      sms: '{phone}'\n  retries: 3",
        "llm:\n  model: {model_name}\n  api_key: {api_key}\n  timeout: {duration}",
        '- hosts: all\n  vars:\n    deploy_user: {username}\n    contact: "{first} {last}"',
    ],
    "env_file": [
        "POSTGRES_USER={username}\nPOSTGRES_PASSWORD={password}\nPOSTGRES_PORT={port}",
        "API_KEY={api_key}\nMODEL={model_name}",
        "# {name}, {date}\nexport SECRET_KEY='{secret}'",
        'GIT_AUTHOR_NAME="{name}"\nGIT_AUTHOR_EMAIL={email}\nCI=1',
    ],
    "ini": [
        "[user]\n\tname = {name}\n\temail = {email}\n[core]\n\teditor = vim",
        "[smtp]\nserver={ip}\nuser={username}\npass={password}",
        "[default]\naccess_key = {api_key}\nregion = eu-west-1",
        "[printer]\nmodel={product}\nqueue={number}\nowner={name}",
    ],
    "sql_insert": [
        "INSERT INTO users (id, name, email) VALUES ('{uuid}', '{name}', '{email}');",
        "insert into payouts values ({number}, '{iban}', '{name}', {number});",
        "INSERT INTO builds (sha, version) VALUES ('{hash}', '{version}');\nINSERT INTO owners VALUES ('{username}');",
        "COPY people (first, last, dob) FROM stdin;\n{first}\t{last}\t{dob}\n{2:first}\t{2:last}\t{2:dob}\n\\.",
    ],
    "sql_query": [
        "SELECT * FROM customers WHERE email = '{email}';",
        "UPDATE users SET phone='{phone}' WHERE name ILIKE '{last}%';",
        (
            "SELECT o.id, o.total FROM orders o JOIN users u ON u.id = o.user_id\nWHERE u.full_name = '{name}' AND"
            " o.created > '{date}';"
        ),
        "DELETE FROM sessions WHERE ip = '{ip}' OR user_agent LIKE '%bot%';",
        "-- asked by {first} in {ticket_id}\nSELECT count(*) FROM {code_ident};",
        "CREATE USER {username} WITH PASSWORD '{password}';",
        "GRANT SELECT ON reports TO {username};",
        "select iban from accounts where holder in ('{name}', '{2:name}', '{3:name}');",
        "SELECT name, count(*) FROM staff WHERE city = '{other_city}' GROUP BY name HAVING count(*) > {number};",
        "UPDATE patient SET mrn = '{mrn}' WHERE last_name = '{last}' AND dob = '{dob}';",
        "MERGE (p:Person { name: '{name}' })-[:WORKS_AT]->(o:Org { name: '{org}' })",
        'db.users.findOne({ email: "{email}" })',
        "ALTER USER {username} IDENTIFIED BY '{password}';",
        "SELECT CASE WHEN ssn = '{ssn}' THEN 1 ELSE 0 END FROM people_hist;",
        "call merge_customer('{name}', '{address_line}');",
    ],
    "xml": [
        '<person id="{number}"><name>{name}</name><phone type="mobile">{phone}</phone></person>',
        (
            "<dependency><groupId>{code_ident}</groupId><version>{version}</version></dependency>"
            "\n<developer><name>{name}</name></developer>"
        ),
        "<CstmrCdtTrf><Cdtr><Nm>{name}</Nm></Cdtr><IBAN>{iban}</IBAN><InstdAmt>{amount}</InstdAmt></CstmrCdtTrf>",
        '<note to="{first}" from="{2:first}">call {phone} before {time}</note>',
        "<address>\n  <street>{street}</street>\n  <city>{city}</city>\n</address>",
        "<msg><hdr id='{uuid}'/><body>{name} lives in {city}</body></msg>",
    ],
    "html_form": [
        '<label>Name <input name="n" value="{name}"></label>\n<input name="csrf" type="hidden" value="{hash}">',
        '<input type="email" value="{email}" autocomplete="email">\n<input type="password" value="{password}">',
        (
            '<select name="country"><option selected>{country}</option></select>\n<textarea'
            ' name="addr">{address}</textarea>'
        ),
        '<input type="text" name="full_name" placeholder="First and last name">\n<button>Save, {first}</button>',
    ],
    "html_page": [
        "<h1>About {org}</h1>\n<p>Founded in {year} in {location}.</p>",
        '<p class="author">By <a rel="author">{name}</a>, {date}</p>',
        '<meta name="author" content="{name}">',
        '<a href="mailto:{email}">{name}</a>',
        '<a href="tel:{phone}">Call us</a>',
        "<footer>&copy; {year} {org}, {address_line}</footer>",
        "<li><strong>{name}</strong> &mdash; {job_title}</li>",
        '<a href="{url}">Read the story of {first}</a>',
        "<td>{name}</td><td>{phone}</td><td>{sku}</td>",
        "<blockquote>{name}: it just works</blockquote>",
        "<address>{name}<br>{address_line}<br>{phone}</address>",
        "<!-- last edit: {username} {date} -->",
        '<img src="{filename}" alt="{name} on stage in {other_city}">',
        "<title>{first}'s page</title>",
    ],
    "markdown_table": [
        (
            "| Name | Role | Mail |\n|---|---|---|\n| {name} | {job_title} | {email} |\n| {2:name} | {job_title} |"
            " {2:email} |"
        ),
        (
            "| Task | Owner | Due |\n|:--|:--|:--|\n| Fix {code_ident} | {first} | {date} |\n| Update docs | {2:first}"
            " | {date} |\n| Release {version} | - | {date} |"
        ),
        (
            "| Model | Score |\n| --- | --- |\n| {model_name} | {percent} |\n| {model_name} | {percent} |\n\nMeasured"
            " by {name}."
        ),
        "| City | Stores |\n|---|---|\n| {other_city} | {number} |\n| {other_city} | {number} |",
    ],
    "key_value_form": [
        "Name: {name}\nDOB: {dob}\nPhone: {phone}\nReason for visit: follow-up",
        "Full legal name: {name}\nPassport: {passport}\nNationality: German",
        "Vorname: {first}\nNachname: {last}\nOrt: {city}\nKundennummer: {order_id}",
        "Nom : {last}\nPrénom : {first}\nTél : {phone}\nRéf : {ticket_id}",
        "Insured: {name} ({age})\nPolicy: {order_id}\nVehicle: {product}\nDL: {driver_license}",
        "Username: {username}\nPassword: {password}\nVPN: {ip}",
        "Nombre: {name}\nDNI: {gov_id}\nDomicilio: {address_line}",
        "氏名: {name}\n電話: {phone}\n注文番号: {order_id}",
    ],
    "printed_form": [
        "1. NAME ........ {name}\n2. BORN ........ {dob}\n3. ADDRESS ..... {address_line}\n4. SIGNED ...... ",
        "Applicant: ___{name}___   Age: _{age}_\nCo-applicant: ____________",
        "Surname |{last}|  Given names |{first}|\nDocument no. |{passport}|\nFor official use |{order_id}|",
        "Pay to the order of  {name}\nMemo: {invoice}\nAcct {bank_account}",
    ],
    "invoice": [
        (
            "INVOICE {invoice}\n{org}\n{address}\n\nBill to:\n{name}\n{2:address}\n\n1 x {product}  {amount}\n\nPay to"
            " IBAN {iban} by {date}"
        ),
        (
            "Invoice no: {invoice}   Date: {date}\nCustomer: {name}, {address_line}\nItem        Qty   Price\n{product}"
            "   {number}   {price}\nTotal due: {amount}"
        ),
        "Rechnung {invoice}\nKunde: {name}\nStraße: {street}\nOrt: {city}\nBetrag: {amount}\nIBAN: {iban}",
        "FACTURE {invoice}\nClient : {org}\nÀ l'attention de Mme {last}\nTotal TTC {amount}\nÉchéance {date}",
        (
            "{org}\nTax ID {gov_id}\nInvoice {invoice} / PO {order_id}\n{sku}  {product}  {price}\n{sku}  {product} "
            " {price}\nQuestions? {email}"
        ),
        (
            "Bill To          Ship To\n{name}      {2:name}\n{address_line}      {2:address_line}\nPO {order_id}  Terms"
            " net 30"
        ),
        "Remit to {org}, account {bank_account}\nRef {invoice}\nAmount {amount}\nContact {name} {phone}",
        (
            "Consulting, {month} {year}: {number} h at {price}\nSubtotal {amount}\nVAT {percent}\nPrepared by {name}"
            " for {org}"
        ),
        "Statement\n{date}  {invoice}  {amount}\n{date}  {invoice}  {amount}\nBalance {amount}",
        "Credit note {invoice} for order {order_id}\nRefund to card {card}\nHolder: {name}",
    ],
    "receipt": [
        (
            "{org}\n{address_line}\nTel {phone}\n\n{food}   {price}\n{food}   {price}\nTOTAL  {amount}\nServed by"
            " {first}\nTill {number}  {datetime}"
        ),
        "** RECEIPT **\nOrder {order_id}\n{product}  {price}\nCARD ****4417  AUTH {number}\nThank you!",
        "Merchant: {org}\nTerminal {phone_like}\nPAN {card}\nAmount {amount}\nAPPROVED {error_code}",
        "Donation of {amount} received from {name} on {date}.\nReceipt {invoice}",
        "Cashier: {first}\n2x {food}\n1x {food}\nSum {amount}\nCash\nTrans# {card_like}",
        "Kasse 3  Bon {number}\n{food} {price}\n{food} {price}\nSumme {amount}\nEs bediente Sie: Frau {last}",
        "E-ticket\nPassenger {last}/{first} MR\nFrom {other_city} to {other_city}\nSeat 14C  Ref {tracking}",
        "Taxi receipt\nDriver {name}\nLicence {driver_license}\nFare {amount}\nPickup {address_line}",
    ],
    "shipping_label": [
        "SHIP TO:\n{name}\n{address}\n\nTRK {tracking}\nWT {number} kg",
        "FROM: {org}\n{address}\nTO: {2:name}\n{2:address}\nSKU {sku}",
        "{name}\nc/o {2:name}\n{address}\nPh {phone}",
        "PRIORITY 2-DAY\n{first} {last}\n{address_line}\n{tracking}\nBOX 1 OF 3",
        "Empfänger:\n{name}\n{address}\nSendung {tracking}",
        "Destinataire : {name}\n{address}\nColis {tracking}\nPoids {number} g",
        "RETURN LABEL\nRMA {order_id}\nAttn {org} returns\n{address}",
        "DELIVER TO {last}, {first}  GATE B\n{address_line}\nLEAVE WITH NEIGHBOUR {2:last}",
        "Lot {sku}  Qty {number}\nRoute {number}  Stop 4\nConsignee {org} {other_city}",
    ],
    "business_card": [
        "{name}\n{job_title}\n{org}\n{phone}\n{email}\n{url}",
        "{org}\n\nDr. {name}\n{job_title}\n\n{address}\nT {phone}\nM {2:phone}",
        "{first} {last} | {job_title} | {org}\n{email} | {phone}",
        "{name}, {job_title}\n{city}, {country}\n{email}",
        "{name}\n{org} {location}\nmobil {phone}\n{url}",
        "--\n{name}\n{job_title} @ {org}\n{address_line}",
        "{last} {first}\n{org}\nTEL {phone}\nMAIL {email}",
    ],
    "vcard": [
        "BEGIN:VCARD\nVERSION:3.0\nN:{last};{first};;;\nFN:{name}\nTEL;TYPE=CELL:{phone}\nEMAIL:{email}\nEND:VCARD",
        (
            "BEGIN:VCARD\nVERSION:4.0\nFN:{first}"
            " {last}\nORG:{org}\nTITLE:{job_title}\nBDAY:{dob}\nADR;TYPE=home:;;{street};{city};{state};;"
            "{country}\nEND:VCARD"
        ),
        (
            "BEGIN:VCARD\nVERSION:2.1\nFN:{name}\nURL:{url}\nNOTE:met in"
            " {other_city}\nREV:{datetime}\nUID:{uuid}\nEND:VCARD"
        ),
        "FN:{name}\nTEL;HOME;VOICE:{phone}\nTEL;WORK:{2:phone}\nPRODID:-//addressbook//{version}",
        "MECARD:N:{last},{first};TEL:{phone};EMAIL:{email};;",
        (
            "dn: uid={username},ou=people\ncn: {name}\nsn: {last}\ngivenName: {first}\nmail: {email}\ntelephoneNumber:"
            " {phone}"
        ),
    ],
    "calendar_ics": [
        (
            "BEGIN:VEVENT\nUID:{uuid}\nDTSTART:20250612T090000Z\nSUMMARY:1:1 {first} /"
            " {2:first}\nORGANIZER;CN={name}:mailto:{email}\nLOCATION:{other_city}\nEND:VEVENT"
        ),
        "BEGIN:VEVENT\nSUMMARY:{first}'s birthday\nDTSTART;VALUE=DATE:20240101\nRRULE:FREQ=YEARLY\nEND:VEVENT",
        (
            'ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN="{name}":mailto:{email}\nATTENDEE;'
            'CN={2:name}:mailto:{2:email}'
        ),
        "SUMMARY:Dentist Dr. {last}\nLOCATION:{address_line}\nDESCRIPTION:bring insurance card\\, call {phone} if late",
        (
            "BEGIN:VEVENT\nSUMMARY:Release {version}"
            " freeze\nDTSTAMP:20250301T120000Z\nSEQUENCE:2\nSTATUS:CONFIRMED\nORGANIZER:mailto:{email}\nEND:VEVENT"
        ),
        (
            "{weekday} {time}  Interview {name} ({job_title})\n{weekday} {time}  Sprint review\n{weekday} {time}  Call"
            " with {org}"
        ),
        "BEGIN:VEVENT\nSUMMARY:{org} kickoff\nLOCATION:Room 4\nCONTACT:{name}\\, {phone}\nURL:{url}\nEND:VEVENT",
    ],
    "app_log": [
        "user {username} logged in from {ip}",
        "sending welcome mail to {email}",
        "payment of {amount} failed for card {card}",
        "created customer {name} ({uuid})",
        "connection to {ip}:{port} refused",
        "GET {url} took {duration}",
        "invalid phone number '{phone}' for user_id={number}",
        "resolved {address_line} in {duration}",
        "login failure username={username} reason=bad_password",
        "otp sent to {phone}",
        "patient {mrn} merged into {2:mrn}",
        "refund {amount} -> {iban} ok",
        "assigning {ticket_id} to {first} {last}",
        "webhook {url} returned 502",
        "got token {secret} from vault",
        'kyc passed name="{name}" dob={dob}',
        "validation error: passport {passport} expired {date}",
        "recipient={email} template=receipt_v3 status=queued",
        "{name} requested export of {filename}",
        "prompt: write a letter to {name} in {city}",
        "peer {ip} closed connection after {duration}",
        "warning: password={password} given on command line",
        "new lead from {org}: {name} <{email}>",
        "could not deliver to {address_line}, retry on {weekday}",
        "session opened user={username} sid={uuid} ip={ip}",
        "national id {gov_id} not found in registry",
        "tenant {org} over quota ({percent})",
    ],
    "access_log": [
        "GET /users?email={email}&page=2",
        "POST /api/v2/login?user={username}",
        "GET /search?q={first}+{last}",
        "GET /reset?token={secret}",
        "GET /~{username}/notes.html",
        "GET /geo?addr={address_line}",
        "PUT /patients/{mrn}",
        "GET /u/{username}/avatar.png",
        "GET /verify?phone={phone}&code={number}",
        "POST /pay?iban={iban}&amount={number}",
        "GET /auth?key={api_key}",
        "DELETE /contacts/{email}",
        "GET /static/app.{number}.js",
        "GET /orders/{order_id}",
        "GET /health",
    ],
    "syslog": [
        "sshd[{number}]: Accepted publickey for {username} from {ip} port {port} ssh2",
        "sudo: {username} : TTY=pts/0 ; PWD=/home/{username} ; COMMAND=/bin/ls",
        "postfix/smtp[{number}]: to=<{email}>, relay=none, status=deferred",
        "dhcpd: DHCPACK on {ip} to 3c:22:fb:10:aa:07 via eth0",
        "CRON[{number}]: ({username}) CMD (backup.sh)",
        "openvpn[{number}]: {username}/{ip}:{port} TLS: soft reset",
        "smbd[{number}]: {username} opened file {filename}",
        "named[{number}]: client {ip}#{port}: query refused",
        "dovecot: imap-login: Login: user=<{email}>, method=PLAIN, rip={ip}",
        "ntpd[{number}]: synchronized to {ip}, stratum 2",
        "asterisk: call from {phone} answered by {name}",
        "cupsd: job {number} by {username} completed",
    ],
    "auth_log": [
        "Failed password for {username} from {ip} port {port} ssh2",
        "Failed password for invalid user {username} from {ip}",
        "pam_unix(sshd:session): session opened for user {username}",
        "login: user={email} result=denied mfa=missing",
        "new device for {name}: {ip}, {other_city}",
        "password changed for {username} by admin",
        "SAML assertion subject={email} issuer=idp",
        "api key {api_key} used from {ip}",
        "account {username} locked after {number} attempts",
        "su: (to root) {username} on pts/3",
        "oauth grant user={username} scope=repo,email",
        "passwd: {username} set '{password}' (weak)",
        "token {secret} revoked",
        "user {first}.{last} added to group wheel",
        "badge of {name} refused at door {number}",
    ],
    "stack_trace": [
        (
            'Traceback (most recent call last):\n  File "/home/{username}/app/main.py", line {number}, in run\n   '
            " send({code_ident})\nValueError: bad address: {email}"
        ),
        (
            "java.lang.IllegalArgumentException: no such user: {username}\n\tat"
            " com.shop.UserService.find(UserService.java:88)\n\tat com.shop.Api.get(Api.java:41)"
        ),
        "thread 'main' panicked at src/main.rs:{number}:9:\ncalled `unwrap()` on an `Err` value: Parse(\"{phone}\")",
        (
            "TypeError: Cannot read properties of undefined (reading 'name')\n    at"
            " C:\\Users\\{username}\\proj\\index.js:14:7"
        ),
        "sqlalchemy.exc.IntegrityError: (UniqueViolation) Key (email)=({email}) already exists.",
        (
            'psycopg2.OperationalError: connection to server at "{ip}", port {port} failed: FATAL: password'
            ' authentication failed for user "{username}"'
        ),
        "requests.exceptions.HTTPError: 401 Client Error for url: {url}",
        "RuntimeError: customer '{name}' has no address\n[{error_code}] request {uuid}",
        "KeyError: '{last}'\n  File \"{path}\", line 12",
        (
            "panic: lookup {ip}: no such host\n\ngoroutine 1"
            " [running]:\nmain.main()\n\t/home/{username}/go/src/x/main.go:31 +0x1d"
        ),
        "jwt.exceptions.InvalidTokenError: {secret}",
        "Error: ENOENT: no such file or directory, open '/Users/{username}/Documents/{filename}'",
        "AssertionError: expected '{name}' but got '{2:name}'\n    at tests/{filename}:40",
        "Caused by: javax.mail.SendFailedException: Invalid Addresses: {email}, {2:email}",
    ],
    "k8s_log": [
        "Readiness probe failed: dial tcp {ip}:{port}: connect: connection refused",
        "reconciled user={username} generation=3",
        "sent invite to {email}",
        "upstream {ip} latency {duration}",
        "order {order_id} placed by {name}",
        "event=charge card={card} amount={amount}",
        "loaded secret {secret}",
        "RBAC: access denied for {email}",
        "imported patient {mrn} {name}",
        "calling {url}",
        "kubectl exec by {username} in namespace prod",
        "customer={org} region={location} synced",
        "GET /v1/users/{username} 200",
    ],
    "audit_log": [
        "{username} changed role of {2:username} to admin",
        "actor={email} action=delete target={2:email}",
        "{name} viewed record {mrn}",
        "{name} approved payment {invoice} to {org}",
        "support agent {first} reset MFA for {2:email} from {ip}",
        "user={username} ip={ip} exported {number} rows",
        "{initial_last} signed off {ticket_id}",
        "key {api_key} created by {username}",
        "Consent withdrawn by {name}, born {dob}",
        "address of {name} changed from {address_line} to {2:address_line}",
        "card {card} unmasked by {2:name}",
        "{last}, {first}: badge in, {other_city} office",
    ],
    "python_code": [
        "# TODO({first}): handle empty lists\ndef {code_ident}(rows):\n    return [r for r in rows if r]",
        '__author__ = "{name}"\n__email__ = "{email}"\n__version__ = "{version}"',
        'user = User(name="{name}", email="{email}", age={age})\nuser.save()',
        'client = OpenAI(api_key="{api_key}")\nresp = client.responses.create(model="{model_name}", input="hi")',
        (
            'EMPLOYEES = {\n    "{username}": ("{name}", "{job_title}"),\n    "{2:username}": ("{2:name}",'
            ' "{job_title}"),\n}'
        ),
        'conn = connect(host="{ip}", port={port}, user="{username}", password="{password}")',
        'df = pd.DataFrame({"name": ["{name}", "{2:name}"], "age": [{age}, {2:age}]})',
        'assert parse("{phone}").country == "x"  # reported by {first}',
        '"""Helpers for {org} exports.\n\nAuthor: {name}\n"""\nimport csv',
        'ADMINS = ["{email}", "{2:email}"]',
        'requests.get("{url}", headers={"Authorization": "Bearer {secret}"})',
        'print("Hello, {first}!")',
        'IBANS = ("{iban}", "{2:iban}")\nLIMIT = {number}',
        'def test_lookup():\n    assert find("{last}")["city"] == "{city}"',
        "# see mail from {2:name}, {date}\nTHRESHOLD = 0.85",
        'send_sms("{phone}", "code {number}")',
        'prompt = "Summarise the complaint of {name} from {city}."',
    ],
    "js_code": [
        "// {first}: please keep this in sync with the docs\nconst {code_ident} = 3;",
        "/**\n * @author {name} <{email}>\n */\nexport function load() {}",
        'const user = { name: "{name}", email: "{email}", id: "{uuid}" };',
        "fetch('{url}', { headers: { 'x-api-key': '{api_key}' } })",
        "const people = ['{name}', '{2:name}', '{3:name}'];",
        "db.connect({ host: '{ip}', user: '{username}', password: '{password}' });",
        "expect(screen.getByText('{name}')).toBeInTheDocument();",
        '"author": "{name} <{email}>",\n"version": "{version}",\n"license": "MIT"',
        "await page.fill('#phone', '{phone}');",
        "console.log('ship to', '{address_line}');",
        "const stripe = require('stripe')('{secret}');",
        "// reviewed by {2:name} on {date}\nconst MAX = 50;",
        "export default { city: '{city}', country: '{country}' };",
        '<UserCard name="{name}" role="{job_title}" />',
        "it('greets', () => expect(greet('{first}')).toMatch(/Hi/));",
        "localStorage.setItem('token', '{secret}');",
    ],
    "rust_code": [
        "// FIXME({username}): this allocates\nlet total: u64 = xs.iter().sum();",
        'let user = User { name: "{name}".into(), age: {age} };',
        'authors = ["{name} <{email}>"]\nversion = "{version}"\nedition = "2021"',
        'let addr: SocketAddr = "{ip}:{port}".parse()?;',
        'const OWNER: &str = "{name}";',
        'assert_eq!(mask("{email}"), "***");',
        "/// Written for {org} by {first}.\npub fn {code_ident}() -> usize { 7 }",
        'let key = std::env::var("KEY").unwrap_or("{secret}".to_string());',
        (
            '#[test]\nfn finds_a_name() {\n    let found = tag("Call {name} at {phone}");\n    assert_eq!(found.len(),'
            " 2);\n}"
        ),
        'vec![("{first}", "{last}"), ("{2:first}", "{2:last}")]',
        'client.get("{url}").send().await?;',
        'println!("shipping to {city}");',
        "// thanks to {2:name} for the hint in {ticket_id}",
    ],
    "java_code": [
        "/**\n * @author {name}\n * @since {version}\n */\npublic class OrderMapper {",
        "// {name}, {date}: temporary workaround\nint retries = 3;",
        'Person p = new Person("{first}", "{last}", "{email}");',
        'ds.setUsername("{username}");\nds.setPassword("{password}");',
        'private static final String API_KEY = "{api_key}";',
        'assertEquals("{name}", dto.getFullName());',
        'Map.of("name", "{name}", "phone", "{phone}");',
        'mail.setTo("{email}");\nmail.setSubject("Order {order_id}");',
        '@CreatedBy("{username}")\nclass {code_ident} {}',
        'Address a = new Address("{street}", "{city}", "{country}");',
        'log.info("Customer {name} upgraded");',
        "// Copyright (c) {year} {org}. Contact {email}.",
        'when(repo.findByIban("{iban}")).thenReturn(account);',
    ],
    "kotlin_code": [
        'val owner = Person(name = "{name}", mail = "{email}")',
        "// {first} asked for this, see {ticket_id}\nval limit = {number}",
        'data class Guest(val name: String = "{name}", val age: Int = {age})',
        'listOf("{name}", "{2:name}").forEach(::println)',
        '/** @author {name} */\nobject Config { const val KEY = "{api_key}" }',
        'repository.save(User("{username}", "{password}"))',
        'assertThat(format("{phone}")).isEqualTo("n/a")',
        'val url = URL("{url}")',
        'mapOf("iban" to "{iban}", "holder" to "{name}")',
        'val home = Address("{street}", "{city}")',
        '@Test\nfun `finds {first} by mail`() = check(find("{email}") != null)',
    ],
    "shell_session": [
        "{username}@web-03:~$ whoami\n{username}",
        "$ ssh {username}@{ip} -p {port}\n{username}@{ip}'s password: ",
        '$ git config user.name "{name}"\n$ git config user.email {email}',
        "$ export OPENAI_API_KEY={api_key}\n$ python run.py --model {model_name}",
        "$ mysql -u {username} -p'{password}' -h {ip}",
        "$ ls /home\n{username}  {2:username}  lost+found",
        "$ scp {filename} {username}@{ip}:/srv/data",
        '$ grep -rn "{last}" data/\ndata/{filename}:{number}:{name},{email}',
        "$ whois {ip}\nOrgName: {org}\nCity: {other_city}",
        "$ id {username}\nuid=1001({username}) gid=1001({username}) groups=27(sudo)",
        "$ cat /etc/passwd | tail -1\n{username}:x:1004:1004:{name},,,:/home/{username}:/bin/bash",
        "$ last -2\n{username} pts/0 {ip} still logged in",
        "PS C:\\Users\\{username}> Get-ADUser {2:username}",
        "$ finger {username}\nLogin: {username}  Name: {name}",
    ],
    "terminal": [
        "total 24\n-rw-r--r-- 1 {username} staff  {number} {filename}\n-rw-r--r-- 1 root root  512 Makefile",
        "> npm publish\nnpm notice {version}\nnpm notice author {name} <{email}>",
        "$ crontab -l\nMAILTO={email}\n0 3 * * * /home/{username}/bin/dump.sh",
        "Enter name: {name}\nEnter phone: {phone}\nSaved as record {number}.",
        "psql> select name, city from staff limit 2;\n name | city\n {name} | {city}\n {2:name} | {2:city}\n(2 rows)",
        "> ping {ip}\n64 bytes from {ip}: icmp_seq=1 ttl=57 time=11.2 ms",
        "$ gpg --list-keys\npub rsa4096 {date}\nuid {name} <{email}>",
        "irb> Contact.find_by(last: '{last}').phone\n=> \"{phone}\"",
        ">>> lookup('{gov_id}')\n('{name}', '{dob}')",
        '$ redis-cli get user:{number}\n"{name}|{email}"',
        "$ docker login -u {username} -p {password}\nLogin Succeeded",
        "Password for '{username}': {password}\nremote: Invalid",
        "$ curl ifconfig\n{ip}",
        "$ who\n{username} tty2 {date} {time}",
    ],
    "git_log": [
        "commit {hash}\nAuthor: {name} <{email}>\nDate:   {date}\n\n    Fix rounding in totals",
        (
            "commit {hash}\nAuthor: {name} <{email}>\n\n    Merge branch '{2:username}/fix-cache'\n\n    Reviewed-by:"
            " {2:name} <{2:email}>"
        ),
        "Signed-off-by: {name} <{email}>",
        "Co-authored-by: {name} <{email}>",
        "Reported-by: {name}\nTested-by: {2:name} <{2:email}>",
        "{number}\t{name}\n{number}\t{2:name}\n{number}\t{3:name}",
        "* (HEAD -> main) Bump to {version} ({first} {last}, 3 days ago)",
        "From {hash} Mon Sep 17 00:00:00 2001\nFrom: {name} <{email}>\nSubject: [PATCH 2/5] drop unused flag",
        "Acked-by: {name}",
        "tag v{version}\nTagger: {name} <{email}>",
        "feat({code_ident}): add retries\n\nSuggested by {first}.\nCloses {ticket_id}",
    ],
    "git_blame": [
        "^3af01be9 ({name} {date} {time} +0200 12) let mut total = 0;",
        "7c0de5a1 src/lib.rs ({first} {last}   {date} 118)     Ok(())",
        "b41d77e0 ({username} {date} 44) return None",
        "0000000000 (Not Committed Yet {date} 45) x += 1",
        "e90bb21c ({last} {date} 7) # thanks {2:first}",
    ],
    "diff": [
        "--- a/CONTRIBUTORS\n+++ b/CONTRIBUTORS\n@@ -4,3 +4,4 @@\n {name} <{email}>\n+{2:name} <{2:email}>",
        "-    email: {email}\n+    email: {2:email}",
        '@@ -12,2 +12,2 @@\n-  "owner": "{name}",\n+  "owner": "{2:name}",',
        "-host = {ip}\n+host = {ip}\n timeout = {number}",
        "+# {first}: remove after {date}\n-retry = 3\n+retry = 5",
        "-API_KEY={api_key}\n+API_KEY=${API_KEY}",
        "+  {city},{country},{number}\n-  {other_city},{country},{number}",
        (
            'index 3af01be..7c0de5a 100644\n--- a/{filename}\n+++ b/{filename}\n-version = "{version}"\n+version ='
            ' "{version}"\n+maintainer = "{name}"'
        ),
        "+INSERT INTO staff VALUES ('{name}', '{phone}');",
        "-  assert user == '{first}'\n+  assert user == '{2:first}'",
    ],
    "curl_command": [
        'curl -X POST {url} -d \'{"name":"{name}","phone":"{phone}"}\'',
        "curl -u {username}:{password} {url}",
        "curl -H 'Authorization: Bearer {secret}' {url}",
        "curl {url} --data-urlencode 'q={name} {city}'",
        "curl -s -F 'email={email}' -F 'file=@{filename}' {url}",
        "curl --proxy {ip}:{port} -L {url}",
        "curl -k {url} -H \"x-api-key: {api_key}\" -H 'x-model: {model_name}'",
        "wget --user={username} --password='{password}' {url}",
        'http POST {url} iban={iban} holder="{name}" amount:={number}',
        'curl -X DELETE "{url}" -H "X-Request-Id: {uuid}" -H \'X-User: {email}\'',
        "curl -G --data 'ssn={ssn}&dob={dob}' {url}",
    ],
    "http_request": [
        (
            "POST /v1/contacts HTTP/1.1\nContent-Type: application/json\nAuthorization: Bearer"
            ' {secret}\n\n{"first":"{first}","last":"{last}","tel":"{phone}"}'
        ),
        "GET /people?last={last}&city={city} HTTP/1.1\nAccept: */*\nX-Forwarded-For: {ip}",
        (
            "POST /login HTTP/1.1\nContent-Type:"
            " application/x-www-form-urlencoded\n\nusername={username}&password={password}&remember=1"
        ),
        "HTTP/1.1 302 Found\nLocation: {url}\nSet-Cookie: sid={secret}; HttpOnly",
        'PUT /accounts/{number} HTTP/2\nIf-Match: "{hash}"\nX-Acting-User: {email}\n\niban={iban}',
        'PATCH /orders/{order_id}\nx-request-id: {uuid}\n\n{"ship_to": "{address_line}"}',
        "GET /items/{sku} HTTP/1.1\nUser-Agent: okhttp/{version}\nFrom: {email}",
        (
            'POST /v1/chat/completions\n{"model":"{model_name}","messages":[{"role":"user","content":"My name is'
            ' {name}, I am {age} and live in {city}."}]}'
        ),
        'HTTP/1.1 422 Unprocessable Entity\n\n{"field":"card","value":"{card}","error":"{error_code}"}',
    ],
    "email_headers": [
        "From: {name} <{email}>\nTo: {2:email}\nSubject: {ticket_id}\nDate: {date}",
        'From: "{last}, {first} ({org})" <{email}>\nTo: {2:name}\nSubject: RE: {invoice}',
        "On {date}, {name} <{email}> wrote:\n> Thanks {2:first}, looks good.",
        "Von: {name}\nGesendet: {weekday}, {date}\nAn: {2:name}\nBetreff: Termin",
        "De : {name} <{email}>\nÀ : {2:name}\nObjet : devis {invoice}",
        "-----Original Message-----\nFrom: {name} [mailto:{email}]\nSent: {datetime}",
    ],
    "chat_export": [
        "can someone look at {ticket_id}?",
        "ask {2:first}, she knows",
        "my number is {phone}",
        "yeah {first} is out until {weekday}",
        "moved to {city} last month",
        "deploy of {version} done",
        "@{username} pls review",
        "pw is {password}",
        "who is on call? {first} {last}?",
        "I work at {org} now",
        "mail me: {email}",
        "we meet at {address_line}, {time}",
        "the api key is {api_key}",
        "my order {order_id} never arrived",
        "I'm {age} btw",
        "is {2:name} still in {location}?",
        "see {url}",
        "card ends 4417, full one is {card}",
        "box is at {ip}",
        "happy birthday {first}!!",
        "My name is {name}, I was born on {dob}",
        "thx {2:first}",
        "Herr {last} hat angerufen",
        "{first} et {2:first} arrivent demain",
        "transfer to {iban} please",
        "tell {first} that {product} is back in stock",
    ],
    "url_list": [
        "/account/reset?email={email}&ts={number}",
        "{url}?email={email}",
        "/search?name={first}%20{last}&page=1",
        "{url}",
        "/invite/{username}?ref={hash}",
        "mailto:{email}?subject={ticket_id}",
        "tel:{phone}",
        "/map?q={address_line}",
        "/t/{tracking}?phone={phone}",
        "ftp user {username} pass {password} at {ip}",
        "/login?next=/home&token={secret}",
        "sip:{username}@{ip}",
        "/u/{username}/followers",
        "/pay?to={iban}&name={last}",
        "app://open?user={username}&v={version}",
    ],
    "spreadsheet_dump": [
        "A1: Name  B1: Hours\nA2: {name}  B2: 37.5\nA3: {2:name}  B3: 40",
        "Row 14: {last} | {first} | {city} | {amount}\nRow 15: (blank)",
        "Sheet 'Stock'\n{sku}  {product}  {number}\n{sku}  {product}  {number}\nCounted by {first}",
        '=VLOOKUP("{name}";Staff!A:D;3;0) -> {phone}',
    ],
    "prompt_with_table": [
        "Sort by age:\n{name} {age}\n{2:name} {2:age}\n{3:name} {3:age}",
        "Make an email for each:\n- {name}, {email}\n- {2:name}, {2:email}",
        "Who of these lives in {other_city}?\n{name} | {city}\n{2:name} | {2:city}",
        "Rank these models:\n{model_name} {percent}\n{model_name} {percent}\nand send to {email}",
    ],
    "tool_call_json": [
        '{"name":"send_sms","arguments":{"to":"{phone}","text":"Hi {first}"}}',
        '{"name":"get_weather","arguments":"{\\"city\\":\\"{other_city}\\"}"}',
        'lookup_customer(email="{email}", verbose=true)',
        '{"name":"ssh","arguments":{"host":"{ip}","user":"{username}"}}',
        '{"tool":"read_file","args":{"path":"/home/{username}/{filename}"}}',
        '{"name":"web_search","arguments":{"query":"{name} {org}"}}',
        '{"name":"run_python","arguments":{"code":"print({number})"}}',
    ],
    "tool_result": [
        "Found 1 contact: {name}, {job_title} at {org}, {phone}",
        '{"role":"tool","tool_call_id":"call_9f2","content":"{address_line}"}',
        "exit 0\nstdout: {version}\nauthor: {name}",
        "No rows for '{last}'. Did you mean '{2:last}'?",
        "1. {name} ({city})\n2. {2:name} ({2:city})\n3. no more results",
        "search_docs: 3 chunks, {number} tokens, sha {hash}\nowner: {email}",
    ],
    "docker_compose": [
        (
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_USER: {username}\n     "
            " POSTGRES_PASSWORD: {password}"
        ),
        (
            "services:\n  api:\n    image: registry/api:{version}\n    environment:\n      - API_KEY={api_key}\n   "
            " ports: ['{port}:{port}']"
        ),
        'labels:\n  maintainer: "{name} <{email}>"\n  revision: {hash}',
        "networks:\n  app:\n    ipam:\n      config:\n        - gateway: {ip}",
        "volumes:\n  - /home/{username}/data:/data\nrestart: always",
        "environment:\n  - SMTP_FROM={email}\n  - SITE_URL={url}\n  - WORKERS=4",
        'FROM python:3.11-slim\nLABEL org.opencontainers.image.authors="{name}"\nENV TOKEN={secret}',
    ],
    "terraform": [
        'variable "owner" {\n  default = "{name}"\n}',
        'tags = {\n  Owner   = "{email}"\n  Version = "{version}"\n}',
        (
            'resource "aws_db_instance" "main" {\n  username = "{username}"\n  password = "{password}"\n  port     ='
            " {port}\n}"
        ),
        'cidr_blocks = ["{ip}/32"] # {first} home office',
        'provider "x" {\n  token = "{secret}"\n}',
        'resource "alert_contact" "oncall" {\n  name  = "{name}"\n  phone = "{phone}"\n}',
        'locals {\n  org  = "{org}"\n  site = "{other_city}"\n}',
        'output "contact" {\n  value = "{email}"\n}',
    ],
    "test_fixture": [
        'given a user "{name}" with email "{email}"\nwhen she logs in\nthen she sees "{first}"',
        "- fields:\n    username: {username}\n    first_name: {first}\n  model: auth.user\n  pk: {number}",
        "| name | iban |\n| {name} | {iban} |",
        "FactoryBot.create(:user, name: '{name}', phone: '{phone}')",
        "cases = [('{phone}', True), ('{phone_like}', False), ('{card_like}', False)]",
        "seed_user('{username}', '{password}', role='admin')",
    ],
    "firewall_log": [
        "kernel: [UFW BLOCK] IN=eth0 OUT= SRC={ip} DST={ip} LEN=60 PROTO=TCP SPT={port} DPT=22",
        "%ASA-6-302013: Built outbound TCP connection {number} for outside:{ip}/{port}",
        "pf: pass in on em0: {ip}.{port} > {ip}.443",
        "action=deny user={username} srcip={ip} app=ssh",
        "vpn: {email} assigned {ip}",
        "threat: url={url} category=phishing host={ip}",
        "drop rule=14 src={ip} dst={ip} bytes={number}",
        "admin {username} changed policy {number} from {ip}",
        "geo-block {country}: {ip}",
    ],
    "patient_hl7": [
        (
            "MSH|^~\\&|LAB|{org}|ADT|20250304||ADT^A01|{number}|P|2.5\nPID|1||{mrn}||{last}^{first}||{dob}|"
            "F|||{address_line}||{phone}"
        ),
        "PID|||{mrn}^^^HOSP||{last}^{first}^M||{dob}|M",
        "NK1|1|{2:last}^{2:first}|SPO||{2:phone}",
        "PV1|1|I|W4^12^A||||0042^{2:last}^{2:first}^^^DR",
        "OBX|1|NM|GLU^Glucose||5.4|mmol/L|3.9-5.6|N|||F",
        "IN1|1|{order_id}|{org}|||||||||||{name}",
        "EVN|A08|20250610||{username}",
        "OBR|1|{order_id}||CBC^Blood count|||{date}|||{2:name}",
        "GT1|1||{last}^{first}||{address_line}|{phone}||{ssn}",
    ],
    "erp_export": [
        "KUNNR|NAME1|ORT01|STCD1\n0000104{number}|{org}|{other_city}|{gov_id}",
        "BP;{number};{last};{first};{street};{city};{country};{phone}",
        "HDR~{invoice}~{date}~{amount}~EUR\nPTR~{name}~{iban}",
        "MATNR|MAKTX|MEINS\n{sku}|{product}|ST\n{sku}|{product}|ST",
        "VBELN {order_id} ERNAM {username} ERDAT {date} NETWR {amount}",
        "PERNR;NACHN;VORNA;GBDAT\n{number};{last};{first};{dob}\n{number};{2:last};{2:first};{2:dob}",
    ],
    "toml_config": [
        '[package]\nname = "{code_ident}"\nversion = "{version}"\nauthors = ["{name} <{email}>"]',
        '[database]\nhost = "{ip}"\nuser = "{username}"\npassword = "{password}"',
        '[provider.main]\napi_key = "{api_key}"\nmodel = "{model_name}"',
        '[[contact]]\nname = "{name}"\nphone = "{phone}"',
        '[owner]\nname = "{first} {last}"\ndob = {dob}\norg = "{org}"',
        '[site]\nurl = "{url}"\nlocation = "{location}"',
        'title = "{product}"\n[limits]\nport = {port}\nrate = {number}',
    ],
}

# Pieces without personal data that go between the others.
PLAIN: dict[str, list[str]] = {
    "app_log": [
        "started in {duration}, pid {number}",
        "cache miss key={hash}",
        "retry 3/5 after {duration}",
        "order {order_id} moved to state PAID",
        "loaded model {model_name} ({number} MB)",
        "feature flag {code_ident} enabled",
        "request {uuid} finished with 200",
        "heartbeat ok seq={number}",
        "schema migrated to {version}",
        "dropped {percent} of samples",
        "invoice {invoice} rendered to {filename}",
        "queue depth {number}, lag {duration}",
        "{error_code}: upstream timeout",
        "shipment {tracking} scanned",
        "checksum {hash} ok",
        "listening on port {port}",
        "reading {path}",
        "user_count={number} name_cache=warm email_queue=0",
        "batch {phone_like} closed",
        "transaction {card_like} settled",
    ],
    "access_log": [
        "GET /assets/main.{number}.css",
        "GET /api/items/{sku}?v={version}",
        "POST /v1/chat/completions",
        "GET /metrics",
        "GET /docs/{filename}",
        "HEAD /",
        "GET /blob/{hash}",
        "GET /status?check=email",
    ],
    "syslog": [
        "kernel: usb 1-1: new high-speed device number {number}",
        "systemd[1]: Started Daily apt activities.",
        "kernel: Out of memory: Killed process {number} ({code_ident})",
        "CRON[{number}]: (root) CMD (run-parts /etc/cron.hourly)",
        "systemd[1]: nginx.service: Deactivated successfully.",
    ],
    "auth_log": [
        "Connection closed by authenticating user root [preauth]",
        "session opened for user root by (uid=0)",
        "token rotation finished, {number} keys",
        "rate limit reached, code {error_code}",
        "server listening on port {port}",
    ],
    "stack_trace": [
        '  File "{path}", line {number}, in {code_ident}\n    raise ValueError(x)',
        "\tat org.junit.Assert.fail(Assert.java:88)",
        "   4: core::panicking::panic_fmt\n   5: {code_ident}::main",
        "Segmentation fault (core dumped) at 0x00007f3a9c",
    ],
    "k8s_log": [
        "Liveness probe succeeded",
        "pulled image api:{version} in {duration}",
        "reconcile id={uuid} took {duration}",
        "evicted: node low on memory {percent}",
        "Back-off restarting failed container",
        "leader lease {hash} renewed",
        "loaded {number} routes",
    ],
    "audit_log": [
        "system rotated key {uuid}",
        "policy {code_ident} updated to {version}",
        "job {order_id} started by scheduler",
        "backup {filename} verified {hash}",
    ],
    "python_code": [
        "import numpy as np\n\nX = np.zeros((3, {number}))",
        "class {code_ident}(Base):\n    name = Column(String)\n    email = Column(String, unique=True)",
        "def add(a, b):\n    return a + b",
        'MODEL = "{model_name}"\nVERSION = "{version}"',
        "logger.info('done %s', order_id)",
        'assert luhn("{card_like}") is False',
    ],
    "js_code": [
        "const sum = (a, b) => a + b;",
        "import React from 'react';",
        "const { name, email } = req.body;",
        "export const VERSION = '{version}';",
        "if (!user.email) throw new Error('{error_code}');",
        "const id = '{uuid}';",
    ],
    "rust_code": [
        "#[derive(Debug, Clone)]\npub struct Person { pub name: String, pub email: Option<String> }",
        "use std::collections::HashMap;",
        "impl Iterator for Lines { }",
        "let n: usize = {number};",
        'let re = Regex::new(r"\\d+-\\w+")?;',
    ],
    "java_code": [
        "import java.util.List;",
        "@Override\npublic String getName() { return name; }",
        "private final String email;",
        'String id = "{uuid}";',
        'throw new IllegalStateException("{error_code}");',
        "List<Customer> customers = new ArrayList<>();",
    ],
    "kotlin_code": [
        "import kotlin.math.max",
        'val version = "{version}"',
        "data class Person(val name: String, val email: String?)",
        "fun area(r: Double) = 3.14 * r * r",
        'val sku = "{sku}"',
    ],
    "shell_session": [
        "$ ls -la\ntotal {number}",
        "$ make -j4\ncc -O2 -c main.c",
        "$ git rev-parse HEAD\n{hash}",
        "$ pip install numpy=={version}",
        "$ uptime\n load average: 0.42, 0.37, 0.30",
        "$ tail -f {path}",
    ],
    "terminal": [
        "$ cargo test\ntest result: ok. {number} passed; 0 failed",
        "$ df -h\n/dev/sda1  {percent} /",
        "$ node --version\nv{version}",
        "{percent} [=====>    ] {duration} left",
    ],
    "git_log": [
        "commit {hash}\n\n    Bump version to {version}",
        "{ticket_id} Fix crash on empty input",
        " 3 files changed, {number} insertions(+), 2 deletions(-)",
        "refactor: split {code_ident}",
    ],
    "git_blame": [
        'a17c9d02 (dependabot[bot] {date} 9) "left-pad": "{version}"',
        "^00aa31b (CI {date} 3) build: make all",
    ],
    "diff": [
        "@@ -1,4 +1,4 @@\n-version: {version}\n+version: {version}",
        "+def {code_ident}():\n+    pass",
        "-  sha256: {hash}\n+  sha256: {hash}",
    ],
    "chat_export": [
        "ok",
        "lol",
        "build {hash} is red again",
        "anyone tried {model_name}?",
        "{product} broke again",
        "see {filename}",
        "ETA {duration}",
        "PR merged",
        "what's {error_code}?",
        "ship it",
        "brb lunch ({food})",
        "same here",
        "nope, still {percent}",
    ],
    "html_page": [
        "<h2>Release Notes</h2>\n<p>Version {version} fixes {ticket_id}.</p>",
        '<div class="price">{price}</div>',
        "<li>{product}</li>",
        '<input placeholder="Your name">',
        "<p>Contact our support team by email.</p>",
    ],
    "url_list": [
        "/docs/{version}/index.html",
        "/items/{sku}?color={color}",
        "/build/{hash}/log.txt",
        "/search?q={product}&sort=price",
        "/users/{uuid}",
    ],
    "sql_query": [
        "SELECT id, email, phone FROM users WHERE created_at < now() - interval '1 day';",
        "CREATE TABLE person (name text, dob date, ssn char(11));",
        "SELECT sum(total) FROM invoices WHERE no = '{invoice}';",
        "DROP INDEX idx_users_email;",
    ],
    "firewall_log": [
        "kernel: eth0: link up, 1000 Mbps",
        "policy {number} loaded, {number} rules",
        "drop invalid state proto=udp len={number}",
        "ips signature pack {version} installed",
    ],
    "patient_hl7": ["OBX|2|NM|HB^Hemoglobin||13.{number}|g/dL||N|||F", "MSA|AA|{number}", "ORC|RE|{order_id}|||CM"],
    "curl_command": [
        "curl -sS -o {filename} -w '%{HTTP_CODE}\\n'",
        "curl -X POST /v1/jobs -H 'Idempotency-Key: {uuid}'",
    ],
    "docker_compose": ["healthcheck:\n  interval: 30s\n  retries: 3", "image: redis:{version}-alpine"],
    "terraform": [
        'resource "random_id" "suffix" {\n  byte_length = 4\n}',
        'required_version = ">= {version}"',
        'module "vpc" {\n  source  = "./vpc"\n  version = "{version}"\n}',
    ],
}


def log_of(kind: str, least: int = 1, most: int = 5, join: str = "\n") -> Callable[[Random], str]:
    """A composer that strings together pieces of a kind."""

    def build(rng: Random) -> str:
        gap = rng.choice(["\n", "\n\n"]) if join == "code" else join
        return gap.join(snippets(rng, kind, least, most))

    build.__doc__ = "Pieces of %s." % kind
    return build


BUILDERS: dict[str, Callable[[Random], str]] = {
    "json_record": json_record,
    "json_nested": json_nested,
    "json_api_response": json_api_response,
    "csv_rows": csv_rows,
    "tsv": tsv,
    "yaml_config": yaml_config,
    "env_file": env_file,
    "ini": ini,
    "sql_insert": sql_insert,
    "sql_query": log_of("sql_query", 1, 3),
    "xml": xml,
    "html_form": html_form,
    "html_page": html_page,
    "markdown_table": markdown_table,
    "key_value_form": key_value_form,
    "printed_form": printed_form,
    "app_log": app_log,
    "access_log": access_log,
    "syslog": stamped("syslog", 1, 4, system_front),
    "auth_log": stamped(
        "auth_log",
        1,
        4,
        lambda r, c: r.choice([c.next() + " ", system_front(r, c) + "sshd[%d]: " % r.randint(300, 65000)]),
    ),
    "stack_trace": log_of("stack_trace", 1, 2),
    "k8s_log": stamped("k8s_log", 1, 4, pod_front),
    "audit_log": audit_log,
    "python_code": log_of("python_code", 1, 4, "code"),
    "js_code": log_of("js_code", 1, 4, "code"),
    "rust_code": log_of("rust_code", 1, 4, "code"),
    "java_code": log_of("java_code", 1, 4, "code"),
    "kotlin_code": log_of("kotlin_code", 1, 4, "code"),
    "shell_session": log_of("shell_session", 1, 4),
    "terminal": log_of("terminal", 1, 3),
    "git_log": log_of("git_log", 1, 4, "code"),
    "git_blame": log_of("git_blame", 1, 5),
    "diff": log_of("diff", 1, 3),
    "curl_command": log_of("curl_command", 1, 2, "code"),
    "http_request": http_request,
    "invoice": invoice,
    "receipt": receipt,
    "shipping_label": shipping_label,
    "business_card": business_card,
    "vcard": vcard,
    "calendar_ics": calendar_ics,
    "email_headers": email_headers,
    "chat_export": chat_export,
    "tool_call_json": tool_call_json,
    "tool_result": tool_result,
    "url_list": log_of("url_list", 2, 6),
    "spreadsheet_dump": spreadsheet_dump,
    "prompt_with_table": prompt_with_table,
    "docker_compose": log_of("docker_compose", 1, 3),
    "terraform": log_of("terraform", 1, 3, "code"),
    "test_fixture": test_fixture,
    "firewall_log": firewall_log,
    "patient_hl7": log_of("patient_hl7", 1, 5),
    "erp_export": erp_export,
    "toml_config": toml_config,
}

# Lead-ins of documents that somebody pasted into a prompt.
ASKS = [
    "Explain this:",
    "What does this mean?",
    "why does this fail",
    "Fix the bug below.",
    "Refactor:",
    "Can you review this?",
    "Summarise:",
    "Is anything sensitive in here?",
    "convert to JSON please",
    "Here is the log:",
    "Context:",
    "I get the following:",
    "Was bedeutet das?",
    "Explique ce fichier :",
    "Parse this and list the fields.",
    "Add error handling to this",
    "Write tests for this.",
    "Input:",
]


def compose(rng: Random, kind: str) -> str:
    """A template of a kind."""
    builder = BUILDERS.get(kind)
    if builder and rng.random() < 0.85:
        text = builder(rng)
    else:
        text = about(rng.choice(KINDS[kind]), rng.choice([1, 1, 1, 2]))
    if rng.random() < 0.1 and kind != "prompt_with_table":
        fence = rng.choice(["%s", "%s", "```\n%s\n```"])
        text = rng.choice(ASKS) + rng.choice(["\n", "\n\n"]) + fence.replace("%s", text)
    return text

"""The values that go into the slots of a template: persons with all that is theirs, and everything around them."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from . import accounts, dates, name_lists, numbers, orgs, places, secrets_words, words
from .addresses import Address
from .pools import Pools, load_pools

# Country, share, lists of names (given, family), language of its dates, lists in its own script.
LOCALES = tuple(
    (code, share, lists.split("|"), language, native.split("|") if native else [])
    for code, share, lists, language, native in (
        ("US", 300, "en_US|en", "en", ""),
        ("GB", 130, "en_GB", "en", ""),
        ("CA", 40, "en_US|fr_CA|fr_QC", "en", ""),
        ("AU", 40, "en_NZ|en_GB", "en", ""),
        ("IE", 22, "en_IE|ga_IE", "en", ""),
        ("NZ", 15, "en_NZ", "en", ""),
        ("DE", 48, "de_DE", "de", ""),
        ("AT", 10, "de_AT", "de", ""),
        ("CH", 12, "de_CH|fr_CH|it_IT", "de", ""),
        ("FR", 36, "fr_FR|fr_BE|fr_DZ", "fr", ""),
        ("BE", 8, "fr_BE|nl_BE", "fr", ""),
        ("ES", 26, "es_ES|es_CA", "es", ""),
        ("MX", 18, "es_MX", "es", ""),
        ("AR", 8, "es_AR", "es", ""),
        ("CL", 5, "es_CL", "es", ""),
        ("CO", 7, "es_CO", "es", ""),
        ("IT", 24, "it_IT", "it", ""),
        ("NL", 16, "nl_NL", "nl", ""),
        ("PL", 15, "pl_PL", "pl", ""),
        ("PT", 8, "pt_PT", "pt", ""),
        ("BR", 20, "pt_BR", "pt", ""),
        ("SE", 11, "sv_SE", "sv", ""),
        ("NO", 8, "no_NO", "da", ""),
        ("DK", 8, "da_DK", "da", ""),
        ("FI", 8, "fi_FI", "en", ""),
        ("IS", 3, "is_IS", "en", ""),
        ("CZ", 8, "cs_CZ", "en", ""),
        ("SK", 4, "sk_SK", "en", ""),
        ("HU", 7, "hu_HU", "en", ""),
        ("RO", 8, "ro_RO", "ro", ""),
        ("BG", 4, "bg_BG", "en", "bg_BG"),
        ("HR", 4, "hr_HR", "en", ""),
        ("GR", 7, "el_GR", "en", "el_GR"),
        ("TR", 12, "tr_TR", "tr", ""),
        ("RU", 14, "ru_RU", "ru", "ru_RU"),
        ("UA", 10, "uk_UA", "ru", "uk_UA"),
        ("IL", 8, "he", "en", "he_IL"),
        ("SA", 6, "ar", "en", "ar_SA"),
        ("AE", 6, "ar", "en", "ar_AA"),
        ("EG", 6, "ar", "en", "ar_AA"),
        ("IR", 6, "fa", "en", "fa_IR"),
        ("IN", 50, "en_IN|ta", "en", "hi_IN|ta_IN|gu_IN|mr_IN"),
        ("PK", 8, "en_PK", "en", ""),
        ("BD", 6, "bn", "en", "bn_BD"),
        ("CN", 24, "zh", "en", "zh_CN"),
        ("TW", 5, "zh", "en", "zh_TW"),
        ("HK", 4, "zh", "en", "zh_TW"),
        ("JP", 15, "ja", "en", "ja_JP"),
        ("KR", 12, "ko", "en", "ko_KR"),
        ("VN", 10, "vi|vi_VN", "en", ""),
        ("TH", 6, "en_TH", "en", "th_TH"),
        ("ID", 10, "id_ID", "id", ""),
        ("MY", 4, "my", "en", ""),
        ("SG", 3, "zh|my|ta", "en", ""),
        ("PH", 12, "ph", "en", ""),
        ("NG", 14, "yo_NG|ig_NG|ha_NG|en_NG", "en", ""),
        ("KE", 8, "en_KE|sw", "en", ""),
        ("GH", 7, "tw_GH", "en", ""),
        ("ZA", 9, "zu_ZA|en_GB|nl_NL", "en", ""),
        ("ET", 4, "et_am", "en", ""),
        ("GE", 3, "ka_GE", "en", "ka_GE"),
        ("AM", 3, "hy_AM", "en", "hy_AM"),
        ("EE", 2, "et_EE", "en", ""),
        ("LV", 2, "lv_LV", "en", ""),
        ("LT", 2, "lt_LT", "en", ""),
        ("AZ", 2, "az_AZ", "en", ""),
        ("UZ", 2, "uz_UZ", "en", ""),
        ("SI", 2, "sl_SI", "en", ""),
        ("MA", 3, "fr_DZ|ar", "fr", "ar_DZ"),
        ("NP", 2, "en_IN", "en", "ne_NP"),
        ("LK", 2, "ta", "en", "si_LK"),
    )
)
_SHARES = [entry[1] for entry in LOCALES]
ENGLISH = {"US", "GB", "CA", "AU", "IE", "NZ"}
PARTICLES = {
    "DE": "de+",
    "AT": "de+",
    "NL": "nl+",
    "FR": "fr+",
    "IT": "it+",
    "US": "en+",
    "GB": "en+",
    "IE": "en+",
    "CA": "fr+",
    "BE": "nl+",
    "ZA": "nl+",
}
SUFFIXES = (" Jr.", " Jr", ", Jr.", " Sr.", " III", " II", " IV")
GENDERED = {"RU", "UA", "BG", "CZ", "SK", "PL"}
UNSPACED = {"zh_CN", "zh_TW", "ja_JP", "ko_KR"}
FAMILY_FIRST = {"CN", "KR", "VN", "HU", "HK", "TW", "JP"}
AGE_WEIGHTS = ((18, 70, 80), (1, 17, 10), (71, 99, 10))


class Person:
    """One person of a document: the names and the country all else follows from, and what was already told."""

    def __init__(self, rng: random.Random, pools: Pools):
        self.told: dict[str, list] = {}
        self.country, _, lists, self.language, native = rng.choices(LOCALES, _SHARES)[0]
        self.script = native and rng.random() < 0.24 and rng.choice(native) or ""
        low, high, _ = rng.choices(AGE_WEIGHTS, [row[2] for row in AGE_WEIGHTS])[0]
        self.age = rng.randint(low, high)
        self.born = date(2025 - self.age, rng.randint(1, 12), rng.randint(1, 28))
        if self.script:
            self.first = pools.native_first[self.script].draw(rng)
            self.last = self._fitting(rng, pools.native_last[self.script])
            self.latin_first, self.latin_last = _latin_forms(rng, pools, lists, self.first, self.last)
        else:
            # People with names from elsewhere live in every country.
            source = rng.choices(LOCALES, _SHARES)[0] if rng.random() < 0.08 else None
            self.first, self.last = self._names(
                rng, pools, source[2] if source else lists, source[0] if source else self.country
            )
            self.latin_first, self.latin_last = self.first, self.last

    def _names(self, rng: random.Random, pools: Pools, lists: list[str], country: str) -> tuple[str, str]:
        name_list = rng.choices(lists, [len(pools.last[name]) ** 0.5 for name in lists])[0] if lists[1:] else lists[0]
        if country in ENGLISH:
            kind = rng.random()
            if kind < 0.6:
                first, last = pools.census_first.draw(rng)[0], pools.census_last.draw(rng, 0.55)[0]
            else:
                first, last = pools.first[name_list].draw(rng), pools.last[name_list].draw(rng)
            if rng.random() < 0.09:
                first = pools.word_first.draw(rng)
            elif rng.random() < 0.06:
                first = pools.nickname.draw(rng)
            if rng.random() < 0.09:
                last = pools.word_last.draw(rng)
        else:
            first = pools.first[name_list].draw(rng)
            last = self._fitting(rng, pools.last[name_list], first)
        if country in PARTICLES and rng.random() < 0.07:
            last = pools.last[PARTICLES[country]].draw(rng)
        if rng.random() < (0.5 if country in ("ES", "MX", "AR", "CO", "CL") else 0.035):
            other = pools.last[name_list].draw(rng)
            if other != last and " " not in last and " " not in other:
                last += (" " if country in ("ES", "MX", "AR", "CO", "CL", "PT", "BR") else "-") + other
        if rng.random() < 0.03 and " " not in first and "-" not in first:
            first += rng.choice(("-", " ")) + pools.first[name_list].draw(rng)
        return first, last

    def _fitting(self, rng: random.Random, pool, first: str | None = None) -> str:
        """A surname in the form for the given name's gender, where a language has two and the list both."""
        first = first or self.first
        last = pool.draw(rng)
        if self.country in GENDERED:
            female = first[-1] in "aаяía"
            for _ in range(6):
                if (last[-1] in "aаяá") == female or last[-1] not in "aаяávвnнiиkкýй":
                    break
                last = pool.draw(rng)
        return last

    def full(self, rng: random.Random, pools: Pools) -> str:
        """The name as one writes it in full."""
        first, last = self.first, self.last
        if self.script:
            if self.script in UNSPACED:
                return last + ("" if rng.random() < 0.85 else " ") + first
            return f"{first} {last}" if rng.random() < 0.88 else f"{last} {first}"
        kind = rng.random()
        if kind < 0.09:
            middle = pools.census_first.draw(rng)[0] if self.country in ENGLISH else pools.first["en"].draw(rng)
            return f"{first} {rng.choice((middle, middle[0] + '.', middle[0]))} {last}"
        if kind < 0.125:
            tail = f" {rng.choice('ABCDEJLMRST')}." if rng.random() < 0.3 else ""
            return f"{last}, {first}{tail}"
        if kind < 0.14:
            return f"{last.upper()} {first}" if rng.random() < 0.5 else f"{last.upper()}, {first}"
        if kind < 0.16 and self.country in ENGLISH:
            return f"{first} {last}{rng.choice(SUFFIXES)}"
        if kind < 0.172:
            return f"{first[0]}. {rng.choice('ABCDEFGHJKLMPRST')}. {last}"
        if kind < 0.18:
            return f'{first} "{pools.nickname.draw(rng)}" {last}'
        if self.country in FAMILY_FIRST and kind < 0.5:
            return f"{last} {first}"
        return f"{first} {last}"


def _latin_forms(rng: random.Random, pools: Pools, lists: list[str], first: str, last: str) -> tuple[str, str]:
    """What the addresses of the net have of a name in another script: its letters, or a name of the same language."""
    given, family = secrets_words.ascii_name(name_lists.latin(first)), secrets_words.ascii_name(name_lists.latin(last))
    if given and family:
        return given, family
    return pools.first[lists[0]].draw(rng), pools.last[lists[0]].draw(rng)


class Values:
    """Values for one document: what belongs to a person stays the same throughout it, all else is new each time."""

    def __init__(self, rng: random.Random, split: str, data: Path):
        self.rng = rng
        self.pools = load_pools(split, Path(data))
        self.people: dict[int, Person] = {}

    def person(self, number: int) -> Person:
        if number not in self.people:
            person = Person(self.rng, self.pools)
            taken = {other.first for other in self.people.values()}
            for _ in range(8):
                if person.first not in taken:
                    break
                person = Person(self.rng, self.pools)
            self.people[number] = person
        return self.people[number]

    def get(self, slot: str, person: int = 1) -> list[tuple[str, str | None]]:
        """The parts (text, type or None) of a slot's value."""
        rng = self.rng
        if slot in words.MAKERS:
            return [(words.MAKERS[slot](rng), None)]
        if slot in _FRESH:
            return _FRESH[slot](self)
        if slot not in _OWN:
            raise KeyError(f"no such slot: {slot}")
        who = self.person(person)
        if slot not in who.told:
            kind, make = _OWN[slot]
            who.told[slot] = [(make(self, who), kind)]
        return who.told[slot]

    def city(self, who: Person) -> str:
        return self.once(who, "city", lambda: places.city_of(self.rng, who.country, self.pools))

    def state(self, who: Person) -> str:
        return self.once(who, "state", lambda: places.state_of(self.rng, who.country, self.pools))

    def place(self, who: Person) -> Address:
        if not hasattr(who, "place"):
            who.place = Address(
                self.rng, self.pools, who.country, self.city(who), who.last.split()[-1], self.state(who)
            )
        return who.place

    def once(self, who: Person, slot: str, make) -> str:
        if slot not in who.told:
            who.told[slot] = [(make(), "LOCATION")]
        return who.told[slot][0][0]


def _initial_last(values: Values, who: Person) -> str:
    first, last, rng = who.latin_first if who.script in UNSPACED else who.first, who.last, values.rng
    if who.script in UNSPACED:
        last = who.latin_last.capitalize()
    initial = first[0].upper()
    return rng.choice(
        (
            f"{initial}. {last}",
            f"{initial}. {last}",
            f"{initial}. {last}",
            f"{initial} {last}",
            f"{initial}.{last}",
            f"{last}, {initial}.",
        )
    )


def _email(values: Values, who: Person) -> str:
    return secrets_words.email(values.rng, who.latin_first, who.latin_last, values.pools, who.born.year)


def _username(values: Values, who: Person) -> str:
    return secrets_words.username(values.rng, who.latin_first, who.latin_last, who.born.year)


_OWN = {
    "first": ("PERSON", lambda values, who: who.first),
    "last": ("PERSON", lambda values, who: who.last),
    "name": ("PERSON", lambda values, who: who.full(values.rng, values.pools)),
    "initial_last": ("PERSON", _initial_last),
    "email": ("EMAIL_ADDRESS", _email),
    "username": ("USERNAME", _username),
    "phone": ("PHONE_NUMBER", lambda values, who: accounts.phone(values.rng, who.country)),
    "dob": ("DATE_OF_BIRTH", lambda values, who: dates.written(values.rng, who.born, who.language, who.country)),
    "age": ("AGE", lambda values, who: str(who.age)),
    "ssn": ("GOV_ID", lambda values, who: numbers.us_ssn(values.rng)),
    "gov_id": ("GOV_ID", lambda values, who: numbers.gov_id(values.rng, who.country, who.born)),
    "card": ("CREDIT_CARD", lambda values, who: accounts.card(values.rng)),
    "iban": ("BANK_ACCOUNT", lambda values, who: accounts.iban(values.rng, who.country)),
    "bank_account": ("BANK_ACCOUNT", lambda values, who: accounts.bank_account(values.rng, who.country)),
    "passport": ("PASSPORT", lambda values, who: accounts.passport(values.rng, who.country)),
    "driver_license": (
        "DRIVER_LICENSE",
        lambda values, who: accounts.driver_license(values.rng, who.country, who.latin_last),
    ),
    "mrn": ("MEDICAL_RECORD", lambda values, who: accounts.mrn(values.rng)),
    "password": ("PASSWORD", lambda values, who: secrets_words.password(values.rng, values.pools)),
    "address": ("STREET_ADDRESS", lambda values, who: values.place(who).lines()),
    "address_line": ("STREET_ADDRESS", lambda values, who: values.place(who).line()),
    "street": ("STREET_ADDRESS", lambda values, who: values.place(who).street),
    "city": ("LOCATION", lambda values, who: places.city_of(values.rng, who.country, values.pools)),
    "state": ("LOCATION", lambda values, who: places.state_of(values.rng, who.country, values.pools)),
    "country": ("LOCATION", lambda values, who: places.country_name(values.rng, who.country)),
}


def _near(values: Values) -> str:
    """The country an organisation of the document is likely to be from."""
    who = values.people.get(1)
    return who.country if who and values.rng.random() < 0.6 else "US"


_FRESH = {
    "location": lambda values: places.location(values.rng, values.pools),
    "other_city": lambda values: [(places.any_city(values.rng, values.pools), "LOCATION")],
    "org": lambda values: [(orgs.org(values.rng, values.pools, _near(values)), "ORGANIZATION")],
    "secret": lambda values: [(secrets_words.secret(values.rng, values.pools), "SECRET")],
    "api_key": lambda values: [(secrets_words.api_key(values.rng), "SECRET")],
    "url": lambda values: [(secrets_words.url(values.rng, values.pools), "URL")],
    "ip": lambda values: [(secrets_words.ip(values.rng), "IP_ADDRESS")],
    "date": lambda values: [(_date(values), None)],
}


def _date(values: Values) -> str:
    who = values.people.get(1)
    return dates.event(values.rng, who.language if who else "en", who.country if who else "US")

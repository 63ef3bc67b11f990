"""Documents in the manner of newswire, encyclopedias, posts, reviews, office mail and newspapers of ten languages.

The texts are in `kinds_world_2` (English) and `kinds_world_3` (other languages, local names). They use more slots than
`Values` has; `World` adds those, so `document` is the way to a text of these kinds.
"""

from __future__ import annotations

import re

from ..doc import Doc, fill
from .kinds_prose import _joined, _pick, _resolve, persons, shifted
from .kinds_world_2 import ENGLISH, PHRASES
from .kinds_world_3 import BODIES, COUNTRY_NAMES, HOMES, OTHER
from .numbers import pattern
from .orgs import BAND_NOUNS, TEAM_NOUNS
from .places import STATES, city_of, country_name
from .values import LOCALES, Person, Values

KINDS: dict[str, list[str]] = {**ENGLISH, **OTHER}
# Texts that only go on from another one; drawn through that one.
FOLLOWING = {"wire": "wire_more", "sport": "sport_more", "land": "land_more", "life": "life_more"}
TRAINING: tuple[str, ...] = tuple(kind for kind in KINDS if kind not in FOLLOWING.values())
_SHARES = {
    "wire": 11, "headline": 4, "sport": 5, "table": 3, "listing": 3, "caption": 2, "land": 5, "life": 5, "history": 4,
    "post": 9, "chatter": 6, "plain": 6, "review": 8, "question": 4, "travel": 3, "office": 9, "address": 8, "form": 3,
    "news.de": 7, "plain.de": 3, "post.de": 2, "fr": 3.5, "es": 3.5, "it": 3, "pt": 3.5, "nl": 3, "pl": 2, "sv": 2,
    "tr": 1.5, "da": 1.5,
}
WEIGHTS: dict[str, float] = {kind: _SHARES[kind] / sum(_SHARES.values()) for kind in TRAINING}

# Chances of one, two, three and four texts in a row; most kinds stay short.
_LENGTHS = {"wire": (35, 35, 20, 10), "land": (35, 40, 20, 5), "life": (40, 40, 20, 0), "review": (55, 35, 10, 0),
            "chatter": (75, 20, 5, 0), "post": (85, 12, 3, 0), "headline": (65, 20, 10, 5), "table": (60, 25, 10, 5),
            "plain.de": (50, 30, 15, 5), "plain": (50, 30, 15, 5),
            "address": (1, 0, 0, 0), "form": (1, 0, 0, 0), "office": (80, 20, 0, 0)}
_USUAL = (60, 30, 10, 0)
_LINES = frozenset(("headline", "table", "post", "chatter", "caption", "post.de"))
# Where the sentences without any entity come from that stand among a kind's own.
_CLEAN = {"wire": "plain", "land": "plain", "life": "plain", "history": "plain", "review": "plain", "travel": "plain",
          "question": "plain", "post": "chatter", "news.de": "plain.de", "post.de": "plain.de"}
_PHRASE = re.compile(r"<([a-z_]+)>")
_LOOSE = frozenset(("post", "chatter", "post.de"))
# Kinds that tell of former times.
_OLD = frozenset(("land", "life", "history"))


def _expanded(rng, template: str) -> str:
    """The template with its `<phrase>`s and `[a|b]`s decided."""
    for _ in range(4):
        template = _PHRASE.sub(
            lambda match: _pick(rng, PHRASES[match.group(1)]) if match.group(1) in PHRASES else match.group(0), template
        )
    return _resolve(rng, template)


def compose(rng, kind: str) -> str:
    """A template of the kind: one text or some in a row, mostly about the same people."""
    weights = _LENGTHS.get(kind, _USUAL)
    dice = rng.random() * sum(weights)
    count = next(n for n in range(1, 5) if dice < sum(weights[:n]))
    parts = [_pick(rng, KINDS[kind])]
    later = KINDS[FOLLOWING.get(kind, kind)]
    while len(parts) < count:
        part = _pick(rng, later)
        count -= part in parts
        if part not in parts:
            same = kind in FOLLOWING and rng.random() < 0.85
            parts.append(part if same else shifted(part, max(map(persons, parts)) if rng.random() < 0.6 else 0))
    if kind in _CLEAN and rng.random() < 0.2:
        parts.insert(int(rng.random() * (len(parts) + 1)), _pick(rng, KINDS[_CLEAN[kind]]))
    gap = _pick(rng, ("\n", "\n", "\n\n", " ")) if kind in _LINES else _pick(rng, (" ", " ", " ", "\n", "\n\n"))
    joined = gap.join(parts) if kind in _LINES or kind in FOLLOWING or "." in kind else _joined(parts, gap)
    return _expanded(rng, joined)


class _Homely:
    """Another's dice, except that a person's country falls among a few."""

    def __init__(self, rng, countries):
        self._rng = rng
        self._rows = [row for row in LOCALES if row[0] in countries]

    def choices(self, population, *args, **more):
        if population is LOCALES and self._rows:
            rows, self._rows = self._rows, None
            return self._rng.choices(rows, [row[1] for row in rows])
        return self._rng.choices(population, *args, **more)

    def __getattr__(self, name):
        return getattr(self._rng, name)


HOODS = ("nyc", "NYC", "philly", "vegas", "the d", "chi-town", "Chitown", "htown", "atl", "ATL", "ldn", "brum",
         "manc", "nola", "the bx", "BK", "dmv", "DMV", "socal", "SoCal", "jozi", "naija", "KL", "BKK", "pdx", "PDX",
         "slc", "okc", "mpls", "cle", "cinci", "indy", "tdot", "the 6ix", "yvr", "melb", "syd", "brissy", "edi",
         "glasvegas", "barca", "cdmx", "mtl")
AGENCIES = ("Reuters", "AP", "AFP", "dpa", "UPI", "Xinhua", "Interfax", "ANSA", "EFE", "TASS", "PTI", "Kyodo", "Yonhap",
            "Bloomberg", "PA", "Tanjug", "MTI", "PAP", "Bernama", "Anadolu", "IRNA", "Dow Jones", "Associated Press")
REGNAL = ("Henry Louis Philip Charles Otto Frederick Alfonso Ferdinand Leopold Matilda Eleanor Isabella Bela Casimir "
          "Vladislav Rudolf Conrad Ludwig Ramesses Seleucus Ptolemy Baldwin Magnus Haakon Canute Stephen Boris Ivan "
          "Constantine Theodora Justin Leo Gregory Clement Innocent Urban Pius Sixtus Murad Selim Osman Tahmasp Akbar "
          "Victor Amadeus Sigismund Wenceslaus Harald Sancho Ramiro Childeric Lothair Pepin").split()
NUMERALS = "I II III IV V VI VII VIII IX X XI XIV".split()
NATURE = ("Lake {0}", "Mount {0}", "Mt. {0}", "River {0}", "{0} River", "{0} Creek", "{0} County", "{0} Island",
          "Isle of {0}", "{0} Valley", "{0} Bay", "{0} Hills", "{0} Peak", "{0} Township", "Cape {0}", "{0} Falls",
          "{0} Forest", "{0} Lake", "{0} Heights", "Fort {0}", "Port {0}", "{0} Glacier", "{0} Point", "{0} Pass",
          "{0} Park", "{0} Bridge", "{0} Castle", "{0} Abbey", "{0} Hall", "{0} Stadium", "{0} Square", "{0} Beach",
          "North {0}", "South {0}", "Upper {0}", "Little {0}", "{0}ville", "{0} Springs", "{0} Station", "{0} Village")


class World:
    """The values of a document and what only these kinds need: local countries and bodies, datelines, clubs, features,
    words as people type them, addresses as they paste them."""

    def __init__(self, values: Values, language: str = "en", old: bool = False):
        self.values, self.language, self.old, self.rng = values, language, old, values.rng
        self.homes = homes = HOMES.get(language, ())
        if homes:
            for number in range(1, 6):
                if number not in values.people and self.rng.random() < 0.82:
                    values.people[number] = Person(_Homely(self.rng, homes), values.pools)

    def get(self, slot: str, person: int = 1) -> list[tuple[str, str | None]]:
        """The parts of a slot's value, as `Values.get` gives them."""
        make = _WORLD.get(slot)
        if make:
            return make(self, person)
        if slot == "year" and self.old and self.rng.random() < 0.8:
            return [(str(self.rng.randint(1090, 2012)), None)]
        if self.homes and slot == "other_city" and self.rng.random() < 0.5:
            return [(city_of(self.rng, self.rng.choice(self.homes), self.values.pools), "LOCATION")]
        if self.homes and slot == "org" and self.rng.random() < 0.3:
            return self.body(person)
        return self.values.get(slot, person)

    def text(self, slot: str, person: int = 1) -> str:
        return "".join(text for text, _ in self.values.get(slot, person))

    def own(self, key: str, items) -> str:
        return self.values.pools.own(f"world_{key}", items).draw(self.rng)

    def town(self) -> str:
        return self.text("other_city")

    def surname(self) -> str:
        return self.values.pools.census_last.draw(self.rng)[0]

    def dateline(self, person: int) -> list:
        parts = self.values.get("other_city" if self.rng.random() < 0.6 else "location", person)
        if self.rng.random() < 0.55:
            parts = [(text.upper() if kind else text, kind) for text, kind in parts]
        return parts

    def club(self, person: int) -> list:
        rng, town, noun = self.rng, self.town(), self.rng.choice(TEAM_NOUNS)
        text = rng.choice((town, town, f"{town} {noun}", f"FC {town}", noun, noun, f"{town} FC", f"Dynamo {town}",
                           f"SV {town}", f"{town} City", f"AC {town}"))
        return [(text.upper() if rng.random() < 0.06 else text, "ORGANIZATION")]

    def band(self, person: int) -> list:
        rng, noun = self.rng, self.own("band", BAND_NOUNS)
        word = self.values.pools.own("org_words", ("Amber", "Velvet", "Copper")).draw(rng)
        return [(rng.choice((f"The {noun}", f"{word} {noun}", f"The {word} {noun}", f"{noun} of {word}",
                             f"{self.surname()} & the {noun}", f"{self.surname()}")), "ORGANIZATION")]

    def ruler(self, person: int) -> list:
        name = self.own("ruler", REGNAL)
        dice = self.rng.random()
        tail = "" if dice < 0.15 else f" of {self.town()}" if dice < 0.4 else f" {self.rng.choice(NUMERALS)}"
        if 0.4 <= dice and self.language == "de":
            tail += "."
        return [(name + tail, "PERSON")]

    def initials(self, person: int) -> list:
        middle = self.rng.choice("ABCDEGHJKLMPRSTW")
        return [(f"{self.text('first', person)[0].upper()}.{middle}. {self.text('last', person)}", "PERSON")]

    def feature(self, person: int) -> list:
        rng = self.rng
        stem = self.surname() if rng.random() < 0.7 else self.town()
        return [(rng.choice(NATURE).format(stem), "LOCATION")]

    def land(self, person: int) -> list:
        names = COUNTRY_NAMES.get(self.language)
        return [(self.own(f"land_{self.language}", names) if names else country_name(self.rng), "LOCATION")]

    def body(self, person: int) -> list:
        return [(self.own(f"body_{self.language}", BODIES[self.language]), "ORGANIZATION")]

    def genitive(self, slot: str, person: int, kind: str) -> list:
        """A name with the bare s that some languages add; the s is part of the written name."""
        text = self.text(slot, person)
        return [(text + ("'" if text[-1:] in "sxzß" else "s"), kind)]

    def pasted(self, person: int) -> list[tuple[str, str]]:
        return pasted_address(self.values, self.rng, person)

    def postcode(self, person: int) -> list:
        return [(postcode(self.values, self.rng, person), "STREET_ADDRESS")]


_WORLD = {
    "dateline": World.dateline,
    "club": World.club,
    "band": World.band,
    "ruler": World.ruler,
    "feature": World.feature,
    "land": World.land,
    "body": World.body,
    "pasted_address": World.pasted,
    "postcode": World.postcode,
    "agency": lambda world, _: [(world.own("agency", AGENCIES), "ORGANIZATION")],
    "handle": lambda world, person: [(world.text("username", person).lstrip("@"), "USERNAME")],
    "hood": lambda world, _: [(world.own("hood", HOODS), "LOCATION")],
    "last_gen": lambda world, person: world.genitive("last", person, "PERSON"),
    "city_gen": lambda world, person: world.genitive("city", person, "LOCATION"),
    "first_low": lambda world, person: [(world.text("first", person).lower(), "PERSON")],
    "name_low": lambda world, person: [
        (f"{world.text('first', person)} {world.text('last', person)}".lower(), "PERSON")
    ],
    "city_low": lambda world, _: [(world.town().lower(), "LOCATION")],
    "last_caps": lambda world, person: [(world.text("last", person).upper(), "PERSON")],
    "first_last": lambda world, person: [(f"{world.text('first', person)} {world.text('last', person)}", "PERSON")],
    "initials": lambda world, person: world.initials(person),
}

_UNITS = ("Apt {0}", "Apt. {0}", "apt {0}", "Apt #{0}", "Unit {0}", "unit {0}", "Suite {0}00", "Ste. {0}", "Ste {0}",
          "#{0}", "Fl {0}", "{0}th floor", "Room {0}", "Rm {0}B", "Bldg {1}", "Building {1}, Apt {0}", "Lot {0}",
          "Apt {0}{1}", "{1}-{0}", "Flat {0}", "Flat {0}{1}", "Door {0}", "Trlr {0}", "Studio {1}",
          "Block {1}, Flat {0}")

_UNIT = re.compile(r"(?: (?:Apt\.?|Unit|Suite|Ste|Fl|#|lgh|kv\.|Daire|piso|as\.|apto?) ?#?\w+| #\w+)$")
_NUMBER = re.compile(r"^(?:No\. )?\d+\w?(?:/\d+)?,? (?:bis |ter )?"
                     r"|[, ]+(?:No\.? ?|n\. |nº |nr\. |No:|#)?\d+[\w/-]*$|,$")


def postcode(values: Values, rng, person: int = 1) -> str:
    """A postal code of the person's country."""
    place = values.place(values.person(person))
    return place._postal() if rng.random() < 0.75 else pattern(rng, "#####")


def _bare_street(values: Values, rng, person: int) -> str:
    """The person's street without a unit, its number now and then at the other end."""
    street = "".join(text for text, _ in values.get("street", person))
    street = re.sub(r"^(\d+\w?(?: bis| ter)?), ", r"\1 ", street)
    street = max(re.sub(r", (?:nº )?(\d+\w?)(?=,|$)", r" \1", street).split(", "), key=len)
    if rng.random() < 0.8:
        street = _UNIT.sub("", street)
    dice = rng.random()
    front = re.match(r"(\d+\w?) ([^\d]+)$", street)
    back = re.match(r"(\w[^\d,]+\w) (\d+\w?)$", street)
    if dice < 0.14 and front:
        return f"{front.group(2)}{rng.choice((' ', ', ', ' No. '))}{front.group(1)}"
    if dice < 0.14 and back:
        return f"{back.group(2)}{rng.choice((' ', ', '))}{back.group(1)}"
    return street


def pasted_address(values: Values, rng, person: int = 1) -> list[tuple[str, str]]:
    """A postal address as people paste it: parts moved, left out, on odd lines, with stray commas and blanks."""
    def part(slot: str) -> str:
        return "".join(text for text, _ in values.get(slot, person))

    street, city, code = _bare_street(values, rng, person), part("city"), postcode(values, rng, person)
    unit = _pick(rng, _UNITS).format(rng.randint(1, 40), _pick(rng, "ABCDEFGH"))
    state = part("state") if values.person(person).country in STATES and rng.random() < 0.75 else ""
    country = part("country") if rng.random() < 0.4 else ""
    kind = rng.random()
    if kind < 0.05:
        box = rng.randint(10, 9999)
        top = [_pick(rng, ("PSC {0}, Box {1}", "Unit {1} Box {0}", "CMR {0}, Box {1}", "PSC {0} BOX {1}")).format(
            rng.randint(1, 999), box)]
        place = f"{_pick(rng, ('APO', 'FPO', 'DPO'))}{_pick(rng, (' ', ', '))}{_pick(rng, ('AE', 'AP', 'AA'))} "
        lower = [place + pattern(rng, "0####")]
        country = "" if rng.random() < 0.8 else country
    else:
        if kind < 0.13:
            top = [_pick(rng, ("PO Box {0}", "P.O. Box {0}", "P O Box {0}", "POB {0}", "Postfach {0}", "Box {0}",
                               "PMB {0}", "Private Bag {0}", "BP {0}", "Apartado {0}", "RR 2 Box {0}",
                               "HC 61 Box {0}")).format(rng.randint(3, 99999))]
            if rng.random() < 0.25:
                top.insert(_pick(rng, (0, 1)), street)
        elif kind < 0.20:
            bare, other = (_NUMBER.sub("", text) for text in (street, _bare_street(values, rng, person + 5)))
            top = [_pick(rng, ("corner of {0} and {1}", "{0} & {1}", "{0} at {1}", "Cnr {0} and {1}", "{0} / {1}",
                               "the corner of {0} and {1}", "{0}, corner of {1}")).format(bare, other)]
        elif kind < 0.55:
            joint = _pick(rng, (", ", " ", "\n", ",", " - "))
            top = [street + joint + unit if rng.random() < 0.7 else unit + joint + street]
        else:
            top = [street]
        order = rng.random()
        if state and order < 0.4:
            lower = [f"{city}{_pick(rng, (', ', ' ', ','))}{state}{_pick(rng, (' ', ' ', '  ', ', '))}{code}"]
        elif order < 0.55:
            lower = [f"{code} {city}"] + ([state] if state else [])
        elif order < 0.7:
            lower = [f"{city} {code}"] + ([state] if state else [])
        elif order < 0.8:
            lower = [city, code] if not state else [city, f"{state} {code}"]
        elif order < 0.87:
            lower = [code, city] + ([state] if state else [])
        elif order < 0.94:
            lower = [city] + ([state] if state else [])
        else:
            lower = [f"{city}-{code}"] + ([state] if state else [])
    lines = top + lower + ([country] if country else [])
    layout = rng.random()
    if layout < 0.34:
        text = "\n".join(lines)
    elif layout < 0.42:
        text = "\n".join(line if i == 0 else _pick(rng, ("  ", "    ", "\t", " ")) + line
                         for i, line in enumerate(lines))
    elif layout < 0.47:
        text = ",\n".join(lines)
    elif layout < 0.51:
        text = "\n\n".join(lines)
    elif layout < 0.58:
        text = re.sub(r",\s*", " ", " ".join(lines))
    elif layout < 0.63:
        text = " , ".join(lines)
    elif layout < 0.66:
        text = " / ".join(lines)
    elif layout < 0.69:
        text = "; ".join(lines)
    elif layout < 0.72:
        text = ",".join(lines)
    else:
        text = ", ".join(lines)
    case = rng.random()
    text = text.upper() if case < 0.07 else text.lower() if case < 0.14 else text
    return [(text, "STREET_ADDRESS")]


def _shouted(doc: Doc, rng) -> Doc:
    """Headlines in capitals or with capitals at the beginning of words; posts in lower case."""
    base = doc.kind
    dice = rng.random()
    how = None
    if base == "headline":
        how = str.upper if dice < 0.28 else _titled if dice < 0.66 else None
    elif base in ("table", "caption", "listing"):
        how = str.upper if dice < 0.1 else None
    elif base in _LOOSE:
        how = str.lower if dice < 0.28 else str.upper if dice < 0.33 else None
    elif dice < 0.06 and "\n" in doc.text:
        end = doc.text.index("\n")
        head = doc.text[:end].upper()
        return Doc(head + doc.text[end:], doc.spans, doc.kind) if len(head) == end else doc
    text = how(doc.text) if how and not any(span.type in ("SECRET", "PASSWORD", "URL") for span in doc.spans) else None
    return Doc(text, doc.spans, doc.kind) if text and len(text) == len(doc.text) else doc


_SMALL = frozenset("a an and as at but by for from in of on or over the to with after into near vs".split())


def _titled(text: str) -> str:
    """The text with a capital at the beginning of each word but the small ones."""
    def word(match) -> str:
        text = match.group()
        return text if text in _SMALL and match.start() else text[0].upper() + text[1:]

    return re.sub(r"[^\W\d_][^\s-]*", word, text)


def document(rng, values: Values) -> Doc:
    """One text of a kind drawn by weight, with its values filled in; `values.rng` may be `rng` itself."""
    kind = rng.choices(TRAINING, [WEIGHTS[name] for name in TRAINING])[0]
    language = kind.rpartition(".")[2] if kind in OTHER else "en"
    return _shouted(fill(compose(rng, kind), World(values, language, kind in _OLD), kind), rng)

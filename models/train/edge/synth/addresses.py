"""Postal addresses as the people of a country write them."""

from __future__ import annotations

import random

from .numbers import pattern
from .places import STATES, US_STATES, country_name
from .pools import Pools

EN_STEMS = (
    "Maple Oak Elm Pine Cedar Birch Willow Walnut Chestnut Spruce Hickory Magnolia Sycamore Aspen Juniper Laurel Main "
    "High Church Mill Station Park Lake River Hill Ridge Valley Forest Meadow Spring Sunset Highland Prospect Union "
    "Liberty Franklin Lincoln Jefferson Madison Monroe Jackson Adams Washington Market Water Front Center Court School "
    "College Victoria Albert Queen King George Windsor York Bridge North South East West Broad Green Orchard Garden "
    "Cherry Vine Rose Holly Fairview Lakeview Hillcrest Woodland Riverside Greenwood Stonebridge Foxglove Larkspur "
    "Primrose Copper Silver Golden Eagle Falcon Deer Bear Coyote Heron Quail Robin Wren Cottonwood Mesquite Dogwood "
    "Hawthorn Rowan Abbey Priory Castle Manor Kiln Quarry Canal Harbour Dock Wharf Lighthouse Beacon Chapel Vicarage "
    "Rectory Tannery Saddle Stirling Argyle Balmoral Belmont"
).split()
SUFFIXES = (
    "Street",
    "St",
    "St.",
    "Avenue",
    "Ave",
    "Ave.",
    "Road",
    "Rd",
    "Rd.",
    "Lane",
    "Ln",
    "Drive",
    "Dr",
    "Dr.",
    "Blvd",
    "Court",
    "Ct",
    "Place",
    "Pl",
    "Way",
    "Terrace",
    "Circle",
    "Cir",
    "Parkway",
    "Pkwy",
    "Trail",
    "Boulevard",
    "Loop",
    "Square",
    "Hwy",
)
UK_SUFFIXES = (
    "Street",
    "Road",
    "Lane",
    "Avenue",
    "Close",
    "Crescent",
    "Gardens",
    "Grove",
    "Mews",
    "Terrace",
    "Drive",
    "Way",
    "Hill",
    "Rise",
    "Walk",
    "Row",
    "Square",
    "Place",
    "Green",
    "Park",
    "Court",
    "View",
    "Rd",
    "St",
    "Ave",
)
UK_AREAS = (
    "SW1A SW11 SE15 E2 E14 N1 N16 NW3 W2 W12 EC1V WC2H B15 B29 M14 M20 LS6 L17 S10 NG7 BS6 CF10 EH8 EH3 G12 AB24 BT9 "
    "OX4 CB1 RG1 GU2 BN1 SO14 PO4 PL4 EX4 NR2 IP4 NE2 YO10 HU5 DH1 LE2 CV6 DE1 ST4 SK8 WA14 CH1 LL57 SA1 KY16 DD2 IV2 "
    "TR1 TN4 CT1"
).split()
DE_STEMS = (
    "Haupt Bahnhof Schul Garten Dorf Berg Kirch Linden Birken Wald Ring Wiesen Mühlen Eichen Buchen Rosen Tal Sonnen "
    "Feld Amsel Goethe Schiller Mozart Beethoven Bismarck Kant Lessing Blumen Industrie Brunnen Burg Schloss Ulmen "
    "Kastanien Friedhof Hafen Markt Nelken Tannen Ahorn Finken Lerchen Meisen Post Rathaus Markgrafen Kaiser König "
    "Luisen Sophien"
).split()
FR_NAMES = (
    "de la République|de la Paix|du Moulin|des Lilas|de l'Église|du Château|des Acacias|Victor Hugo|Jean Jaurès|de la "
    "Gare|des Écoles|du Général Leclerc|Pasteur|de Verdun|des Roses|du Marché|Saint-Martin|de la Liberté|Voltaire|des "
    "Tilleuls|de la Fontaine|du Bac|Gambetta|Émile Zola|des Peupliers|de Belleville|du Faubourg|des Cerisiers|Molière|"
    "de Provence"
).split("|")
ES_NAMES = (
    "Mayor|Real|de Alcalá|del Sol|San Juan|de la Constitución|Nueva|del Carmen|Cervantes|de las Flores|de la Iglesia|"
    "Goya|del Prado|Santa Ana|Ramón y Cajal|de Toledo|Colón|del Río|San Miguel|Velázquez|Juárez|Hidalgo|Reforma|Morelos"
).split("|")
IT_NAMES = (
    "Roma|Garibaldi|Mazzini|Dante|Verdi|Cavour|della Libertà|Matteotti|Marconi|dei Mille|San Marco|Manzoni|Leopardi|"
    "della Repubblica|XX Settembre|del Corso|Galileo Galilei|Vittorio Veneto|dell'Industria|Kennedy|Aldo Moro"
).split("|")
NL_STEMS = (
    "Kerk Dorps School Molen Station Wilhelmina Juliana Beatrix Nieuwe Lange Eiken Linden Beuken Haven Markt Prinsen "
    "Keizers Vondel Rembrandt Spoor Park Burgemeester Dijk Oranje Tulpen Weide Zonnebloem Veld"
).split()
PT_NAMES = (
    "das Flores|Augusta|da Liberdade|Direita|do Comércio|Sete de Setembro|XV de Novembro|Paulista|Brasil|dos Pinheiros|"
    "Santo António|da Boavista|do Sol|Tiradentes|Rui Barbosa|São João|Marechal Deodoro|das Palmeiras|da Praia"
).split("|")
PL_NAMES = (
    "Długa|Krótka|Polna|Leśna|Słoneczna|Ogrodowa|Szkolna|Kościuszki|Mickiewicza|Piłsudskiego|Lipowa|Brzozowa|Kwiatowa|"
    "Sienkiewicza|Warszawska|Zielona|Parkowa|Kolejowa|Jana Pawła II|Marszałkowska|Kopernika|Wojska Polskiego"
).split("|")
NORDIC = {
    "SE": (
        "Stor Kungs Drottning Ny Ring Björk Kyrko Sveav Skogs Ängs Hamn Vasa Linné Bane Brunns Storg Norra".split(),
        ("gatan", "vägen", "gränd", "stigen"),
    ),
    "NO": (
        "Stor Kirke Skole Park Bjørne Solv Fjord Havne Gran Birke Elve Fagerli Strand Nedre".split(),
        ("gata", "veien", "gate", "vei"),
    ),
    "DK": (
        "Nørre Vester Øster Skole Kirke Strand Bøge Frederiks Vesterbro Birke Eng Park Mølle Havne".split(),
        ("gade", "vej", "allé", "stræde"),
    ),
    "FI": (
        "Koulu Kirkko Rauta Asema Puisto Meri Koivu Metsä Kuusi Ranta Harju Vuori Lehti Satama Aleksanterin".split(),
        ("katu", "tie", "polku", "kuja"),
    ),
}
CZ_NAMES = (
    "Dlouhá Krátká Nádražní Školní Zahradní Palackého Masarykova Husova Komenského Lipová Jiráskova Na Příkopě".split()
)
HU_NAMES = "Petőfi Kossuth Rákóczi Dózsa Ady Béke Arany Vörösmarty Bartók Széchenyi Szabadság Fő".split()
RO_NAMES = (
    "Mihai Eminescu|Unirii|Victoriei|Independenței|Ștefan cel Mare|Libertății|Florilor|Mihai Viteazu|Traian".split("|")
)
TR_NAMES = "Atatürk İstiklal Cumhuriyet Bağdat Barbaros Gül Lale Papatya Fevzi Çınar Zafer İnönü Fatih Menekşe".split()
GR_NAMES = (
    "Ermou Athinas Panepistimiou Stadiou Akadimias Patision Tsimiski Egnatia Ερμού Αθηνάς Σταδίου Πατησίων".split()
)
RU_NAMES = (
    "Ленина Пушкина Мира Гагарина Советская Садовая Лесная Победы Молодёжная Кирова Lenina Pushkina Mira Gagarina "
    "Sadovaya Lesnaya Pobedy Kirova Tverskaya Чехова Chekhova"
).split()
UA_NAMES = (
    "Шевченка Франка Хрещатик Лесі Українки Shevchenka Franka Khreshchatyk Sahaidachnoho Soborna Соборна Зелена".split()
)
IN_AREAS = (
    "Koramangala|Indiranagar|Andheri West|Bandra|Banjara Hills|Salt Lake|T. Nagar|Whitefield|Jayanagar|Vasant Kunj|"
    "Sector 14|Sector 62|Powai|Model Town|Civil Lines|Anna Nagar|Gomti Nagar|Aundh|Viman Nagar|Kothrud"
).split("|")
IN_ROADS = (
    "MG Road|Station Road|Ring Road|Park Street|Nehru Road|Gandhi Road|Linking Road|SV Road|Church Street|Temple Road"
).split("|")
CN_NAMES = (
    "Nanjing Zhongshan Renmin Jianguo Huaihai Beijing Changjiang Jiefang Tianhe Xinhua Hongqi Wenhua Heping Yan'an"
).split()
JP_NAMES = (
    "Shibuya Minato Nakano Setagaya Suginami Meguro Toshima Kita Chuo Naka Nishi Sakura Higashiyama Tennoji".split()
)
KR_NAMES = "Teheran Gangnam Sejong Olympic Hangang Dosan Yeoksam Mapo Yeoui Sinchon Seocho Banpo Jong Toegye".split()
VN_NAMES = (
    "Nguyễn Huệ|Lê Lợi|Trần Hưng Đạo|Hai Bà Trưng|Lý Thường Kiệt|Điện Biên Phủ|Pasteur|Phan Chu Trinh|Nguyen Trai"
).split("|")
BR_STATES = ("SP", "RJ", "MG", "RS", "PR", "BA", "SC", "PE", "CE", "GO")
FOREIGN = {"LU": "FR", "LI": "CH", "DZ": "FR", "MA": "FR", "AR": "ES", "CL": "ES", "CO": "ES", "MX": "ES", "PE": "ES"}
POSTAL = {
    "DE": "#####",
    "AT": "9###",
    "CH": "9###",
    "FR": "#####",
    "BE": "9###",
    "NL": "9### ??",
    "ES": "#####",
    "IT": "#####",
    "PT": "####-###",
    "PL": "##-###",
    "SE": "### ##",
    "NO": "####",
    "DK": "9###",
    "FI": "#####",
    "CZ": "### ##",
    "SK": "### ##",
    "HU": "9###",
    "RO": "######",
    "GR": "### ##",
    "TR": "#####",
    "RU": "######",
    "UA": "#####",
    "BR": "#####-###",
    "AR": "9###",
    "CL": "#######",
    "CO": "######",
    "MX": "#####",
}
SMALL = "ZA NZ NG KE GH PK BD PH MY SG TH AE SA EG IL IR ID ET HR BG IS".split()


def _stem(rng: random.Random, pools: Pools) -> str:
    if rng.random() < 0.35:
        return pools.census_last.draw(rng)[0]
    if rng.random() < 0.12:
        number = rng.randint(1, 140)
        return f"{number}{'th' if 10 <= number % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
    stem = pools.own("en_stems", EN_STEMS).draw(rng)
    return stem if rng.random() < 0.8 else f"{stem} {pools.own('en_stems', EN_STEMS).draw(rng)}"


class Address:
    """One address: `street` (with number), the lines below it, and what joins them."""

    def __init__(self, rng: random.Random, pools: Pools, country: str, city: str, last: str, state: str):
        self.rng, self.pools, self.country, self.city, self.state = rng, pools, country, city, state
        self.last = last
        self.street, self.rest = self._make()
        if rng.random() < (0.15 if country == "US" else 0.3):
            self.rest.append(country_name(rng, country))

    def lines(self) -> str:
        """On several lines in one case of three."""
        joint = "\n" if self.rng.random() < 0.35 else ", "
        return joint.join([self.street, *self.rest])

    def line(self) -> str:
        text = ", ".join([self.street, *self.rest])
        return text if self.rng.random() < 0.92 else text.replace(", ", " ")

    def _number(self, most: int = 200) -> str:
        rng = self.rng
        number = rng.randint(1, most if rng.random() < 0.7 else max(20, most // 10))
        return f"{number}{rng.choice('abcAB')}" if rng.random() < 0.06 else str(number)

    def _own(self, key: str, items) -> str:
        return self.pools.own("street_" + key, items).draw(self.rng)

    def _make(self) -> tuple[str, list[str]]:
        country = FOREIGN.get(self.country, self.country)
        maker = getattr(self, "_" + country.lower(), None)
        if maker is None:
            maker = self._small if country in SMALL else self._gb if country == "IE" else self._small
        return maker()

    def _postal(self) -> str:
        return pattern(self.rng, POSTAL.get(self.country, "#####"))

    def _town(self, form: str = "{code} {city}") -> str:
        return form.format(code=self._postal(), city=self.city)

    def _us(self) -> tuple[str, list[str]]:
        rng = self.rng
        code = US_STATES.get(self.state, self.state)
        if rng.random() < 0.04:
            street = f"{rng.choice(('PO Box', 'P.O. Box', 'P. O. Box'))} {rng.randint(10, 99999)}"
        else:
            side = rng.choices(("", "N ", "S. ", "West ", "NE ", "E "), (74, 6, 5, 5, 5, 5))[0]
            street = (
                f"{rng.randint(1, 20000 if rng.random() < 0.4 else 999)} {side}{_stem(rng, self.pools)} "
                f"{rng.choice(SUFFIXES)}"
            )
            if rng.random() < 0.25:
                street += rng.choice(
                    (", Apt {}", " Apt. {}", ", Unit {}", ", Suite {}00", " #{}", ", Apt {}B", ", Fl {}", ", Ste {}")
                ).format(rng.randint(1, 30))
        state = self.state if rng.random() < 0.2 else code
        postal = pattern(rng, "#####") + (pattern(rng, "-####") if rng.random() < 0.12 else "")
        return street, [f"{self.city}, {state} {postal}" if rng.random() < 0.9 else f"{self.city} {state} {postal}"]

    def _ca(self) -> tuple[str, list[str]]:
        rng = self.rng
        letters = "ABCEGHJKLMNPRSTVXY"
        code = (
            f"{rng.choice(letters)}{rng.randint(0, 9)}{rng.choice(letters)} {rng.randint(0, 9)}"
            f"{rng.choice(letters)}{rng.randint(0, 9)}"
        )
        lead = f"{rng.randint(1, 900)}-" if rng.random() < 0.2 else ""
        street = f"{lead}{self._number(4000)} {_stem(rng, self.pools)} {rng.choice(SUFFIXES)}"
        return street, [f"{self.city}, {rng.choice(('ON', 'QC', 'BC', 'AB', 'MB', 'NS', 'SK'))} {code}"]

    def _gb(self) -> tuple[str, list[str]]:
        rng = self.rng
        street = f"{self._number(250)} {_stem(rng, self.pools)} {rng.choice(UK_SUFFIXES)}"
        if rng.random() < 0.18:
            street = (
                rng.choice(("Flat {}, ", "Apartment {}, ", "Flat {}B, ", "Unit {}, ")).format(rng.randint(1, 40))
                + street
            )
        elif rng.random() < 0.1:
            street = (
                f"{self._own('en', EN_STEMS)} {rng.choice(('House', 'Cottage', 'Lodge', 'Barn', 'Court'))}, {street}"
            )
        if self.country == "IE":
            return street, [self.city, pattern(rng, "?## ?*?#") if rng.random() < 0.7 else rng.choice(STATES["IE"])]
        code = (
            f"{rng.choice(UK_AREAS)} {rng.randint(1, 9)}{rng.choice('ABDEFGHJLNPQRSTUWXYZ')}"
            f"{rng.choice('ABDEFGHJLNPQRSTUWXYZ')}"
        )
        if rng.random() < 0.06:
            code = code.lower()
        middle = [self.city] + ([rng.choice(STATES["GB"])] if rng.random() < 0.2 else [])
        return street, middle + [code] if rng.random() < 0.65 else middle[:-1] + [f"{middle[-1]} {code}"]

    def _au(self) -> tuple[str, list[str]]:
        rng = self.rng
        lead = rng.choice((f"{rng.randint(1, 30)}/", f"Unit {rng.randint(1, 30)}, ")) if rng.random() < 0.25 else ""
        return (
            f"{lead}{self._number(300)} {_stem(rng, self.pools)} {rng.choice(UK_SUFFIXES)}",
            [f"{self.city} {rng.choice(('NSW', 'VIC', 'QLD', 'WA', 'SA', 'TAS', 'ACT'))} {pattern(rng, '9###')}"],
        )

    def _small(self) -> tuple[str, list[str]]:
        rng = self.rng
        number = self._number(150)
        name = self.last if rng.random() < 0.5 else _stem(rng, self.pools)
        street = rng.choice(
            (
                f"{number} {name} {rng.choice(('Street', 'Road', 'Avenue', 'Close', 'Lane'))}",
                f"{number} {name} St",
                f"House {number}, Road {rng.randint(1, 40)}",
                f"Plot {number} {name} Road",
                f"Jl. {name} No. {number}",
                f"No. {number}, Jalan {name} {rng.randint(1, 20)}",
                f"P.O. Box {rng.randint(100, 99999)}",
                f"Villa {number}, {name} Street",
                f"Blk {number} {name} Ave {rng.randint(1, 12)} #{pattern(rng, '##-##')}",
            )[: 4 if self.country not in ("ID", "MY", "KE", "AE", "SG", "SA") else 9]
        )
        return street, [
            rng.choice(
                (
                    f"{self.city} {pattern(rng, '####')}",
                    f"{self.city} {pattern(rng, '#####')}",
                    self.city,
                    f"{pattern(rng, '#####')} {self.city}",
                )
            )
        ]

    def _de(self) -> tuple[str, list[str]]:
        rng = self.rng
        kind = rng.random()
        if kind < 0.6:
            name = self._own("de", DE_STEMS) + rng.choice(
                ("straße", "straße", "str.", "strasse", "weg", "gasse", "allee", "platz")
            )
        elif kind < 0.85:
            person = self.pools.last["de_DE"].draw(rng)
            name = rng.choice(
                (
                    f"{person}straße",
                    f"{self.pools.first['de_DE'].draw(rng)}-{person}-Straße",
                    f"{person}weg",
                    f"{person}str.",
                )
            )
        else:
            name = (
                rng.choice(("Am ", "An der ", "Im ", "Zum ", "Unter den "))
                + self._own("de", DE_STEMS)
                + rng.choice(("berg", "bach", "hof", "feld", "garten", "tal"))
            )
        number = self._number(150)
        floor = rng.choice((", 3. OG", ", c 12", "/4", ", Hinterhaus", ", Whg. 7")) if rng.random() < 0.07 else ""
        town = self._town(
            rng.choice(("{code} {city}", "{code} {city}", "D-{code} {city}"))
            if self.country == "DE"
            else "{code} {city}"
        )
        return f"{name} {number}{floor}", [town]

    _at = _ch = _de

    def _fr(self) -> tuple[str, list[str]]:
        rng = self.rng
        name = (
            self._own("fr", FR_NAMES)
            if rng.random() < 0.6
            else (f"{self.pools.first['fr_FR'].draw(rng)} {self.pools.last['fr_FR'].draw(rng)}")
        )
        kind = rng.choice(
            (
                "rue",
                "rue",
                "rue",
                "avenue",
                "boulevard",
                "place",
                "allée",
                "chemin",
                "impasse",
                "Rue",
                "av.",
                "bd",
                "quai",
            )
        )
        street = (
            f"{self._number(150)}{rng.choices(('', ' bis', ' ter'), (92, 6, 2))[0]}"
            f"{rng.choice((' ', ', '))}{kind} {name}"
        )
        if rng.random() < 0.12:
            street += rng.choice((", Bât. B", ", appt 12", ", 3e étage", ", résidence Les Pins", ", Apt 4"))
        return street, [self._town() + (" Cedex" if rng.random() < 0.04 else "")]

    def _be(self) -> tuple[str, list[str]]:
        street, rest = (self._nl if self.rng.random() < 0.55 else self._fr)()
        return street + (f" bus {self.rng.randint(1, 20)}" if self.rng.random() < 0.15 else ""), rest

    def _es(self) -> tuple[str, list[str]]:
        rng = self.rng
        name = (
            self._own("es", ES_NAMES)
            if rng.random() < 0.6
            else (f"{self.pools.first['es_ES'].draw(rng)} {self.pools.last['es_ES'].draw(rng)}")
        )
        kind = rng.choice(("Calle", "Calle", "C/", "Avenida", "Avda.", "Plaza", "Paseo", "Av.", "Camino", "C."))
        number = self._number(120)
        tail = (
            rng.choice(
                (
                    f", {rng.randint(1, 9)}º {rng.choice('ABCD')}",
                    f" {rng.randint(1, 8)}-{rng.randint(1, 4)}",
                    ", bajo izq.",
                    f" piso {rng.randint(1, 15)}",
                    f", esc. {rng.randint(1, 3)}, {rng.randint(1, 8)}ºC",
                )
            )
            if rng.random() < 0.35
            else ""
        )
        if self.country == "MX":
            return (
                f"{kind} {name} {rng.choice(('No. ', '#', ''))}{number}",
                [f"Col. {rng.choice(('Centro', 'Roma Norte', 'Del Valle'))}", f"C.P. {self._postal()} {self.city}"],
            )
        return f"{kind} {name}{rng.choice((' ', ', ', ' nº '))}{number}{tail}", [self._town()]

    def _it(self) -> tuple[str, list[str]]:
        rng = self.rng
        name = (
            self._own("it", IT_NAMES)
            if rng.random() < 0.6
            else (f"{self.pools.first['it_IT'].draw(rng)} {self.pools.last['it_IT'].draw(rng)}")
        )
        street = (
            f"{rng.choice(('Via', 'Via', 'Viale', 'Piazza', 'Corso', 'Vicolo', 'Largo', 'via'))} {name}"
            f"{rng.choice((' ', ', ', ' n. '))}{self._number(150)}"
        )
        return street, [self._town(rng.choice(("{code} {city}", "{code} {city} (" + pattern(rng, "??") + ")")))]

    def _nl(self) -> tuple[str, list[str]]:
        rng = self.rng
        name = self._own("nl", NL_STEMS) if rng.random() < 0.65 else self.pools.last["nl_NL"].draw(rng)
        end = rng.choice(("straat", "straat", "weg", "laan", "plein", "gracht", "kade", "dijk", "hof"))
        street = (
            f"{name.title().replace(' ', '')}{end} {self._number(220)}"
            f"{rng.choices(('', '-2', ' II', 'hs', '-B'), (85, 5, 3, 4, 3))[0]}"
        )
        return street, [self._town()]

    def _pt(self) -> tuple[str, list[str]]:
        rng = self.rng
        kind = rng.choice(("Rua", "Rua", "Av.", "Avenida", "Travessa", "R.", "Praça", "Largo"))
        floor = f", {rng.randint(1, 9)}º {rng.choice(('Esq', 'Dto', 'Dtº', 'A'))}" if rng.random() < 0.3 else ""
        return f"{kind} {self._own('pt', PT_NAMES)}{rng.choice((', ', ' ', ', nº '))}{self._number(300)}{floor}", [
            self._town()
        ]

    def _br(self) -> tuple[str, list[str]]:
        rng = self.rng
        kind = rng.choice(("Rua", "Rua", "Av.", "Avenida", "Travessa", "R.", "Alameda"))
        flat = (
            rng.choice((f", apto {rng.randint(1, 200)}", f" - Bloco {rng.choice('ABC')}", ", casa 2"))
            if rng.random() < 0.3
            else ""
        )
        return (
            f"{kind} {self._own('pt', PT_NAMES)}, {self._number(2500)}{flat}",
            [f"{self.city} - {rng.choice(BR_STATES)}", rng.choice(("", "CEP ", "CEP: ")) + self._postal()],
        )

    def _pl(self) -> tuple[str, list[str]]:
        rng = self.rng
        flat = rng.choice((f"/{rng.randint(1, 90)}", f" m. {rng.randint(1, 60)}", "")) if rng.random() < 0.6 else ""
        return (
            f"{rng.choice(('ul. ', 'ul. ', '', 'al. ', 'os. '))}{self._own('pl', PL_NAMES)} {self._number(150)}{flat}",
            [self._town()],
        )

    def _nordic(self) -> tuple[str, list[str]]:
        rng = self.rng
        stems, ends = NORDIC[self.country]
        street = f"{self._own(self.country, stems)}{rng.choice(ends)} {self._number(120)}"
        if rng.random() < 0.3:
            street += rng.choice(
                {
                    "SE": (" lgh 1102", " B", ", 3 tr"),
                    "NO": (" B", " A"),
                    "DK": (", 2. th", ", 1. tv", ", st."),
                    "FI": (" A 4", " B 21", " as. 7"),
                }[self.country]
            )
        return street, [self._town()]

    _se = _no = _dk = _fi = _nordic

    def _cz(self) -> tuple[str, list[str]]:
        number = self._number(900) + (f"/{self.rng.randint(1, 60)}" if self.rng.random() < 0.5 else "")
        return f"{self._own('cz', CZ_NAMES)} {number}", [self._town()]

    _sk = _cz

    def _hu(self) -> tuple[str, list[str]]:
        rng = self.rng
        flat = f" {rng.randint(1, 6)}. em. {rng.randint(1, 30)}." if rng.random() < 0.3 else ""
        street = (
            f"{self._own('hu', HU_NAMES)} {rng.choice(('utca', 'u.', 'út', 'tér', 'köz'))} {self._number(120)}.{flat}"
        )
        return street, [self._town()]

    def _ro(self) -> tuple[str, list[str]]:
        rng = self.rng
        flat = (
            f", bl. {rng.choice('ABCDM')}{rng.randint(1, 30)}, sc. {rng.randint(1, 4)}, ap. {rng.randint(1, 90)}"
            if rng.random() < 0.5
            else ""
        )
        return (
            f"{rng.choice(('Str.', 'Strada', 'Bd.', 'Calea'))} {self._own('ro', RO_NAMES)} nr. "
            f"{self._number(150)}{flat}",
            [self._town()],
        )

    def _tr(self) -> tuple[str, list[str]]:
        rng = self.rng
        quarter = f"{self._own('tr', TR_NAMES)} Mah. " if rng.random() < 0.6 else ""
        street = (
            f"{quarter}{self._own('tr', TR_NAMES)} "
            f"{rng.choice(('Cad.', 'Sok.', 'Caddesi', 'Sokak', 'Bulvarı'))} No:{self._number(120)}"
        )
        return street + (
            rng.choice((" D:{}", "/{}", " Daire {}")).format(rng.randint(1, 30)) if rng.random() < 0.5 else ""
        ), [self._town()]

    def _gr(self) -> tuple[str, list[str]]:
        return f"{self._own('gr', GR_NAMES)} {self._number(150)}", [
            self._town(self.rng.choice(("{code} {city}", "{city} {code}")))
        ]

    def _slavic(self, key: str, names) -> tuple[str, list[str]]:
        rng = self.rng
        name = self._own(key, names)
        number, flat = self._number(150), rng.randint(1, 250)
        if name.isascii():
            street = rng.choice(
                (
                    f"ul. {name} {number}, kv. {flat}",
                    f"{name} St. {number}, apt {flat}",
                    f"ul. {name}, d. {number}",
                    f"{number} {name} Street",
                )
            )
        else:
            street = rng.choice(
                (f"ул. {name}, д. {number}, кв. {flat}", f"ул. {name}, {number}", f"просп. {name}, {number}-{flat}")
            )
        return street, rng.choice(
            ([self.city, self._postal()], [self._town()], [f"г. {self.city}" if not name.isascii() else self.city])
        )

    def _ru(self) -> tuple[str, list[str]]:
        return self._slavic("ru", RU_NAMES)

    def _ua(self) -> tuple[str, list[str]]:
        return self._slavic("ua", UA_NAMES)

    def _in(self) -> tuple[str, list[str]]:
        rng = self.rng
        lead = rng.choice(
            (
                f"Flat {rng.randint(1, 12)}0{rng.randint(1, 9)}, ",
                f"H.No. {rng.randint(1, 20)}-{rng.randint(1, 300)}, ",
                f"#{self._number(300)}, ",
                f"{self._number(200)}, ",
                f"Plot No. {rng.randint(1, 300)}, ",
                f"{rng.choice('ABCD')}-{rng.randint(1, 400)}, ",
            )
        )
        if rng.random() < 0.4:
            lead += (
                f"{self.pools.first['en_IN'].draw(rng)} "
                f"{rng.choice(('Residency', 'Apartments', 'Enclave', 'Towers', 'Nivas'))}, "
            )
        road = rng.choice(
            (
                self._own("in", IN_ROADS),
                f"{rng.randint(1, 22)}th Cross",
                f"{rng.randint(4, 20)}th Main",
                f"{self.last} Road",
            )
        )
        return lead + road, [
            self._own("in_area", IN_AREAS),
            rng.choice(
                (
                    f"{self.city} {pattern(rng, '9#####')}",
                    f"{self.city} - {pattern(rng, '9#####')}",
                    f"{self.city}, {rng.choice(STATES['IN'])} {pattern(rng, '9## ###')}",
                )
            ),
        ]

    def _cn(self) -> tuple[str, list[str]]:
        rng = self.rng
        lead = rng.choice(
            (
                f"Room {rng.randint(1, 30)}0{rng.randint(1, 9)}, Building {rng.randint(1, 30)}, ",
                "",
                f"{rng.randint(2, 30)}F, ",
            )
        )
        return (
            f"{lead}No. {self._number(900)} {self._own('cn', CN_NAMES)} "
            f"{rng.choice(('Road', 'East Road', 'West Road', 'North Road', 'Lu', 'Avenue'))}",
            [f"{self.city} {pattern(rng, '9#####')}"],
        )

    _tw = _hk = _cn

    def _jp(self) -> tuple[str, list[str]]:
        rng = self.rng
        block = f"{rng.randint(1, 8)}-{rng.randint(1, 40)}-{rng.randint(1, 30)}"
        area = self._own("jp", JP_NAMES)
        return rng.choice(
            (
                f"{block} {area}",
                f"{area} {block}",
                f"{block} {area}-cho",
                f"{area}-ku {block}, Apt {rng.randint(1, 9)}0{rng.randint(1, 9)}",
            )
        ), [rng.choice((f"{self.city} {pattern(rng, '###-####')}", f"〒{pattern(rng, '###-####')} {self.city}"))]

    def _kr(self) -> tuple[str, list[str]]:
        rng = self.rng
        lane = f" {rng.randint(1, 60)}-gil" if rng.random() < 0.5 else ""
        flat = f", {rng.randint(101, 120)}-{rng.randint(1, 20)}0{rng.randint(1, 4)}" if rng.random() < 0.4 else ""
        return f"{self._number(300)} {self._own('kr', KR_NAMES)}{rng.choice(('-ro', '-daero'))}{lane}{flat}", [
            f"{self.city} {pattern(rng, '#####')}"
        ]

    def _vn(self) -> tuple[str, list[str]]:
        rng = self.rng
        return (
            f"{rng.choice(('', 'Số ', ''))}{self._number(400)}{rng.choice((' ', '/12 '))}"
            f"{rng.choice(('', 'đường ', 'Đường '))}{self._own('vn', VN_NAMES)}",
            [
                rng.choice(
                    (f"Quận {rng.randint(1, 12)}", f"District {rng.randint(1, 12)}", f"P. {rng.randint(1, 15)}")
                ),
                self.city,
            ],
        )

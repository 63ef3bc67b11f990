"""Organisations: known ones, and made-up ones of every form."""

from __future__ import annotations

import random

from .pools import Pools


def _lines(text: str) -> list[str]:
    return [item.strip() for item in text.replace("\n", ",").split(",") if item.strip()]


KNOWN = _lines("""
    Google, Microsoft, Apple, Amazon, Meta, Facebook, Netflix, IBM, Intel, AMD, Nvidia, Oracle, SAP, Salesforce,
    Adobe, Cisco, Dell, HP, Lenovo,
    Samsung, Sony, LG, Huawei, Xiaomi, Toshiba, Panasonic, Siemens, Bosch, Philips, Ericsson, Nokia, Tesla, Ford,
    General Motors, Toyota, Honda,
    Volkswagen, BMW, Mercedes-Benz, Renault, Volvo, Hyundai, Boeing, Airbus, Lockheed Martin, SpaceX, NASA, ESA,
    Shell, BP, ExxonMobil, Chevron,
    TotalEnergies, Walmart, Target, Costco, IKEA, Tesco, Aldi, Lidl, Carrefour, Home Depot, Best Buy, eBay, Alibaba,
    Tencent, ByteDance, Baidu,
    Uber, Lyft, Airbnb, Spotify, Twitter, LinkedIn, Reddit, Pinterest, PayPal, Stripe, Visa, Mastercard,
    American Express, JPMorgan Chase,
    Goldman Sachs, Morgan Stanley, Bank of America, Wells Fargo, Citibank, HSBC, Barclays, Lloyds, Santander,
    BNP Paribas, Deutsche Bank,
    Commerzbank, UBS, ING, Rabobank, Revolut, Pfizer, Moderna, Novartis, Roche, Bayer, AstraZeneca,
    Johnson & Johnson, Merck, Nestlé, Unilever,
    Procter & Gamble, Coca-Cola, PepsiCo, McDonald's, Starbucks, Nike, Adidas, Zara, H&M, Disney, Warner Bros, BBC,
    CNN, Reuters, Bloomberg,
    The New York Times, The Guardian, FedEx, UPS, DHL, USPS, Royal Mail, Deutsche Bahn, Lufthansa, Ryanair, Delta,
    United Airlines, Emirates,
    Harvard, MIT, Stanford University, Oxford University, University of Cambridge, ETH Zürich, Yale, Princeton, UCLA,
    WHO, UNICEF, United Nations,
    World Bank, IMF, NATO, European Union, European Commission, FBI, CIA, IRS, FDA, EPA, NHS, HMRC, DVLA, Red Cross,
    Greenpeace, Amnesty International,
    Mayo Clinic, Kaiser Permanente, Blue Cross, Aetna, Cigna, Allianz, AXA, Deloitte, KPMG, PwC, EY, McKinsey,
    Accenture, Infosys, Wipro, Tata,
    Reliance, Manchester United, Real Madrid, FC Barcelona, Bayern Munich, Juventus, Liverpool FC,
    Los Angeles Lakers, New York Yankees, OpenAI,
    Anthropic, DeepMind, Hugging Face, GitHub, GitLab, Atlassian, Slack, Zoom, Dropbox, Shopify, Cloudflare, Datadog,
    Snowflake, Databricks, Mozilla,
    Red Hat, Canonical, Wikipedia, Telefónica, Vodafone, Orange, T-Mobile, Verizon, AT&T, Comcast, Equifax, Experian,
    TransUnion""")
HEADS = (
    "Nor Vel Alt Quant Zen Lum Cor Syn Omni Terra Aero Hydro Nova Vex Pyr Kestr Astr Brav Cal Del Ever Fjord Glint "
    "Helio Ikar Jov Kind Lark Mer Neb Orb Pax Quill Rill Solv Tern Umbr Vant Wex Xyl Yond Zeph Arc Blu Cryo Dyn Eco "
    "Flux Gran Hex Ion Kap Lith Mag Opt Prim"
).split()
TAILS = (
    "ia ix ora ion exa ify ly io ance ana is tech soft lab works ware point gate path link bridge stream field stone "
    "forge peak crest wave light mind core logic sense graph base dock grid data pay cart trip med gen bio therm cell "
    "zon ado ero iva enta sys net"
).split()
WORDS = (
    "Summit Horizon Pinnacle Cascade Harbor Granite Atlas Beacon Compass Keystone Evergreen Silverline Redwood "
    "Bluebird Northwind Ironclad Lighthouse Meridian Falcon Cobalt Sterling Crescent Anchor Frontier Heritage Liberty "
    "Pioneer Vanguard Zenith Apex Acme Global United National Central Premier Allied Pacific Atlantic Nordic Alpine "
    "Delta Sigma Omega Orion Phoenix Titan Polar Amber Crimson Emerald Sapphire Golden Bright Clear Swift Prime First "
    "Oak Maple Cedar Willow Juniper Thistle Clover Sage Driftwood Riverbend Stonegate Fairway Sunrise Moonlight "
    "Tidewater Windmill Brickhouse Foxglove Copperfield Bluestone Greenleaf Whitecap Blackthorn"
).split()
TRADES = (
    "Logistics Consulting Software Systems Solutions Technologies Analytics Capital Partners Holdings Industries "
    "Construction Foods Bakery Dental Pharmacy Plumbing Roofing Motors Insurance Realty Properties Media Studios "
    "Design Energy Solar Electric Robotics Aerospace Pharmaceuticals Biosciences Diagnostics Therapeutics Security "
    "Networks Telecom Freight Shipping Travel Tours Hotels Catering Brewing Coffee Books Publishing Records Textiles "
    "Apparel Footwear Furniture Hardware Tools Packaging Recycling Landscaping Interiors"
).split()
FORMS = (
    "Inc",
    "Inc.",
    "LLC",
    "Ltd",
    "Ltd.",
    "Limited",
    "Corp",
    "Corp.",
    "Co.",
    "Group",
    "PLC",
    "plc",
    "L.L.C.",
    "Corporation",
    "& Co",
    "Pty Ltd",
    "GmbH",
    "AG",
    "KG",
    "GmbH & Co. KG",
    "e.V.",
    "UG",
    "SA",
    "S.A.",
    "SAS",
    "SARL",
    "S.L.",
    "SpA",
    "S.p.A.",
    "S.r.l.",
    "BV",
    "B.V.",
    "NV",
    "AB",
    "AS",
    "A/S",
    "ApS",
    "Oy",
    "Oyj",
    "Sp. z o.o.",
    "s.r.o.",
    "Kft.",
    "SRL",
    "OOO",
    "A.Ş.",
    "Pvt Ltd",
    "Pvt. Ltd.",
    "Sdn Bhd",
    "Pte Ltd",
    "K.K.",
    "Co., Ltd.",
    "Ltda",
    "Ltda.",
    "S.A. de C.V.",
    "S.A.S.",
    "LLP",
    "LP",
    "Kabushiki Kaisha",
    "ehf.",
    "d.o.o.",
)
LOCAL_FORMS = {
    "DE": ("GmbH", "AG", "e.V.", "GmbH & Co. KG"),
    "FR": ("SAS", "SARL", "SA"),
    "IT": ("S.p.A.", "S.r.l."),
    "ES": ("S.L.", "S.A."),
    "NL": ("B.V.", "N.V."),
    "SE": ("AB",),
    "NO": ("AS",),
    "DK": ("A/S", "ApS"),
    "FI": ("Oy",),
    "PL": ("Sp. z o.o.", "S.A."),
    "IN": ("Pvt Ltd", "Ltd"),
    "JP": ("K.K.", "Co., Ltd."),
    "BR": ("Ltda.", "S.A."),
    "GB": ("Ltd", "plc", "LLP"),
}
SUBJECTS = (
    "Health Education Labor Transportation Agriculture Energy Justice Finance Housing Environment Statistics "
    "Immigration Fisheries Veterans Taxation Culture Sport Defence Trade"
).split()
BAND_NOUNS = (
    "Foxes Lanterns Wolves Strangers Orchids Satellites Ghosts Parades Machines Sparrows Rivers Kings Cowboys Mirrors "
    "Hornets Tides Embers Pilgrims Giants Monkeys Arrows Thieves"
).split()
TEAM_NOUNS = (
    "Hawks Tigers Wildcats Rovers United City Athletic Wanderers Bears Rockets Sharks Warriors Dynamo Sporting Rangers "
    "Albion Falcons Panthers Stallions Raiders Comets"
).split()
SAINTS = "Mary Luke Joseph Vincent Anne Thomas Jude Elizabeth Francis Raphael Catherine Michael".split()


def coined(rng: random.Random, pools: Pools) -> str:
    """A word that no one has used for a company, as far as that goes."""
    return pools.own("org_heads", HEADS).draw(rng) + pools.own("org_tails", TAILS).draw(rng)


def _word(rng: random.Random, pools: Pools) -> str:
    return pools.own("org_words", WORDS).draw(rng)


def org(rng: random.Random, pools: Pools, country: str = "US") -> str:
    """The name of an organisation."""
    kind = rng.random()
    last = pools.census_last.draw(rng)[0]
    town = pools.city_of("US" if rng.random() < 0.5 else country).draw(rng)
    form = rng.choice(LOCAL_FORMS.get(country, FORMS) if rng.random() < 0.5 else FORMS)
    trade = rng.choice(TRADES)
    if kind < 0.2:
        return pools.own("org_known", KNOWN).draw(rng)
    if kind < 0.3:
        name = coined(rng, pools)
        return rng.choice(
            (name, name, f"{name} {form}", f"{name}.io", name.upper() if len(name) < 7 else name, f"{name} {trade}")
        )
    if kind < 0.42:
        return f"{_word(rng, pools)} {trade}" + (f"{rng.choice((' ', ' ', ', '))}{form}" if rng.random() < 0.55 else "")
    if kind < 0.5:
        head = rng.choice((last, last, _word(rng, pools), f"{_word(rng, pools)} {_word(rng, pools)}"))
        return f"{head} {form}"
    if kind < 0.58:
        other = pools.census_last.draw(rng)[0]
        return rng.choice(
            (
                f"{last} & {other}",
                f"{last} & {other} LLP",
                f"{last}, {other} & Partners",
                f"{last} and {other}",
                f"{last} & Sons",
                f"{last} {other} LLP",
                f"{last} Brothers",
                f"{last} & Associates",
                f"Law Offices of {last} & {other}",
                f"{last}-{other} {trade}",
                f"{last} + {other} Architects",
            )
        )
    if kind < 0.64:
        return rng.choice(
            (
                f"{_word(rng, pools)} Bank",
                f"First National Bank of {town}",
                f"{town} Credit Union",
                f"Sparkasse {town}",
                f"Volksbank {town}",
                f"Banco {last}",
                f"{last} Capital",
                f"{_word(rng, pools)} Savings Bank",
                f"{town} Building Society",
                f"Crédit {town}",
                f"Bank of {town}",
                f"{_word(rng, pools)} Federal Credit Union",
                f"{_word(rng, pools)} Mutual",
            )
        )
    if kind < 0.72:
        return rng.choice(
            (
                f"{town} General Hospital",
                f"St. {rng.choice(SAINTS)}'s Hospital",
                f"{town} Medical Center",
                f"Klinikum {town}",
                f"{town} Clinic",
                f"Hospital San {rng.choice(('Juan', 'José', 'Rafael', 'Carlos'))}",
                f"{_word(rng, pools)} Family Practice",
                f"{last} Dental",
                f"CHU de {town}",
                f"{_word(rng, pools)} Children's Hospital",
                f"{town} Health System",
                f"{_word(rng, pools)} Physical Therapy",
            )
        )
    if kind < 0.81:
        return rng.choice(
            (
                f"University of {town}",
                f"{town} University",
                f"{town} State University",
                f"Universität {town}",
                f"Université de {town}",
                f"Universidad de {town}",
                f"TU {town}",
                f"{last} College",
                f"{town} High School",
                f"{last} Elementary School",
                f"{last} Academy",
                f"{_word(rng, pools)} Middle School",
                f"{town} Community College",
                f"{town} Institute of Technology",
                f"IES {last}",
                f"St. {rng.choice(SAINTS)}'s School",
                f"{last} Business School",
                f"Gymnasium {town}",
            )
        )
    if kind < 0.87:
        subject = rng.choice(SUBJECTS)
        return rng.choice(
            (
                f"Department of {subject}",
                f"Ministry of {subject}",
                f"{town} City Council",
                f"{town} Police Department",
                f"Office of {subject}",
                f"National Institute of {subject}",
                f"{subject} Authority",
                f"Stadt {town}",
                f"{town} County Court",
                f"Amtsgericht {town}",
                f"State Board of {subject}",
                f"Federal {subject} Agency",
                f"{town} Fire Department",
                f"Mairie de {town}",
                f"{town} Borough Council",
                f"{town} Public Library",
                f"Bureau of {subject}",
            )
        )
    if kind < 0.91:
        noun = rng.choice(TEAM_NOUNS)
        return rng.choice(
            (
                f"{town} {noun}",
                f"FC {town}",
                f"{town} FC",
                f"SV {town}",
                f"Real {town}",
                f"AC {town}",
                f"{noun} {town}",
                f"{town} RFC",
            )
        )
    if kind < 0.94:
        noun = rng.choice(BAND_NOUNS)
        return rng.choice(
            (
                f"The {noun}",
                f"{_word(rng, pools)} {noun}",
                f"The {_word(rng, pools)} {noun}",
                f"{last} and the {noun}",
                f"{noun} of {_word(rng, pools)}",
            )
        )
    if kind < 0.97:
        return rng.choice(
            (
                f"{last} Foundation",
                f"Friends of {town}",
                f"{_word(rng, pools)} Trust",
                f"Save the {_cause(rng)}",
                f"{town} Food Bank",
                f"{_word(rng, pools)} Relief Fund",
                f"{town} Chamber of Commerce",
                f"The {last} Society",
                f"{_word(rng, pools)} Church",
                f"{town} Rotary Club",
                f"{_word(rng, pools)} Times",
                f"{town} Gazette",
                f"{town} Herald",
                f"{_word(rng, pools)} Gym",
                f"Hotel {_word(rng, pools)}",
                f"Café {last}",
                f"{last}'s Diner",
                f"The {_word(rng, pools)} Inn",
            )
        )
    letters = "".join(rng.choices("ABCDEFGHIKLMNOPRSTVW", k=rng.choice((3, 3, 4, 4, 5))))
    return rng.choice((letters, letters, f"{letters} {trade}", f"{letters} {form}", f"{letters} {town}"))


def _cause(rng: random.Random) -> str:
    return rng.choice(("Rivers", "Bees", "Wetlands", "Turtles", "Forests", "Children's Library", "Old Pier"))

"""Countries, states, regions and landmarks, and the ways people name a place."""

from __future__ import annotations

import random

from .pools import Pools


def _lines(text: str) -> list[str]:
    return [item.strip() for item in text.replace("\n", ",").split(",") if item.strip()]


# By country code: English name, then the other names that people write.
COUNTRIES = {
    code: names.split("/")
    for code, names in (
        item.split("=")
        for item in _lines("""
    US=United States/USA/US/U.S./U.S.A./the States/United States of America/America,
    GB=United Kingdom/UK/U.K./England/Great Britain/Scotland/Wales/Northern Ireland,
    IE=Ireland/Republic of Ireland/Éire, CA=Canada, AU=Australia, NZ=New Zealand/Aotearoa, DE=Germany/Deutschland,
    AT=Austria/Österreich,
    CH=Switzerland/Schweiz/Suisse, FR=France, BE=Belgium/België/Belgique, NL=Netherlands/Nederland/Holland,
    LU=Luxembourg, ES=Spain/España,
    PT=Portugal, IT=Italy/Italia, PL=Poland/Polska, SE=Sweden/Sverige, NO=Norway/Norge, DK=Denmark/Danmark,
    FI=Finland/Suomi,
    IS=Iceland, EE=Estonia/Eesti, LV=Latvia, LT=Lithuania, CZ=Czech Republic/Czechia/Česko, SK=Slovakia/Slovensko,
    HU=Hungary/Magyarország, RO=Romania/România, BG=Bulgaria, HR=Croatia/Hrvatska, SI=Slovenia/Slovenija, RS=Serbia,
    BA=Bosnia,
    GR=Greece/Ελλάδα, TR=Turkey/Türkiye, RU=Russia/Россия/Russian Federation, UA=Ukraine/Україна, BY=Belarus,
    GE=Georgia, AM=Armenia,
    AZ=Azerbaijan, KZ=Kazakhstan, UZ=Uzbekistan, IL=Israel, LB=Lebanon, JO=Jordan, SA=Saudi Arabia/KSA,
    AE=United Arab Emirates/UAE,
    QA=Qatar, KW=Kuwait, IQ=Iraq, IR=Iran, EG=Egypt, MA=Morocco/Maroc, DZ=Algeria, TN=Tunisia, LY=Libya, SD=Sudan,
    ET=Ethiopia, KE=Kenya,
    TZ=Tanzania, UG=Uganda, RW=Rwanda, GH=Ghana, NG=Nigeria, SN=Senegal, CI=Ivory Coast/Côte d'Ivoire, CM=Cameroon,
    CD=DR Congo,
    ZA=South Africa, ZW=Zimbabwe, ZM=Zambia, MZ=Mozambique, AO=Angola, MG=Madagascar, IN=India/Bharat, PK=Pakistan,
    BD=Bangladesh,
    LK=Sri Lanka, NP=Nepal, AF=Afghanistan, CN=China/PRC/中国, TW=Taiwan, HK=Hong Kong, JP=Japan/日本,
    KR=South Korea/Korea/Republic of Korea/대한민국,
    MN=Mongolia, VN=Vietnam/Việt Nam, TH=Thailand, MM=Myanmar, KH=Cambodia, LA=Laos, MY=Malaysia, SG=Singapore,
    ID=Indonesia,
    PH=Philippines/the Philippines, FJ=Fiji, MX=Mexico/México, GT=Guatemala, CR=Costa Rica, PA=Panama, CU=Cuba,
    DO=Dominican Republic, JM=Jamaica,
    HT=Haiti, TT=Trinidad and Tobago, CO=Colombia, VE=Venezuela, EC=Ecuador, PE=Peru/Perú, BO=Bolivia, CL=Chile,
    AR=Argentina, UY=Uruguay,
    PY=Paraguay, BR=Brazil/Brasil, MT=Malta, CY=Cyprus, MC=Monaco, AL=Albania, MK=North Macedonia, MD=Moldova,
    YE=Yemen, OM=Oman""")
    )
}
US_STATES = dict(
    item.split("=")
    for item in _lines("""
    Alabama=AL, Alaska=AK, Arizona=AZ, Arkansas=AR, California=CA, Colorado=CO, Connecticut=CT, Delaware=DE,
    Florida=FL,
    Georgia=GA, Hawaii=HI, Idaho=ID, Illinois=IL, Indiana=IN, Iowa=IA, Kansas=KS, Kentucky=KY, Louisiana=LA, Maine=ME,
    Maryland=MD, Massachusetts=MA, Michigan=MI, Minnesota=MN, Mississippi=MS, Missouri=MO, Montana=MT, Nebraska=NE,
    Nevada=NV, New Hampshire=NH, New Jersey=NJ, New Mexico=NM, New York=NY, North Carolina=NC, North Dakota=ND,
    Ohio=OH,
    Oklahoma=OK, Oregon=OR, Pennsylvania=PA, Rhode Island=RI, South Carolina=SC, South Dakota=SD, Tennessee=TN,
    Texas=TX,
    Utah=UT, Vermont=VT, Virginia=VA, Washington=WA, West Virginia=WV, Wisconsin=WI, Wyoming=WY""")
)
STATES = {
    "US": list(US_STATES),
    "CA": _lines(
        "Ontario, Quebec, British Columbia, Alberta, Manitoba, Saskatchewan, Nova Scotia, "
        "New Brunswick, Newfoundland, Prince Edward Island, ON, QC, BC, AB"
    ),
    "AU": _lines(
        "New South Wales, Victoria, Queensland, Western Australia, South Australia, Tasmania, NSW, VIC, QLD, WA"
    ),
    "GB": _lines(
        "Kent, Essex, Surrey, Sussex, Devon, Cornwall, Dorset, Norfolk, Suffolk, Lancashire, Yorkshire, Cumbria, "
        "Hampshire, Berkshire, Oxfordshire, Cheshire, Derbyshire, Somerset, Wiltshire, Fife, Gwynedd, Co. Antrim"
    ),
    "IE": _lines("Co. Cork, Co. Galway, Co. Kerry, County Mayo, County Clare, Co. Wicklow, Leinster, Munster, Donegal"),
    "DE": _lines(
        "Bayern, Bavaria, Hessen, Sachsen, Saxony, Thüringen, Niedersachsen, Brandenburg, Schleswig-Holstein, "
        "Baden-Württemberg, Nordrhein-Westfalen, NRW, Rheinland-Pfalz, Saarland, Mecklenburg-Vorpommern"
    ),
    "AT": _lines("Tirol, Steiermark, Kärnten, Vorarlberg, Burgenland, Oberösterreich, Tyrol, Styria"),
    "CH": _lines("Aargau, Graubünden, Ticino, Valais, Vaud, Thurgau, Wallis, Uri, Appenzell"),
    "FR": _lines(
        "Bretagne, Brittany, Normandie, Provence, Alsace, Occitanie, Auvergne, Bourgogne, Île-de-France, Corse, "
        "Aquitaine, Picardie, Savoie, Dordogne"
    ),
    "IT": _lines(
        "Toscana, Tuscany, Lombardia, Lombardy, Sicilia, Sicily, Veneto, Puglia, Calabria, Piemonte, Liguria, "
        "Umbria, Sardegna, Sardinia, Campania, Lazio, Abruzzo"
    ),
    "ES": _lines(
        "Andalucía, Andalusia, Cataluña, Catalonia, Galicia, Aragón, Extremadura, Murcia, Asturias, Navarra, "
        "Castilla y León, País Vasco, Islas Baleares, Cantabria"
    ),
    "NL": _lines(
        "Noord-Holland, Zuid-Holland, Gelderland, Friesland, Zeeland, Noord-Brabant, Limburg, Drenthe, Overijssel"
    ),
    "BE": _lines("Vlaanderen, Flanders, Wallonie, Wallonia, West-Vlaanderen, Hainaut, Brabant wallon"),
    "IN": _lines(
        "Maharashtra, Karnataka, Tamil Nadu, Kerala, Gujarat, Rajasthan, Punjab, Haryana, Uttar Pradesh, Bihar, "
        "West Bengal, Telangana, Andhra Pradesh, Odisha, Assam, Goa, Madhya Pradesh, UP, MP"
    ),
    "BR": _lines(
        "Minas Gerais, Bahia, Paraná, Rio Grande do Sul, Ceará, Goiás, Santa Catarina, Pará, SP, RJ, MG, RS, BA, PR"
    ),
    "MX": _lines(
        "Jalisco, Nuevo León, Oaxaca, Yucatán, Chiapas, Sonora, Quintana Roo, Edo. de México, CDMX, Baja California"
    ),
    "AR": _lines("Mendoza, Santa Fe, Entre Ríos, Buenos Aires, Misiones, Tucumán, Neuquén, Chubut"),
    "CN": _lines("Guangdong, Zhejiang, Jiangsu, Sichuan, Shandong, Hubei, Hunan, Fujian, Henan, Yunnan, Liaoning"),
    "JP": _lines("Hokkaido, Kanagawa, Saitama, Chiba Prefecture, Hyogo, Aichi, Okinawa, Nagano Prefecture, Shizuoka"),
    "NG": _lines("Lagos State, Rivers State, Oyo State, Ogun State, Kaduna State, Enugu State, Kano State"),
    "ZA": _lines("Gauteng, KwaZulu-Natal, Western Cape, Eastern Cape, Limpopo, Mpumalanga"),
    "PL": _lines("Mazowieckie, Małopolska, Śląsk, Pomorze, Wielkopolska, Podlasie, Silesia, woj. dolnośląskie"),
    "SE": _lines("Skåne, Dalarna, Småland, Västra Götaland, Norrbotten, Halland"),
    "NO": _lines("Vestland, Nordland, Troms, Viken, Rogaland, Telemark"),
    "UA": _lines("Lviv Oblast, Zakarpattia, Volyn"),
    "RU": _lines("Tatarstan, Krasnodar Krai, Moscow Oblast, Primorye, Московская область, Bashkortostan"),
    "MY": _lines("Selangor, Johor, Sabah, Sarawak, Penang, Perak"),
    "ID": _lines("Jawa Barat, West Java, Bali, Aceh, Banten"),
    "PH": _lines("Cebu, Laguna, Cavite, Metro Manila, Batangas, Pampanga"),
    "RO": _lines("Jud. Cluj, Transilvania, Prahova"),
}
REGIONS = _lines("""
    the Bay Area, New England, the Midwest, the Pacific Northwest, Silicon Valley, Southern California, NorCal,
    the Deep South,
    Appalachia, Long Island, Cape Cod, the Hamptons, the Florida Keys, the Cotswolds, the Midlands, East Anglia,
    the Lake District,
    the Scottish Highlands, Silesia, the Balkans, Scandinavia, Benelux, the Baltics, Iberia, the Black Forest,
    Lapland, the Algarve,
    the Dolomites, the Côte d'Azur, the Loire Valley, Patagonia, the Amazon, Central America, the Caribbean,
    Latin America, the Sahel,
    East Africa, West Africa, the Maghreb, the Gulf, the Middle East, Anatolia, Kashmir, Punjab, Bengal,
    Southeast Asia, Kansai, Manchuria,
    Siberia, the Caucasus, Central Asia, the Outback, Polynesia, Europe, Asia, Africa, North America, South America,
    Oceania, Antarctica,
    EMEA, APAC, LATAM, DACH, Eastern Europe, Western Europe, the Nordics, Galicia, Kurdistan, Crimea, Tibet,
    Inner Mongolia, Borneo, Java""")
LANDMARKS = _lines("""
    Lake Michigan, Lake Tahoe, Lake Geneva, Lake Como, Lake Victoria, Lake Baikal, Loch Ness, the Thames, the Rhine,
    the Danube, the Elbe,
    the Seine, the Mississippi, the Hudson River, the Colorado River, the Nile, the Ganges, the Mekong, the Yangtze,
    the Amazon River,
    Mount Everest, Mount Fuji, Mont Blanc, Kilimanjaro, Mount Rainier, Denali, Ben Nevis, the Matterhorn, Mount Etna,
    the Alps, the Andes,
    the Rockies, the Himalayas, the Pyrenees, the Carpathians, the Sierra Nevada, the Sahara, the Gobi Desert,
    Death Valley, Yellowstone,
    Yosemite, Grand Canyon, the Great Barrier Reef, Central Park, Times Square, Hyde Park, Trafalgar Square,
    Piccadilly Circus, Covent Garden,
    Golden Gate Bridge, Brooklyn Bridge, Tower Bridge, Eiffel Tower, the Colosseum, Taj Mahal, Alexanderplatz,
    Brandenburg Gate,
    Red Square, Heathrow, Gatwick, JFK, LaGuardia, O'Hare, LAX, Schiphol, Charles de Gaulle, Frankfurt Airport,
    Changi Airport,
    Narita, Dulles, Logan Airport, Grand Central, Penn Station, Union Station, King's Cross, Gare du Nord,
    Hauptbahnhof Zürich, Manhattan,
    Brooklyn, Queens, the Bronx, Harlem, SoHo, Williamsburg, Hackney, Camden, Shoreditch, Brixton, Kreuzberg,
    Neukölln, Montmartre,
    Shibuya, Shinjuku, Bandra, Koramangala, Pudong, Gangnam, Trastevere, Södermalm, Hollywood, Beverly Hills,
    Capitol Hill, the Mission,
    Wall Street, Silicon Roundabout, Bondi Beach, Copacabana, the North Sea, the Baltic Sea, the Mediterranean,
    the Black Sea, the Adriatic,
    the English Channel, the Gulf of Mexico, the Atlantic, the Pacific, the Red Sea, Gibraltar, Cape Horn,
    Suez Canal, Panama Canal""")
# Names of large cities in the language of their people, which the list of cities has in English or not at all.
NATIVE_CITIES = _lines("""
    DE:München, DE:Köln, DE:Nürnberg, DE:Hannover, DE:Frankfurt am Main, DE:Düsseldorf, AT:Wien, CH:Zürich,
    CH:Genève, CH:Genf, CH:Bern, CH:Basel,
    IT:Roma, IT:Milano, IT:Napoli, IT:Torino, IT:Firenze, IT:Venezia, IT:Genova, PT:Lisboa, CZ:Praha, PL:Warszawa,
    PL:Kraków, PL:Wrocław,
    RO:București, GR:Athína, GR:Αθήνα, GR:Θεσσαλονίκη, DK:København, SE:Göteborg, FI:Helsingfors, BE:Bruxelles,
    BE:Antwerpen, BE:Gent, NL:Den Haag,
    ES:Sevilla, ES:La Coruña, RU:Москва, RU:Санкт-Петербург, RU:Екатеринбург, RU:Казань, UA:Київ, UA:Львів, UA:Одеса,
    UA:Kyiv, BG:София, JP:東京,
    JP:大阪, JP:横浜, JP:京都, CN:北京, CN:上海, CN:深圳, CN:杭州, TW:台北, KR:서울, KR:부산, KR:대전,
    IL:תל אביב, IL:ירושלים, EG:القاهرة,
    SA:الرياض, AE:دبي,
    IN:मुंबई, IN:दिल्ली, IN:Bombay, IN:Bangalore, IN:Bengaluru, TH:กรุงเทพ, VN:Hà Nội, VN:TP. Hồ Chí Minh,
    VN:Đà Nẵng, US:NYC, US:New York City, US:LA, US:San Francisco,
    US:SF, US:Washington DC, US:Washington D.C., US:Philly, US:Vegas, US:New Orleans, MX:Ciudad de México, MX:CDMX,
    MA:Marrakech, MA:Casablanca, MA:Fès""")
NATIVE = [tuple(reversed(entry.split(":"))) for entry in NATIVE_CITIES]
CITY_STATE = _lines("""
    Paris:Texas, Portland:Oregon, Portland:Maine, Springfield:Illinois, Austin:Texas, Boise:Idaho, Tulsa:Oklahoma,
    Duluth:Minnesota, Athens:Georgia, Denver:CO,
    Reno:NV, Tampa:FL, Cambridge:MA, Columbus:Ohio, Rochester:NY, Aurora:Colorado, Madison:WI, Salem:Oregon,
    Peoria:IL, Omaha:Nebraska, Buffalo:New York,
    Flagstaff:Arizona, Savannah:GA, Mobile:Alabama, Richmond:Virginia, Birmingham:AL, Concord:NH, Fargo:North Dakota,
    Spokane:WA, Topeka:KS, Akron:OH,
    Eugene:OR, Bozeman:Montana, Santa Fe:New Mexico, Charleston:SC, Lexington:Kentucky, Burlington:Vermont,
    Provo:Utah, Macon:GA, Toledo:Ohio""")
_NAMED_COUNTRY = list(COUNTRIES)


def country_name(rng: random.Random, code: str | None = None) -> str:
    names = COUNTRIES[code if code in COUNTRIES else rng.choice(_NAMED_COUNTRY)]
    return names[0] if rng.random() < 0.6 else rng.choice(names)


def state_of(rng: random.Random, code: str, pools: Pools) -> str:
    """A state, province or region of a country."""
    if code == "US":
        name = rng.choice(STATES["US"])
        return name if rng.random() < 0.55 else US_STATES[name]
    return rng.choice(STATES.get(code) or STATES["GB"])


def city_of(rng: random.Random, code: str, pools: Pools) -> str:
    """A city of a country, now and then by the name its people give it."""
    if rng.random() < 0.08:
        named = pools.own("native_cities", NATIVE).items
        own = [city for city, country in named if country == code]
        if own and rng.random() < len(own) / 4:
            return rng.choice(own)
    return pools.city_of(code).draw(rng)


def any_city(rng: random.Random, pools: Pools) -> str:
    return city_of(rng, pools.any_city.draw(rng, 0.6)[1], pools)


def location(rng: random.Random, pools: Pools) -> list[tuple[str, str | None]]:
    """Any place, in one part or in two with the comma between them."""
    kind = rng.random()
    if kind < 0.34:
        return [(any_city(rng, pools), "LOCATION")]
    if kind < 0.52:
        return [(country_name(rng), "LOCATION")]
    if kind < 0.62:
        return [(state_of(rng, "US" if rng.random() < 0.5 else rng.choice(list(STATES)), pools), "LOCATION")]
    if kind < 0.69:
        place = pools.own("regions", REGIONS).draw(rng)
    elif kind < 0.79:
        place = pools.own("landmarks", LANDMARKS).draw(rng)
    elif kind < 0.85:
        city, state = pools.own("city_state", CITY_STATE).draw(rng).split(":")
        return [(city, "LOCATION"), (rng.choice((", ", ", ", " ")), None), (state, "LOCATION")]
    elif kind < 0.92:
        state = rng.choice(STATES["US"])
        return [
            (pools.city_of("US").draw(rng), "LOCATION"),
            (", ", None),
            (rng.choice((state, US_STATES[state])), "LOCATION"),
        ]
    else:
        name, code, _ = pools.any_city.draw(rng)
        return [(name, "LOCATION"), (", ", None), (country_name(rng, code), "LOCATION")]
    if place.startswith("the "):
        return [("the ", None), (place[4:], "LOCATION")]
    return [(place, "LOCATION")]

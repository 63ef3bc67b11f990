"""National numbers, bank accounts and cards, with the check digits their countries compute."""

from __future__ import annotations

import random
import string
from datetime import date

UPPER = string.ascii_uppercase


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count)) if count else ""


def pattern(rng: random.Random, shape: str) -> str:
    """`#` a digit, `9` a digit that is not zero, `?` a capital letter, `*` either; the rest stands as it is."""
    out = []
    for sign in shape:
        if sign == "#":
            out.append(rng.choice("0123456789"))
        elif sign == "9":
            out.append(rng.choice("123456789"))
        elif sign == "?":
            out.append(rng.choice(UPPER))
        elif sign == "*":
            out.append(rng.choice("0123456789ABCDEFGHJKLMNPRSTUVWXYZ"))
        else:
            out.append(sign)
    return "".join(out)


def grouped(text: str, sizes, separator: str) -> str:
    """Cut into groups of the given sizes; what is left makes the last group."""
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    if at < len(text):
        parts.append(text[at:])
    return separator.join(part for part in parts if part)


def luhn_digit(body: str) -> str:
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = int(sign) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _sum(body: str, weights) -> int:
    return sum(int(sign) * weight for sign, weight in zip(body, weights))


def _verhoeff(body: str) -> str:
    turn = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4))
    rows = [turn[0], turn[1]]
    for _ in range(6):
        rows.append(tuple(turn[1][value] for value in rows[-1]))

    def product(left: int, right: int) -> int:
        if left < 5:
            return (left + right) % 5 if right < 5 else 5 + (left + right) % 5
        return 5 + (left - right) % 5 if right < 5 else (left - right) % 5

    check = 0
    for place, sign in enumerate(reversed(body)):
        check = product(check, rows[(place + 1) % 8][int(sign)])
    return str((0, 4, 3, 2, 1, 5, 6, 7, 8, 9)[check])


def us_ssn(rng: random.Random) -> str:
    area = rng.choice((rng.randint(1, 665), rng.randint(667, 899)))
    parts = (f"{area:03}", f"{rng.randint(1, 99):02}", f"{rng.randint(1, 9999):04}")
    return rng.choices(("-", "", " "), (78, 12, 10))[0].join(parts)


def _nino(rng, born):
    first, second = rng.choice("ABCEGHJKLMNOPRSTWXYZ"), rng.choice("ABCEGHJKLMNPRSTWXYZ")
    if first + second in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
        first = "A"
    number = first + second + digits(rng, 6) + rng.choice("ABCD")
    return number if rng.random() < 0.45 else grouped(number, (2, 2, 2, 2, 1), " ")


def _nhs(rng, born):
    while True:
        body = pattern(rng, "9########")
        check = 11 - _sum(body, range(10, 1, -1)) % 11
        if check != 10:
            number = body + str(check % 11)
            return grouped(number, (3, 3, 4), rng.choice((" ", " ", "-", "")))


def _german_tax(rng, born):
    while True:
        body = pattern(rng, "9#########")
        most = max(map(body.count, body))
        if len(set(body)) == 11 - most and most in (2, 3):
            break
    product = 10
    for sign in body:
        total = (int(sign) + product) % 10 or 10
        product = total * 2 % 11
    number = body + str((11 - product) % 10)
    return number if rng.random() < 0.6 else grouped(number, (2, 3, 3, 3), " ")


def _german_social(rng, born):
    return pattern(rng, "9# ") + born.strftime("%d%m%y") + pattern(rng, " ? ###")


def _nir(rng, born):
    body = rng.choice("12") + born.strftime("%y%m") + f"{rng.randint(1, 95):02}" + pattern(rng, "######")
    key = f"{97 - int(body) % 97:02}"
    return grouped(body + key, (1, 2, 2, 2, 3, 3, 2), rng.choice((" ", " ", "")))


def _nif(rng, born):
    if rng.random() < 0.25:
        lead = rng.choice("XYZ")
        number = digits(rng, 7)
        letter = "TRWAGMYFPDXBNJZSQVHLCKE"[int(f"{'XYZ'.index(lead)}{number}") % 23]
        return rng.choice((f"{lead}{number}{letter}", f"{lead}-{number}-{letter}"))
    number = digits(rng, 8)
    letter = "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]
    return rng.choice((number + letter, f"{number}-{letter}", f"{number} {letter}"))


def _codice_fiscale(rng, born):
    consonants = "".join(rng.choices("BCDFGLMNPRSTVZ", k=6))
    day = born.day + rng.choice((0, 40))
    body = f"{consonants}{born:%y}{'ABCDEHLMPRST'[born.month - 1]}{day:02}{rng.choice('ABCDEFGHL')}{digits(rng, 3)}"
    odd = dict(
        zip(
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            (
                1,
                0,
                5,
                7,
                9,
                13,
                15,
                17,
                19,
                21,
                1,
                0,
                5,
                7,
                9,
                13,
                15,
                17,
                19,
                21,
                2,
                4,
                18,
                20,
                11,
                3,
                6,
                8,
                12,
                14,
                16,
                10,
                22,
                25,
                24,
                23,
            ),
        )
    )
    even = {sign: (int(sign) if sign.isdigit() else UPPER.index(sign)) for sign in odd}
    total = sum((odd if place % 2 == 0 else even)[sign] for place, sign in enumerate(body))
    return body + UPPER[total % 26]


def _pesel(rng, born):
    month = born.month + (20 if born.year >= 2000 else 0)
    body = f"{born:%y}{month:02}{born:%d}{digits(rng, 4)}"
    return body + str(-_sum(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def _cpf(rng, born):
    body = digits(rng, 9)
    for length in (10, 11):
        rest = _sum(body, range(length, 1, -1)) * 10 % 11
        body += str(rest % 10)
    return body if rng.random() < 0.3 else f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def _aadhaar(rng, born):
    body = rng.choice("23456789") + digits(rng, 10)
    return grouped(body + _verhoeff(body), (4, 4, 4), rng.choice((" ", " ", "-", "")))


def _pan(rng, born):
    return pattern(rng, "???P?####?")


def _swedish(rng, born):
    body = born.strftime("%y%m%d") + digits(rng, 3)
    tail = body[6:] + luhn_digit(body)
    return rng.choice((f"{born:%y%m%d}-{tail}", f"{born:%Y%m%d}-{tail}", f"{born:%Y%m%d}{tail}"))


def _norwegian(rng, born):
    while True:
        body = born.strftime("%d%m%y") + f"{rng.randint(500, 999) if born.year >= 2000 else rng.randint(0, 499):03}"
        first = -_sum(body, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
        if first == 10:
            continue
        second = -_sum(body + str(first), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if second < 10:
            return rng.choice((" ", "")).join((body[:6], body[6:] + f"{first}{second}"))


def _danish(rng, born):
    return f"{born:%d%m%y}{rng.choice(('-', '-', ''))}{digits(rng, 4)}"


def _finnish(rng, born):
    serial = f"{rng.randint(2, 899):03}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(f"{born:%d%m%y}" + serial) % 31]
    return f"{born:%d%m%y}{'-' if born.year < 2000 else 'A'}{serial}{check}"


def _bsn(rng, born):
    while True:
        body = pattern(rng, "9#######")
        check = _sum(body, range(9, 1, -1)) % 11
        if check < 10:
            return grouped(body + str(check), (4, 2, 3), rng.choice(("", "", ".", " ")))


def _belgian(rng, born):
    body = f"{born:%y%m%d}{rng.randint(1, 997):03}"
    check = 97 - int(("2" if born.year >= 2000 else "") + body) % 97
    return f"{body[:2]}.{body[2:4]}.{body[4:6]}-{body[6:]}.{check:02}" if rng.random() < 0.7 else f"{body}{check:02}"


def _sin(rng, born):
    body = rng.choice("1234567") + digits(rng, 7)
    return grouped(body + luhn_digit(body), (3, 3, 3), rng.choice((" ", "-", " ", "")))


def _tfn(rng, born):
    while True:
        body = pattern(rng, "9########")
        if _sum(body, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0:
            return grouped(body, (3, 3, 3), rng.choice((" ", " ", "")))


def _medicare(rng, born):
    body = rng.choice("23456") + digits(rng, 7)
    number = body + str(_sum(body, (1, 3, 7, 9, 1, 3, 7, 9)) % 10) + rng.choice("1234")
    return grouped(number, (4, 5, 1), rng.choice((" ", "")))


def _curp(rng, born):
    states = ("DF", "JC", "NL", "PL", "VZ", "GT", "CH", "OC", "MC", "YN")
    consonants = "BCDFGLMNPRSTVZ"
    body = pattern(rng, "?") + rng.choice("AEIOU") + "".join(rng.choices(consonants, k=2)) + f"{born:%y%m%d}"
    body += rng.choice("HM") + rng.choice(states) + "".join(rng.choices(consonants, k=3))
    body += "A" if born.year >= 2000 else rng.choice("0123")
    letters = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    return body + str(-sum(letters.index(sign) * (18 - place) for place, sign in enumerate(body)) % 10)


def _south_african(rng, born):
    body = f"{born:%y%m%d}{digits(rng, 4)}08"
    return grouped(body + luhn_digit(body), (6, 4, 3), rng.choice(("", "", " ")))


def _rrn(rng, born):
    body = f"{born:%y%m%d}" + rng.choice("34" if born.year >= 2000 else "12") + digits(rng, 5)
    check = (11 - _sum(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return f"{body[:6]}-{body[6:]}{check}"


def _chinese(rng, born):
    area = rng.choice(("110101", "310104", "440305", "330106", "510107", "320102", "420106", "610113", "370202"))
    body = f"{area}{born:%Y%m%d}{digits(rng, 3)}"
    return body + "10X98765432"[_sum(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11]


def _turkish(rng, born):
    body = pattern(rng, "9########")
    tenth = (sum(map(int, body[::2])) * 7 - sum(map(int, body[1::2]))) % 10
    return body + str(tenth) + str((sum(map(int, body)) + tenth) % 10)


def _romanian(rng, born):
    body = rng.choice("56" if born.year >= 2000 else "12") + f"{born:%y%m%d}{rng.randint(1, 46):02}{digits(rng, 3)}"
    check = _sum(body, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return body + str(1 if check == 10 else check)


def _czech(rng, born):
    while True:
        head = f"{born:%y}{born.month + rng.choice((0, 50)):02}{born:%d}"
        body = head + digits(rng, 3)
        if int(body) % 11 < 10:
            return f"{head}/{body[6:]}{int(body) % 11}"


def _swiss(rng, born):
    body = "756" + digits(rng, 9)
    check = -_sum(body, (1, 3) * 6) % 10
    return f"{body[:3]}.{body[3:7]}.{body[7:11]}.{body[11]}{check}"


def _israeli(rng, born):
    body = pattern(rng, "9#######")
    total = sum(sum(map(int, str(int(sign) * (1 + place % 2)))) for place, sign in enumerate(body))
    return body + str(-total % 10)


def _chilean(rng, born):
    number = str(rng.randint(5_000_000, 26_000_000))
    check = 11 - sum(int(sign) * (2 + place % 6) for place, sign in enumerate(reversed(number))) % 11
    return f"{int(number):,}".replace(",", rng.choice((".", ""))) + "-" + {11: "0", 10: "K"}.get(check, str(check))


def _pps(rng, born):
    number, tail = digits(rng, 7), rng.choice(("", "", "A"))
    return number + "WABCDEFGHIJKLMNOPQRSTUV"[(_sum(number, range(8, 1, -1)) + 9 * len(tail)) % 23] + tail


def _nric(rng, born):
    number, lead = digits(rng, 7), "T" if born.year >= 2000 else "S"
    total = _sum(number, (2, 7, 6, 5, 4, 3, 2)) + (4 if lead == "T" else 0)
    return lead + number + "JZIHGFEDCBA"[total % 11]


def _by(shape):
    return lambda rng, born: pattern(rng, shape)


def _dated(form, *shapes):
    return lambda rng, born: born.strftime(form) + pattern(rng, rng.choice(shapes))


GOVERNMENT = {
    "US": (lambda rng, born: us_ssn(rng), lambda rng, born: us_ssn(rng), _by("9##-8#-####"), _by("A-###-###-###")),
    "GB": (_nino, _nino, _nhs),
    "DE": (_german_tax, _german_social, _by("L*****#*#")),
    "FR": (_nir,),
    "ES": (_nif,),
    "IT": (_codice_fiscale,),
    "PL": (_pesel, _by("???######")),
    "BR": (_cpf, _by("##.###.###-#")),
    "IN": (_aadhaar, _pan, _by("???#######")),
    "SE": (_swedish,),
    "NO": (_norwegian,),
    "DK": (_danish,),
    "FI": (_finnish,),
    "NL": (_bsn,),
    "BE": (_belgian,),
    "CA": (_sin,),
    "AU": (_tfn, _medicare),
    "MX": (_curp,),
    "ZA": (_south_african,),
    "KR": (_rrn,),
    "CN": (_chinese,),
    "TR": (_turkish,),
    "RO": (_romanian,),
    "CZ": (_czech,),
    "SK": (_czech,),
    "CH": (_swiss,),
    "IL": (_israeli,),
    "CL": (_chilean,),
    "IE": (_pps,),
    "SG": (_nric,),
    "AT": (_dated("%d%m%y", " ####"), _dated("%d%m%y", "/####"), _by("9### ######")),
    "HU": (_by("8#########"),),
    "PT": (_by("2########"), _by("9####### # ?*#")),
    "GR": (_dated("%d%m%y", "#####"), _by("?? ######")),
    "AR": (_by("9#.###.###"), _by("20-########-#")),
    "CO": (_by("1.0##.###.###"), _by("9#######")),
    "JP": (_by("#### #### ####"), _by("############")),
    "TW": (_by("?1########"), _by("?2########")),
    "HK": (_by("?######(#)"), _by("?#######")),
    "TH": (_by("1-####-#####-##-#"), _by("3############")),
    "VN": (_by("0###########"),),
    "ID": (_by("3###############"),),
    "MY": (_dated("%y%m%d", "-##-####"),),
    "PH": (_by("##-#######-#"), _by("###-###-###-000")),
    "PK": (_by("4####-#######-#"), _by("3####-#######-#")),
    "BD": (_by("##########"), _by("19###############")),
    "NG": (_by("9##########"),),
    "KE": (_by("2#######"),),
    "GH": (_by("GHA-#########-#"),),
    "EG": (_dated("2%y%m%d", "#######"),),
    "SA": (_by("1#########"),),
    "AE": (_dated("784-%Y", "-#######-#"),),
    "IR": (_by("00########"), _by("###-######-#")),
    "RU": (_by("###-###-### ##"), _by("45## ######")),
    "UA": (_by("3#########"),),
    "BG": (_dated("%y%m%d", "####"),),
    "HR": (_by("9##########"),),
    "IS": (_dated("%d%m%y", "-###9"),),
    "NZ": (_by("?????##"), _by("##-###-###")),
}


def gov_id(rng: random.Random, country: str, born: date) -> str:
    """An identifier of a country, of the person born then."""
    return rng.choice(GOVERNMENT.get(country) or GOVERNMENT["US"])(rng, born)

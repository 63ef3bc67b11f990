"""Dates in the forms and languages people write them."""

from __future__ import annotations

import random
from datetime import date, timedelta

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia".split(),
    "sv": "januari februari mars april maj juni juli augusti september oktober november december".split(),
    "da": "januar februar marts april maj juni juli august september oktober november december".split(),
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık".split(),
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie".split(),
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
}
FORMS = {"de": "{d}. {m} {y}", "da": "{d}. {m} {y}", "es": "{d} de {m} de {y}", "pt": "{d} de {m} de {y}"}
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
WEEKDAY_FORMS = [*WEEKDAYS, *WEEKDAYS, "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def written(rng: random.Random, day: date, language: str, country: str) -> str:
    """A date in one of the forms of a country."""
    number, ordinal = day.day, _ordinal(day.day)
    month = MONTHS["en"][day.month - 1]
    kind = rng.random()
    if language != "en" and kind < 0.3:
        names = MONTHS.get(language, MONTHS["en"])
        return FORMS.get(language, "{d} {m} {y}").format(d=number, m=names[day.month - 1], y=day.year)
    if kind < 0.42:
        return day.isoformat() if rng.random() < 0.85 else f"{day:%Y/%m/%d}"
    if kind < 0.72:
        if country == "US":
            return rng.choice(
                (
                    f"{day:%m/%d/%Y}",
                    f"{day:%m/%d/%y}",
                    f"{day.month}/{number}/{day.year}",
                    f"{day.month}/{number}/{day:%y}",
                    f"{day:%m-%d-%Y}",
                )
            )
        if country in ("DE", "AT", "CH", "PL", "CZ", "SK", "RU", "UA", "NO", "FI", "TR", "RO", "BG", "HU", "EE"):
            return rng.choice(
                (f"{day:%d.%m.%Y}", f"{day:%d.%m.%y}", f"{number}.{day.month}.{day.year}", f"{day:%d.%m.%Y}")
            )
        if country in ("CN", "JP", "TW"):
            return rng.choice(
                (f"{day.year}年{day.month}月{number}日", f"{day:%Y/%m/%d}", f"{day.year}.{day.month}.{number}")
            )
        if country == "KR":
            return rng.choice((f"{day.year}년 {day.month}월 {number}일", f"{day:%Y.%m.%d}"))
        return rng.choice(
            (
                f"{day:%d/%m/%Y}",
                f"{day:%d/%m/%y}",
                f"{day:%d-%m-%Y}",
                f"{number}/{day.month}/{day.year}",
                f"{day:%d.%m.%Y}",
                f"{day:%d %m %Y}",
            )
        )
    short = month[:3] if rng.random() < 0.4 else month
    return rng.choice(
        (
            f"{short} {number}, {day.year}",
            f"{number} {short} {day.year}",
            f"{short} {ordinal}, {day.year}",
            f"{ordinal} of {month} {day.year}",
            f"{ordinal} {short} {day.year}",
            f"{number}-{month[:3]}-{day.year}",
            f"{number}-{month[:3].upper()}-{day:%y}",
            f"{short} {number} {day.year}",
        )
    )


def _ordinal(number: int) -> str:
    return f"{number}{'th' if 10 <= number <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def recent(rng: random.Random) -> date:
    """A day between two years ago and one year ahead, seen from the middle of the data's years."""
    return date(2025, 9, 1) + timedelta(days=rng.randint(-800, 500))


def event(rng: random.Random, language: str, country: str) -> str:
    """A date that is nobody's birthday; in one case of five without the year."""
    day = recent(rng)
    if rng.random() < 0.2:
        month = MONTHS["en"][day.month - 1]
        return rng.choice(
            (
                f"{month} {day.day}",
                f"{month} {_ordinal(day.day)}",
                f"{day.day} {month[:3]}",
                f"the {_ordinal(day.day)} of {month}",
                f"{day.month}/{day.day}",
                f"{month[:3]} {day.day}",
                f"{month} {day.year}",
            )
        )
    return written(rng, day, language, country)


def clock(rng: random.Random) -> str:
    hour, minute = rng.randint(0, 23), rng.choice((0, 0, 15, 30, 45, rng.randint(0, 59)))
    half = rng.randint(1, 12)
    return rng.choice(
        (
            f"{hour}:{minute:02}",
            f"{hour:02}:{minute:02}",
            f"{half}:{minute:02} {rng.choice(('AM', 'PM', 'am', 'pm'))}",
            f"{half}{rng.choice(('am', 'pm', ' pm'))}",
            f"{hour:02}:{minute:02}:{rng.randint(0, 59):02}",
            f"{hour}h{minute:02}",
            f"{half}:{minute:02}{rng.choice(('am', 'pm'))}",
        )
    )


def moment(rng: random.Random) -> str:
    day, hour, minute, second = recent(rng), rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)
    clock_text = f"{hour:02}:{minute:02}:{second:02}"
    return rng.choice(
        (
            f"{day}T{clock_text}Z",
            f"{day} {clock_text}",
            f"{day} {hour:02}:{minute:02}",
            f"{day}T{clock_text}.{rng.randint(0, 999):03}Z",
            f"{day}T{clock_text}+02:00",
            f"{day:%d/%b/%Y}:{clock_text} +0000",
            f"{day:%b} {day.day} {clock_text}",
            f"{day:%m/%d/%Y} {hour % 12 or 12}:{minute:02} {'PM' if hour > 11 else 'AM'}",
            f"{day:%a, %d %b %Y} {clock_text} GMT",
            f"{day:%d.%m.%Y} {hour:02}:{minute:02}",
        )
    )

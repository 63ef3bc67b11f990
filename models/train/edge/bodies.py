"""Bodies of documents that an assistant is asked about: tables with figures, and answers to programming questions."""

from __future__ import annotations

from pathlib import Path
from random import Random

from .prompts import CODE_TEXTS
from .splits import fragments
from .synth.values import Values

# ---------------------------------------------------------------- tables

# A column: its heads and how its cells are made. `{...}` are slots of the synthesiser.
COLUMNS = (
    (("Name", "Player", "Artist", "Driver", "Author", "Winner", "Member", "Coach"), "{name}"),
    (("City", "Venue", "Place", "Location", "Host"), "{city}"),
    (("Country", "Nation", "Nationality", "Team"), "{country}"),
    (("Company", "Client", "Label", "Publisher", "Club", "Institution"), "{org}"),
    (("Date", "Released", "Played on", "First shown"), "{date}"),
    (("Year", "Season", "Since"), "year"),
    (("Points", "Total", "Goals", "Votes", "Attendance", "Seats"), "count"),
    (("Rank", "Pos.", "No.", "#", "Round", "Place"), "rank"),
    (("Result", "Score", "Outcome"), "score"),
    (("Time", "Length", "Best"), "time"),
    (("Share", "Change", "%"), "share"),
    (("Status", "Notes", "Remarks", "Decision"), "note"),
    (("Title", "Event", "Project", "Item", "Single"), "title"),
    (("Price", "Revenue", "Cost", "Fee"), "price"),
)
NOTES = ("", "", "N/A", "did not start", "retired", "record", "won on points", "cancelled", "pending", "shared title", "lost in the final",
         "second leg", "withdrawn", "extra time", "live version", "not yet confirmed", "as guest", "open", "under review", "-")
TITLES = ("Northern Lights", "Blue Harbour", "Open Doors", "Winter Cup", "The Long Road", "City Marathon", "Second Wind", "Grand Prix",
          "Paper Moon", "Home Again", "Spring Meeting", "Relay 4 x 100", "Silent Street", "Junior League", "Left Bank", "Regional Final")

# What people ask about a table; {head} is one of its heads.
TABLE_ASKS = """which row has the highest {head}?
how many rows are there?
what was the first entry under {head}?
who comes after the third one in the list?
what is the total of the last column?
how many times does the same {head} appear?
which one came last?
name all that have no {head}
what is the difference between the top two?
when did it happen for the first time?
is the second one above or below the fourth?
who had more, the first or the last?
In which year was the {head} lowest?
List every {head} in alphabetical order.
Was there any row with the same {head} twice?
What is the {head} of the winner?
how long did it take between the first and the last one
which {head} is mentioned only once?""".split("\n")

# ---------------------------------------------------------------- answers to programming questions

# {code} is a block of code, {name} an identifier, {n} a number.
ANSWERS = """The error says that `{name}` gets a list where a single number is expected. Take the first element before you pass it on:
As the documentation says, `{name}` returns None if nothing was found, so you have to check for that first.
You're calling the method on the class and not on an instance. Create the object first, then use it:
That happens since version {n}: the argument was renamed. Replace it and the warning disappears.
The index starts at zero, so the last element is at `len({name}) - 1`. Your loop goes one step too far:
Here is how to reproduce it:
One way around it is to convert the column before you compare:
You have to import the module at the top of the file; the name isn't known inside of the function otherwise.
If you print the shape of `{name}` you'll see that it has two dimensions, hence the message.
The simplest solution would be to make the field optional:
The problem is that `{name}` can't be serialised. Give it a method that returns plain values:
Edit: in newer releases you can leave the second argument out.
Run it again with the flag `--verbose`, then the line that fails is shown.
You forgot to close the file, so the buffer was never written. Use a context manager:
As mentioned in the comments above, the mask and the data differ in length ({n} against {n}).
What you need is a left join; an inner one drops the rows without a match.
The default of `{name}` is evaluated once, when the function is defined. Do this instead:
In my case the cache was stale. Deleting the build folder and compiling again did help.
Both threads wait for each other here. Release the lock before you join:
Your regex is greedy. Put a question mark behind the star, or exclude the quote:
This is not a bug: floats are binary, and 0.1 has no exact form. Compare with a tolerance of 1e-9.
Note that the order of the keys isn't guaranteed, so don't rely on it in the test.
Then call it like this and you get what you expected:
Hope that helps. If it still fails, add the full stack trace to your question.
Official example from the docs:
Make sure that `{name}` is defined before the loop, and set it back to {n} at the end.
The two calls do the same thing, but the first copies the array and is slower by a factor of {n}.""".split("\n")
CONSOLE = (
    ">>> {name}[0]\nTraceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nIndexError: list index out of range",
    "In [{n}]: {name}.shape\nOut[{n}]: ({n}, 3)", "$ make test\n{n} passed, 1 failed\nmake: *** [Makefile:{n}: test] Error 1",
    ">>> set(a) - set({name})\n{{{n}}}", "ValueError: shapes ({n},) and (3,2) not aligned: {n} (dim 0) != 3 (dim 0)",
    "error[E0502]: cannot borrow `{name}` as mutable because it is also borrowed as immutable\n  --> src/main.rs:{n}:9",
    "TypeError: {name}() missing 1 required positional argument: 'path'", "npm ERR! code ELIFECYCLE\nnpm ERR! errno {n}",
    "import numpy as np\n{name} = np.zeros(({n}, 3))\nprint({name}.mean(axis=0))",
    "import pandas as pd\n{name} = pd.read_csv('data.csv')\n{name}['total'] = {name}['price'] * {name}['count']",
    "class {name}(Base):\n    def __init__(self, size={n}):\n        super().__init__()\n        self.size = size",
    "import json\nwith open('{name}.json') as f:\n    rows = json.load(f)\nprint(len(rows))",
    "loss = criterion(output, {name})\nloss.backward()\noptimizer.step()",
    "for i, row in enumerate({name}):\n    ax[i].plot(row, label=str(i))\nplt.show()",
)
NAMES = ("items", "values", "y_pred", "result", "rows", "config", "parse_line", "model", "frame", "labels", "MyHandler", "get_user", "out",
         "matches", "queue", "load_data", "batch", "session")
CODE_ASKS = ("What is wrong here?", "Why do I get this error?", "Help me solve this problem.", "Please fix the bug.", "How do I repair this?",
             "Can you explain what the answer means?", "My code still fails, what should I change?", "Make this run.",
             "Correct my program with the help of this answer.", "What causes the exception?")


def table(rng: Random, split: str, data: Path) -> tuple[str, str]:
    """A table and a question about it."""
    columns = rng.sample(COLUMNS, rng.randint(3, 6))
    heads = [rng.choice(names) for names, _ in columns]
    year = rng.randint(1930, 2024)

    def cell(kind: str, row: int, values: Values) -> str:
        if kind.startswith("{"):
            return "".join(text for text, _ in values.get(kind[1:-1]))
        return {
            "year": lambda: str(year + row), "count": lambda: f"{rng.randint(0, 60000):,}", "rank": lambda: str(row + 1),
            "score": lambda: f"{rng.randint(0, 30)}{rng.choice('-–:')}{rng.randint(0, 30)}",
            "time": lambda: f"{rng.randint(0, 59)}:{rng.randint(0, 59):02}.{rng.randint(0, 99):02}",
            "share": lambda: f"{rng.uniform(0, 100):.1f}%", "note": lambda: rng.choice(NOTES), "title": lambda: rng.choice(TITLES),
            "price": lambda: f"{rng.choice('$€£')}{rng.uniform(1, 9000):,.2f}",
        }[kind]()

    rows = []
    for row in range(rng.randint(4, 14)):
        values = Values(rng, split, data)
        rows.append([cell(kind, row, values) for _, kind in columns])
    if rng.random() < 0.75:
        widths = [max(len(line[i]) for line in [heads, *rows]) if rng.random() < 0.7 else 0 for i in range(len(heads))]
        line = lambda cells: "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths)) + " |"
        lines = [line(heads), "|" + "|".join("-" * (w + 2) for w in widths) + "|", *map(line, rows)]
    else:
        mark = rng.choice((",", "\t", ";", " - "))
        lines = [mark.join(cells) for cells in [heads, *rows]]
    return "\n".join(lines), rng.choice(fragments(TABLE_ASKS, split)).replace("{head}", rng.choice(heads))


def answer(rng: Random, split: str) -> tuple[str, str]:
    """An answer to a question about a program, and what its reader wants."""
    def words(text: str) -> str:
        return text.replace("{name}", rng.choice(NAMES)).replace("{n}", str(rng.randint(2, 40)))

    parts = []
    for sentence in rng.sample(fragments(ANSWERS, split), min(rng.randint(1, 4), len(fragments(ANSWERS, split)))):
        parts.append(words(sentence))
        if sentence.endswith(":") or rng.random() < 0.4:
            code = words(rng.choice(CONSOLE)) if rng.random() < 0.7 else rng.choice(CODE_TEXTS)
            parts.append(f"```\n{code}\n```" if rng.random() < 0.75 else code)
    return "\n".join(parts), rng.choice(fragments(CODE_ASKS, split))

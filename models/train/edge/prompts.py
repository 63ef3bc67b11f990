"""What people ask for: prompts with their kind of task, and prompts with the models that answered them right.

The kinds, as they are labelled here: `chit_chat` talks without wanting a result; `question` wants knowledge or advice;
`extraction` takes pieces out of a given text; `classification` picks a label or a score; `summarization` shortens;
`rewriting` changes the form of a given text; `translation` changes its language; `code` writes, mends or explains
programs; `math` computes or proves; `reasoning` concludes from stated facts; `tool_use` wants something done in a
system (booked, played, looked up, switched); `creative` composes new text.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from random import Random

from edge.splits import fragments, split_of

TASKS = (
    "chit_chat", "question", "extraction", "classification", "summarization", "rewriting", "translation", "code",
    "math", "reasoning", "tool_use", "creative",
)

# ---------------------------------------------------------------- text that people paste

TEXTS = {
    "en": [
        ["The new tram line opens in three stages.", "The first stage links the harbour with the old station.",
         "Residents had asked for a stop near the hospital, and the council agreed in spring.",
         "Construction cost more than planned because the ground was softer than the survey said.",
         "Tickets stay at the present price until the end of the year.",
         "A night service is being discussed but has not been funded."],
        ["Hi all,", "quick update on the migration: the staging database moved last night without data loss.",
         "Two reports still time out, and we think a missing index is the reason.",
         "Please do not deploy anything to production before the freeze ends.",
         "I will send a second mail once the checks are green.", "Thanks for your patience!"],
        ["I bought this kettle four months ago.", "It boils fast and looks good on the counter.",
         "Sadly the lid started to stick after a few weeks, and now steam comes out at the side.",
         "Support answered after nine days and offered a voucher instead of a repair.",
         "For the price I expected more, although my sister is happy with hers."],
        ["Honey bees communicate the place of food by dancing.", "The angle of the dance points to the direction.",
         "Its length tells the distance.", "Older foragers are better at it than young ones.",
         "Pesticides can disturb the dance, so fewer bees find the field.",
         "Researchers filmed thousands of dances to build a map of where a colony feeds."],
        ["Minutes of the weekly product meeting.", "Onboarding drop-off rose from 18 to 23 percent.",
         "Design will test a shorter form; engineering estimates two days.",
         "The pricing page stays as it is until legal has answered.",
         "Action items: collect ten user interviews, prepare the dashboard, book the room for the review.",
         "Next meeting on Thursday at ten."],
        ["The tenant pays the rent in advance by the third working day of each month.",
         "The deposit amounts to two monthly rents and is returned within sixty days after the end of the lease.",
         "Pets need written consent, which may be refused for good reason only.",
         "Either party may end the lease with three months' notice.",
         "Minor repairs up to eighty euros are borne by the tenant."],
        ["Agent: Good morning, how can I help?", "Customer: My parcel says delivered, but nothing is here.",
         "Agent: I am sorry. Did you check with the neighbours?", "Customer: Yes, nobody has it.",
         "Agent: I have opened an investigation, it takes up to five days.",
         "Customer: That is too long, I need the shoes for a wedding on Saturday.",
         "Agent: Then I can send a replacement by express today."],
        ["Background: Poor sleep is common among shift workers.",
         "Methods: We followed 214 nurses for six months and measured sleep with wrist sensors.",
         "Results: Forward rotating schedules gave 38 more minutes of sleep per day than backward rotating ones.",
         "No effect was found on blood pressure.",
         "Conclusion: The direction of rotation matters and costs nothing to change."],
        ["our team has been working super hard on the app and we think its almost ready.",
         "there is still some bugs but nothing that breaks everything.",
         "me and my colleague was wondering if you could maybe have a look when you find time??",
         "it would mean alot to us.", "also the logo is not final so dont judge it lol"],
        ["Quarterly revenue rose by nine percent to 41.2 million.", "Operating costs grew faster, by twelve percent.",
         "The board blames higher energy prices and the new warehouse.",
         "Online sales now make up more than half of the total.",
         "For the coming year the company expects flat growth and will not pay a dividend."],
        ["Soak the chickpeas overnight and drain them.", "Fry two onions until golden, then add cumin and paprika.",
         "Add the chickpeas, a tin of tomatoes and half a litre of stock.",
         "Simmer for forty minutes; salt only at the end.", "Serve with yoghurt and flat bread, enough for four."],
        ["ERROR 2024-03-11 07:14:02 worker-3 connection refused by upstream", "WARN retrying in 5s (attempt 2 of 6)",
         "ERROR 2024-03-11 07:14:07 worker-3 connection refused by upstream",
         "INFO circuit breaker opened for service billing", "INFO 412 requests queued",
         "INFO circuit breaker closed, queue drained in 31s"],
        ["The lighthouse keeper counted the ships every evening.", "On the ninth day of fog he counted one too many.",
         "It lay still, without lights, where no ship could anchor.",
         "He rang the bell; nobody answered, but the bell on the ship rang too.",
         "In the morning the sea was empty and his logbook was written full in a stranger's hand."],
        ["Lightweight rain jacket, recycled polyester, three layers.", "Weight 290 g, packs into its own pocket.",
         "Colours: moss, rust, night blue. Sizes XS to XXL.", "Water column 15,000 mm, taped seams, two-way zip.",
         "Wash at 30 degrees, do not tumble dry.", "Price 149.90, delivery in two to four days."],
        ["The exhibition shows two hundred posters from a century of advertising.",
         "Early sheets were printed from stone, colour by colour.", "Later the photograph replaced the drawing.",
         "The last room is empty but for a screen that shows each visitor a different advert.",
         "It is open daily except Mondays and free for school classes."],
    ],
    "de": [["Die Bibliothek bleibt wegen des Umbaus bis zum Herbst geschlossen.",
            "Bestellte Bücher können am Seiteneingang abgeholt werden.", "Die Leihfrist verlängert sich automatisch.",
            "Mahngebühren fallen in dieser Zeit nicht an."],
           ["Sehr geehrte Damen und Herren,",
            "die gelieferte Waschmaschine schleudert nicht richtig und ist sehr laut.",
            "Ich bitte um einen Termin für die Reparatur oder um Austausch des Geräts.",
            "Die Rechnung liegt bei.", "Mit freundlichen Grüßen"]],
    "fr": [["Le marché couvert rouvre samedi après deux ans de travaux.",
            "Trente commerçants y proposent leurs produits.",
            "Le toit a été refait et des panneaux solaires alimentent les étals.",
            "Le parking reste payant, sauf le dimanche."],
           ["Bonjour,", "je n'ai toujours pas reçu le remboursement promis il y a trois semaines.",
            "Le service client m'a répondu deux fois la même chose.", "Merci de me donner une date précise."]],
    "es": [["El ayuntamiento plantará mil árboles en los barrios del norte.",
            "Los vecinos podrán elegir entre cinco especies.", "El riego será con agua reciclada.",
            "La primera fase termina en marzo."],
           ["Hola equipo,", "la reunión del martes pasa al jueves a las once.",
            "Por favor, traed los números del trimestre y una lista de riesgos.", "Gracias y buen fin de semana."]],
    "it": [["Il treno delle otto parte in ritardo per un guasto alla linea.", "I passeggeri possono usare l'autobus.",
            "Il biglietto resta valido per tutta la giornata.", "La linea riapre nel pomeriggio."],
           ["Ho comprato queste scarpe a maggio e la suola si è già staccata.", "Il negozio non risponde alle mail.",
            "Peccato, perché erano molto comode."]],
    "nl": [["Het zwembad opent in mei met een nieuw buitenbad.", "Kinderen onder de zes mogen gratis naar binnen.",
            "De kassa accepteert alleen pinbetalingen.", "Zwemles begint in de tweede week."],
           ["Beste collega's,", "de printer op de derde verdieping is stuk en wordt morgen vervangen.",
            "Gebruik tot die tijd het apparaat bij de receptie.", "Bedankt voor jullie geduld."]],
    "pt": [["A praia foi limpa por duzentos voluntários no domingo.", "Eles recolheram quase uma tonelada de plástico.",
            "A câmara prometeu mais caixotes e uma campanha nas escolas."],
           ["Boa tarde,", "o meu pedido chegou incompleto: faltam dois pratos e uma chávena.",
            "Gostaria de receber as peças ou o dinheiro de volta.", "Obrigado."]],
}

CODE_TEXTS = (
    "def mean(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total / len(xs)",
    "for (let i = 0; i <= items.length; i++) {\n  console.log(items[i].title);\n}",
    "SELECT customer_id, SUM(total) FROM orders GROUP BY customer_id HAVING SUM(total) > 100;",
    "func Get(m map[string]int, k string) int {\n\tif v, ok := m[k]; ok {\n\t\treturn v\n\t}\n\treturn -1\n}",
    "fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {\n    if a.len() > b.len() { a } else { b }\n}",
    "public int fib(int n) {\n    return n < 2 ? n : fib(n - 1) + fib(n - 2);\n}",
    "Traceback (most recent call last):\n  File \"app.py\", line 12, in <module>\n    main()\n"
    "TypeError: 'NoneType' object is not iterable",
    "#!/bin/sh\nfor f in *.log; do\n  gzip $f && mv $f.gz /var/archive\ndone",
    "useEffect(() => {\n  fetch('/api/items').then(r => r.json()).then(setItems);\n});",
    "FROM python:3.11\nCOPY . /app\nRUN pip install -r requirements.txt\nCMD [\"python\", \"main.py\"]",
)


def material(rng: Random, lang: str = "en", long: bool = False) -> str:
    """A text as people paste it: a few sentences of one, or for `long` several of them, in order."""
    texts = TEXTS.get(lang, TEXTS["en"])
    parts = []
    for sentences in rng.sample(texts, min(len(texts), rng.randint(3, 8) if long else 1)):
        first = rng.randint(0, max(0, len(sentences) - 3))
        last = len(sentences) if long else rng.randint(first + 2, len(sentences))
        parts.append(rng.choice((" ", " ", "\n")).join(sentences[first:last]))
    return "\n\n".join(parts)


# ---------------------------------------------------------------- words that fill the templates

WORDS = {
    "topic": (
        "tides", "solar panels", "the history of tea", "compound interest", "black holes", "beekeeping", "jazz",
        "inflation", "vaccines", "bread making", "marathon training", "the Roman calendar", "electric cars",
        "remote work", "city gardening", "chess openings", "volcanoes", "sleep", "public libraries", "batteries",
        "coffee roasting", "migration of birds", "renting a flat", "learning the piano", "glaciers", "cycling to work",
        "antibiotics", "old maps", "paper recycling", "video games", "school uniforms", "composting", "neural networks",
    ),
    "thing": (
        "a lonely robot", "a retired pirate", "two rival bakers", "a cat who runs a bookshop", "the last postman",
        "a talking suitcase", "rain in a desert town", "a lighthouse in space", "my grandmother's garden",
        "a dragon afraid of heights", "an old typewriter", "first snow", "a lost umbrella", "the night bus",
        "a chess game between ghosts", "autumn leaves", "a spaceship with a broken toilet", "a city under the lake",
    ),
    "product": (
        "a reusable water bottle", "a budgeting app", "handmade candles", "a bike repair shop", "an online yoga course",
        "noise-cancelling headphones", "a vegan bakery", "a dog walking service", "a note-taking tool", "cold brew",
    ),
    "occasion": (
        "my sister's wedding", "a colleague's last day", "a tenth birthday", "a school play", "the office party",
        "my parents' anniversary", "a housewarming", "a graduation", "a charity run", "mother's day",
    ),
    "form": (
        "a short story", "a poem", "a limerick", "a haiku", "a sonnet", "a bedtime story", "song lyrics", "a dialogue",
        "a monologue", "an opening paragraph", "a fairy tale", "a rap verse", "a ghost story", "a radio play scene",
    ),
    "lang": (
        "French", "German", "Spanish", "Italian", "Dutch", "Portuguese", "Polish", "Japanese", "Chinese", "Turkish",
        "Arabic", "Russian", "Korean", "Swedish", "Czech", "Greek", "Hindi", "Danish", "Ukrainian", "English",
    ),
    "field": (
        "all dates", "the prices", "every product name", "the action items", "all numbers with their units",
        "the deadlines", "names of places", "the error codes", "the opening hours", "email addresses",
        "the ingredients and amounts", "all organisations", "the main complaint", "the sizes and colours",
        "every percentage", "the people mentioned", "the obligations of each party", "phone numbers", "the sample size",
    ),
    "shape": ("as JSON", "as a table", "as a bullet list", "as CSV", "one per line", "as a YAML list", "as key: value"),
    "labels": (
        "positive, negative or neutral", "spam or not spam", "urgent, normal or low",
        "bug, feature request or question",
        "billing, delivery, product or other", "formal or informal", "fact or opinion", "sports, politics or culture",
        "complaint, praise or suggestion", "safe or unsafe", "relevant or irrelevant", "happy, angry, sad or calm",
    ),
    "style": (
        "more formal", "friendlier", "shorter", "simpler", "more polite", "more professional", "less wordy",
        "more confident", "warmer", "clearer", "more neutral", "more persuasive", "easier to read for children",
        "like a native speaker wrote it", "in the active voice", "in the past tense", "in the third person",
    ),
    "size": (
        "in one sentence", "in two sentences", "in three bullet points", "in under 50 words", "in one paragraph",
        "in about 100 words", "for a busy manager", "for a ten-year-old", "in a tweet", "in plain language", "briefly",
    ),
    "plang": ("Python", "JavaScript", "TypeScript", "Rust", "Go", "Java", "C++", "C#", "Ruby", "PHP", "Kotlin", "SQL"),
    "job": (
        "reverses a linked list", "parses a CSV file", "counts words in a text", "checks if a string is a palindrome",
        "downloads a page and lists its links", "merges two sorted arrays", "validates an IBAN", "resizes images",
        "finds duplicates in a list", "reads a config file", "converts roman numerals", "retries a failed request",
        "removes empty folders", "computes a moving average", "sorts dictionaries by a key", "flattens a nested list",
        "caches results for ten minutes", "renders a calendar", "sends a mail with an attachment", "watches a folder",
    ),
    "tool": (
        "pandas", "Docker", "git", "React", "Postgres", "Kubernetes", "Terraform", "regex", "Redis", "numpy", "Django",
        "GitHub Actions", "FastAPI", "nginx", "asyncio", "CSS grid", "Webpack", "Spring Boot",
    ),
    "song": ("some jazz", "my workout playlist", "rain sounds", "the new album", "a relaxing song",
             "rock from the 80s"),
    "when": ("tomorrow at nine", "tonight", "next Friday", "in twenty minutes", "on Monday morning",
             "at half past six"),
    "room": ("living room", "kitchen", "bedroom", "office", "hallway", "garage"),
    "feel": ("tired", "great", "a bit bored", "excited", "lonely", "okay", "happy", "stressed", "sleepy", "grumpy"),
    "day": ("morning", "evening", "afternoon", "night", "weekend", "week", "day", "Monday"),
    "animal": ("cats", "dogs", "parrots", "rabbits", "goldfish", "hedgehogs"),
    "names": ("Ada, Ben and Cleo", "three friends", "a baker, a nurse and a pilot", "four houses", "five runners"),
    "item": ("apples", "tickets", "pencils", "books", "marbles", "eggs", "stamps", "chairs"),
}

LOCAL = {
    "de": ("Wärmepumpen", "die Gezeiten", "Zinseszins", "Schach", "Homeoffice", "Vulkane", "Kaffee",
           "einen müden Drachen"),
    "fr": ("les marées", "l'inflation", "le café", "les volcans", "le télétravail", "un robot triste", "la pluie"),
    "es": ("las mareas", "la inflación", "el café", "los volcanes", "el teletrabajo", "un robot triste", "la lluvia"),
    "it": ("le maree", "l'inflazione", "il caffè", "i vulcani", "il lavoro da casa", "un robot triste", "la pioggia"),
    "nl": ("de getijden", "inflatie", "koffie", "vulkanen", "thuiswerken", "een verdrietige robot", "regen"),
    "pt": ("as marés", "a inflação", "o café", "os vulcões", "o teletrabalho", "um robô triste", "a chuva"),
}

# ---------------------------------------------------------------- templates by language; {text} stands for a pasted one

T: dict[str, dict[str, str]] = {}

T["chit_chat"] = {
    "en": """hi
hello there
hey, how are you doing?
good {day}!
how was your {day}?
what's up?
how's it going
nice to meet you
I'm feeling {feel} today
i feel so {feel} this {day}
I had such a long {day}, just wanted to talk to someone
thanks, that was really helpful!
thank you so much, you saved my {day}
ok great, bye!
see you tomorrow
good {day} and sleep well
haha that's funny
lol you're the best
you're pretty clever, you know that?
are you a robot or a person?
do you ever get {feel}?
what do you do for fun?
do you like {animal}?
I love {animal}, what about you?
do you dream?
what's your favourite colour?
who made you?
what is your name?
where do you live?
are you happy?
can we just chat for a while?
tell me something about yourself
I just got home from work and I'm {feel}
guess what, I passed my exam!!
my dog is snoring next to me right now
it's raining again, typical for a {day}
I can't believe it's already {day}
Happy birthday to me, I guess :)
cool
no worries, take your time
sorry, I was away for a minute
I'm back!
you there?
never mind, I found it myself. Thanks anyway
that makes sense, thank you
wow, I didn't know that
yeah me too
I think we should be friends
I'm having coffee and watching the snow. Cosy.
my {animal} are driving me mad today
so I talked with my neighbour about {topic} for an hour, what a {day}
been into {topic} lately, it's so much fun. how about you?
I'm {feel} but also {feel}, strange mix
do you get bored when nobody writes to you?
have a nice {day}!
I missed talking to you
you remind me of my old teacher
don't you just hate Mondays?
I'm so proud of myself today
cheers mate
what a {day}... how are things on your side?
I'm nervous about {occasion}, wish me luck""",
    "de": """hallo, wie geht's dir?
Guten Morgen! Na, gut geschlafen?
danke dir, das war sehr nett
mir ist heute so langweilig
Schönen Abend noch!
Wie heißt du eigentlich?
bist du ein Mensch?""",
    "fr": """salut, ça va ?
bonjour ! tu as passé une bonne journée ?
merci beaucoup, bonne soirée
je m'ennuie un peu aujourd'hui
tu aimes la musique, toi ?""",
    "es": """hola, ¿qué tal?
buenos días, ¿cómo estás?
muchas gracias, eres genial
estoy un poco cansado hoy
¿cómo te llamas?""",
    "it": """ciao, come stai?
buongiorno! tutto bene?
grazie mille, a domani
oggi sono proprio stanca""",
    "nl": """hoi, hoe gaat het?
goedemorgen! lekker geslapen?
dank je wel, tot morgen
ik verveel me een beetje""",
    "pt": """olá, tudo bem?
bom dia! como foi o teu fim de semana?
muito obrigado, até amanhã
estou tão cansada hoje""",
}

T["question"] = {
    "en": """What is {topic}?
How does {topic} work?
Why is {topic} important?
What are the main causes of interest in {topic}?
explain {topic} to me like I'm five
Can you explain {topic} in simple terms?
What should a beginner know about {topic}?
who came up with {topic} and when
When did people start to care about {topic}?
What is the difference between {topic} and {topic}?
Is it true that {topic} can be harmful?
How much does it usually cost to get into {topic}?
What are the pros and cons of {topic}?
Which books about {topic} would you recommend?
How long does it take to learn about {topic}?
what are common mistakes with {topic}
Where can I learn more about {topic}?
I don't understand {topic}. What's the basic idea?
Tell me the most important facts about {topic}.
Does {topic} have anything to do with {topic}?
What happens if you mix bleach and vinegar?
Why is the sky red at sunset?
How many bones does a grown-up have?
What's the tallest animal on earth?
How do I get red wine out of a carpet?
Should I pay off my loan or save first?
How often should I water a cactus?
Is it better to run in the morning or in the evening?
What does a good cover letter contain?
My neighbour plays loud music at night. What are my rights?
what's a fair rent increase after two years
Do I need a visa for a two-week holiday in Japan?
How do vaccines train the immune system?
What is the capital of Mongolia?
why do cats purr
How is cheese made?
What are the symptoms of iron deficiency?
What does the idiom "break the ice" mean?
Which planets have rings?
How can I prepare for a job interview?
What gift is right for {occasion}?
How do I ask my boss for a raise without sounding greedy?
What do economists mean by {topic}?
Describe how {topic} changed over the last hundred years.
Are there any scientific studies on {topic}?
Could you tell me who usually pays for {topic}?
I keep hearing about {topic}. Should I be worried?
What's the best way to start with {topic} on a small budget?
{text} Is this still true today?
Based on this text, what is the main problem and who is affected?
According to the passage, what happens next?
What does the author of this text think?
I read the following. Can you explain what it means for me?""",
    "de": """Was genau sind {local}?
Wie funktionieren {local}?
Warum ist der Himmel blau?
Welche Unterlagen brauche ich für eine Steuererklärung?
Wie lange kocht man Eier, bis sie hart sind?
Worum geht es in diesem Text, und wer ist betroffen?""",
    "fr": """C'est quoi exactement, {local} ?
Pourquoi parle-t-on autant de {local} ?
Quelle est la capitale de l'Australie ?
Comment enlever une tache de vin ?
Que veut l'auteur de ce texte ?""",
    "es": """¿Qué son exactamente {local}?
¿Cómo se hace un buen gazpacho?
¿Por qué cambian las hojas de color?
¿Qué documentos necesito para alquilar un piso?""",
    "it": """Che cosa sono {local}?
Come si prepara il pesto?
Perché il mare è salato?
Quanto dura la garanzia di un elettrodomestico?""",
    "nl": """Wat is het verschil tussen {local} en {local}?
Hoe werkt {local}?
Waarom is de zee zout?
Wanneer moet ik mijn belastingaangifte doen?""",
    "pt": """O que são {local}?
Como se faz arroz de pato?
Por que é que o mar é salgado?
Quanto tempo demora a aprender inglês?""",
}

T["extraction"] = {
    "en": """Extract {field} from {this}.
Extract {field} from {this} {shape}.
List {field} in {this}.
Pull out {field} and {field}.
Find {field} in {this} and return them {shape}.
Give me {field} {shape}, nothing else.
What are {field} in {this}? Only list them.
Please collect {field} from {this}.
Return {field} {shape}. If there are none, return an empty list.
Identify {field} mentioned in {this}.
From {this} I need {field}.
i need {field} out of this
get me {field}
Copy every sentence that mentions a problem.
Quote the sentences about money word for word.
Fill this schema from {this}: {"what": "", "when": "", "where": ""}
Turn {this} into JSON with the keys title, date and amount.
Parse {this} and output {field} {shape}.
Read {this} and note {field}.
Which {item} are named in {this}? Give a list.
Make a table of {field}.
Go through {this} and write down {field}, in order of appearance.
Named entity recognition: mark people, places and organisations in {this}.
Extract key-value pairs from {this}.
Extract the keywords of {this}.
Give me ten keywords from {this}, comma-separated.
Find all questions that are asked in {this} and list them.
Who has to do what by when? Extract it {shape}.
Return only {field}; do not explain.
Scan {this} for {field}.
Can you pick out {field} for my spreadsheet?
Locate {field} in {this} and give the exact wording.
Extract: {field}. Format: {shape}.
Output the first number that appears in {this}.
Extract subject, verb and object of each sentence {shape}.
For each line of the log, return the timestamp and the level {shape}.
List each claim made in {this} separately.
Extract the line items with quantity and price.
Which tasks are still open according to {this}? List only those.
I have to enter {field} in a form, please take them out of {this}.
Gather every technical term used in {this}.
Detect {field} and give start and end positions.
Select the sentence that answers the question "why?" and return it unchanged.
Pick the three facts with numbers from {this}.
Dump {field} {shape} so that I can import it.""",
    "de": """Extrahiere alle Zahlen und Daten aus dem Text als JSON.
Liste alle genannten Orte auf.
Welche Termine stehen im folgenden Text? Nur die Liste bitte.
Zieh mir die Aufgaben aus dieser Mail heraus.
Gib die Produktnamen als Tabelle aus.""",
    "fr": """Extrais toutes les dates du texte suivant.
Donne-moi la liste des lieux cités.
Relève les montants et présente-les en JSON.
Quels produits sont mentionnés ? Une liste, rien d'autre.""",
    "es": """Extrae todas las fechas del texto.
Haz una lista de los lugares mencionados.
Saca los importes y devuélvelos en formato JSON.
Enumera las tareas pendientes del mensaje.""",
    "it": """Estrai tutte le date dal testo.
Elenca i luoghi citati.
Restituisci gli importi in formato JSON.""",
    "nl": """Haal alle datums uit de tekst.
Geef een lijst van de genoemde plaatsen.
Zet de bedragen in een tabel.""",
    "pt": """Extrai todas as datas do texto.
Lista os lugares mencionados.
Devolve os valores em JSON.""",
}

T["classification"] = {
    "en": """Classify {this} as {labels}.
Is {this} {labels}?
Label {this}: {labels}.
Decide whether {this} is {labels}. Answer with one word.
Which category fits {this} best: {labels}?
What is the sentiment of {this}?
Rate {this} from 1 to 5 stars.
On a scale from 1 to 10, how polite is {this}?
Assign one of the labels {labels} to {this}.
Categorize {this} ({labels}).
Tag {this} with {labels}.
Does {this} contain sarcasm? Yes or no.
Is this customer satisfied? Answer yes, no or unclear.
What language is {this} written in? Give the ISO code.
Which department should handle {this}: sales, support or legal?
Predict the rating the author would give.
Would you call {this} {labels}? Just the label.
Choose the right label for each line. Labels: {labels}
Detect the emotion in {this}: joy, anger, fear or sadness.
Determine the topic of {this}. Options: science, business, travel, food.
Determine if {this} is {labels} and give a confidence.
True or false: {this} is about {topic}.
Output 1 if {this} is a complaint and 0 otherwise.
Sort these messages into {labels}.
Is the following review genuine or fake?
Does {this} violate the house rules? yes/no
Triage {this} by priority (P1, P2, P3).
Mark {this} as {labels}, no explanation.
Grade {this} A to F for clarity.
Pick exactly one: {labels}.
Say whether {this} was written by a customer or by an agent.
Intent detection: is the user asking, complaining or ordering?
Tell me if {this} is {labels}
is this {labels}??
Check if {this} is toxic. Respond with toxic or not toxic.
Do the two paragraphs agree, disagree or talk of different things?
Which genre does {this} belong to: news, fiction, manual, letter?
Score {this} between 0 and 1 for how likely it is spam.
Does the text support the claim that {topic} is growing? Answer supported, refuted or not enough information.
You are a classifier. Input: {this}. Output one of: {labels}.
Route {this} to the right queue ({labels}).
Give {this} a reading level: easy, medium or hard.
Is the tone of {this} friendly, neutral or hostile?
Label each sentence as {labels}.
Identify the part of speech of every word in "{thing}".""",
    "de": """Ist die Stimmung des Textes positiv, negativ oder neutral?
Ordne die Nachricht einer Kategorie zu: Lieferung, Rechnung, Sonstiges.
Ist das Spam? Antworte mit ja oder nein.
Bewerte den Text mit einem bis fünf Sternen.
Klassifiziere den folgenden Text als Beschwerde oder Lob.""",
    "fr": """Ce message est-il positif, négatif ou neutre ?
Classe ce texte : plainte, question ou remerciement.
Est-ce un spam ? Réponds par oui ou non.
Attribue une note de 1 à 5 à cet avis.""",
    "es": """Clasifica el texto como positivo, negativo o neutro.
¿Es spam? Responde sí o no.
¿A qué categoría pertenece: deporte, política o cultura?
Indica la prioridad del mensaje: alta, media o baja.""",
    "it": """Il tono del testo è positivo, negativo o neutro?
Classifica il messaggio: reclamo, domanda o ordine.
È spam? Rispondi sì o no.""",
    "nl": """Is deze tekst positief, negatief of neutraal?
Deel het bericht in: klacht, vraag of bestelling.
Is dit spam? Antwoord met ja of nee.""",
    "pt": """Classifica o texto como positivo, negativo ou neutro.
Isto é spam? Responde sim ou não.
A que categoria pertence: queixa, pergunta ou elogio?""",
}

T["summarization"] = {
    "en": """Summarize {this}.
Summarize {this} {size}.
Sum up {this} {size}, please.
Give me a summary of {this} {size}.
TL;DR
tldr pls
tl;dr of {this} {size}
What are the key points of {this}?
Give the gist of {this}.
Condense {this} {size}.
Boil {this} down {size}.
Shorten {this} to its main message {size}.
Write an abstract for {this}.
Write an executive summary of {this}.
I have no time to read {this}, what does it say {size}?
Recap {this} {size}.
Can you summarise {this} for my team?
Make a short overview of {this}.
Turn {this} into three takeaways.
Please provide a concise summary of {this}, covering the main arguments.
Briefly describe what {this} is about.
What's the bottom line of {this}?
Summarize the discussion in {this} and how it ended.
Write meeting notes from {this} {size}.
Summarize each paragraph {size}.
Give a headline and a one-line summary.
Outline the content of {this} {size}.
Digest {this} {size} so that I can forward it.
Summarize what the customer wants {size}.
Summarise the pros and cons named in {this}.
Distil {this} into bullet points.
In a nutshell, what does {this} say?
Create a summary of {this} that a newcomer understands.
Produce an extractive summary with two sentences of {this}.
I missed the meeting. Catch me up {size}.
Summarize the findings, leave out the method.
Make it short: {this} {size}.
short version please
Compress {this} to half its length without losing facts.
Write the summary {size}, in German.
Summarize the thread above {size}.
Summarize this chat for the handover {size}.
Give me the cliff notes of {this}.
What did I miss? Summarise {this}.
Provide a two-level summary: one sentence, then five bullets.""",
    "de": """Fasse den folgenden Text zusammen.
Fasse das bitte in zwei Sätzen zusammen.
Worum geht es hier, ganz kurz?
Gib mir die wichtigsten Punkte als Stichworte.
Kürze das auf das Wesentliche.""",
    "fr": """Résume ce texte en deux phrases.
Fais-moi un résumé, s'il te plaît.
Quels sont les points clés de ce texte ?
Résumé court, pour mon chef.""",
    "es": """Resume el texto en dos frases.
Hazme un resumen breve, por favor.
¿Cuáles son los puntos principales?
Resume esta conversación para el equipo.""",
    "it": """Riassumi il testo in due frasi.
Fammi un breve riassunto.
Quali sono i punti principali?""",
    "nl": """Vat de tekst samen in twee zinnen.
Geef een korte samenvatting.
Wat zijn de hoofdpunten?""",
    "pt": """Resume o texto em duas frases.
Faz um resumo curto, por favor.
Quais são os pontos principais?""",
}

T["rewriting"] = {
    "en": """Rewrite {this} to be {style}.
Make {this} {style}.
Rephrase {this}.
Paraphrase {this} without changing the meaning.
Correct the grammar in {this}.
Fix the spelling and punctuation of {this}.
Proofread {this}.
Proofread {this} and mark what you changed.
Improve {this}.
Polish {this} so that it sounds {style}.
Edit {this} for clarity.
Can you reword {this}? It should be {style}.
Turn {this} into a formal letter.
Turn these notes into full sentences.
Convert {this} to bullet points but keep every detail.
Change the tone of {this}: {style}.
Rewrite {this} as if written by a lawyer.
Rewrite {this} in the style of a fairy tale.
Rewrite {this} for a younger audience.
Make this sound better
this sounds rude, can you make it {style}?
Please clean up {this}; I wrote it in a hurry.
Simplify {this} to plain English.
Expand {this} with more detail, about twice as long.
Restructure {this} so the request comes first.
Remove the filler words from {this}.
Remove all exclamation marks and emojis from {this} and make it {style}.
Replace every passive sentence in {this} with an active one.
Change British spelling to American in {this}.
Rewrite my answer so that it is {style}: {this}
Reformat {this} as Markdown with headings.
Give me three alternative wordings of {this}.
Rephrase {this} so it does not sound like a template.
Adapt {this} for LinkedIn.
Tone {this} down a little.
Copyedit {this}, keep my voice.
Reword the first sentence only.
Swap the jargon in {this} for everyday words.
Make {this} gender-neutral.
My English is not good, please correct {this}.
Anonymize {this}: replace names and places with placeholders.
Rewrite {this} as a dialogue.
Merge these sentences into one that is {style}.
Put {this} in reported speech.
Change "we" to "the company" everywhere in {this} and fix what follows from it.""",
    "de": """Formuliere den Text höflicher.
Korrigiere bitte Rechtschreibung und Grammatik.
Schreib das um, es soll förmlicher klingen.
Kannst du das einfacher formulieren?
Mach daraus vollständige Sätze.""",
    "fr": """Reformule ce texte de façon plus polie.
Corrige les fautes d'orthographe.
Rends ce message plus professionnel.
Réécris cela plus simplement.""",
    "es": """Reescribe el texto con un tono más formal.
Corrige la ortografía y la gramática.
Haz que este mensaje suene más amable.
Di lo mismo con palabras más sencillas.""",
    "it": """Riscrivi il testo in modo più formale.
Correggi gli errori di grammatica.
Rendi il messaggio più gentile.""",
    "nl": """Herschrijf deze tekst in een formele stijl.
Verbeter de spelling en grammatica.
Maak dit bericht vriendelijker.""",
    "pt": """Reescreve o texto num tom mais formal.
Corrige os erros de ortografia.
Torna esta mensagem mais simpática.""",
}

T["translation"] = {
    "en": """Translate {this} to {lang}.
Translate {this} into {lang}.
Translate {this} into {lang} and {lang}.
Please translate {this} into {lang}, keep the tone.
Can you translate {this} to {lang} for me?
Translation to {lang} please
{lang} translation:
How do you say "{thing}" in {lang}?
how do i say "see you on {when}" in {lang}
What is "{topic}" in {lang}?
What does this mean in {lang}?
Put {this} into {lang}.
Render {this} in idiomatic {lang}.
Convert {this} from English to {lang}.
into {lang}:
I need {this} in {lang}.
I need a {lang} version of {this} by {when}.
Give me the {lang} version of {this}.
Write the following in {lang}, word for word the same content.
Translate {this} literally into {lang}, then give a natural version.
Translate the subtitles below to {lang}, do not change the line breaks.
Translate only the second sentence into {lang}.
Localize {this} for {lang} speakers.
Translate this user interface text to {lang}; keep placeholders such as %s.
My guests speak {lang}. Could you translate {this}?
translate 2 {lang}
Translate {this} to {lang}, formal address.
Translate from {lang} to English: {this}
What would a {lang} speaker say for "{occasion}"?
Act as a translator. Target language: {lang}.
Source: English. Target: {lang}.
en -> {lang}
Please give the translation of {this} in {lang} with pronunciation.
Translate {this} for a {lang} website.
Provide a faithful {lang} translation of {this}; leave product names as they are.
Tell me how "{product}" is called in {lang}.
Translate {this} so that a child in {lang} understands it.
Could I get that in {lang}?
Same text in {lang} please.
Back-translate {this}: first to {lang}, then to English again.
Check my translation into {lang} and give the right one.
Translate the comments in this file to {lang}.
The letter below came today, what does it say in English?
Translate this menu into {lang}.
Is there a {lang} word for "{feel}"? Translate it.""",
    "de": """Übersetze das bitte ins Englische.
Wie sagt man „guten Appetit“ auf Französisch?
Übersetze den folgenden Text ins Spanische.
Kannst du mir das auf Italienisch schreiben? Gleicher Inhalt.
Was heißt das auf Deutsch?""",
    "fr": """Traduis ce texte en anglais.
Comment dit-on « bon voyage » en allemand ?
Peux-tu me traduire ça en espagnol ?
Traduction en italien, s'il te plaît :""",
    "es": """Traduce este texto al inglés.
¿Cómo se dice «buen viaje» en alemán?
¿Puedes traducir esto al francés?
Pásalo al portugués, por favor.""",
    "it": """Traduci questo testo in inglese.
Come si dice «buon appetito» in tedesco?
Mi traduci questo in francese?""",
    "nl": """Vertaal deze tekst naar het Engels.
Hoe zeg je 'eet smakelijk' in het Duits?
Kun je dit in het Frans vertalen?""",
    "pt": """Traduz este texto para inglês.
Como se diz «boa viagem» em alemão?
Podes traduzir isto para francês?""",
}

T["code"] = {
    "en": """Write a {plang} function that {job}.
Write a {plang} script that {job}.
Write a {plang} program which {job} and {job}.
Implement something in {plang} that {job}, with unit tests.
How do I write a {plang} class that {job}?
Why does this code fail? {code}
Fix the bug: {code}
Explain what this code does. {code}
Refactor this: {code}
Review this code. {code}
Add type hints and docstrings. {code}
Convert this to {plang}: {code}
Make this faster: {code}
Write tests for the following. {code}
What's the time complexity of this? {code}
I get this error, what is wrong? {code}
Give me a regular expression that matches a date like 2024-03-01.
Write a SQL query that returns the ten best customers of last month.
Write a Dockerfile for a {plang} service.
How do I undo the last commit in git but keep my changes?
How do I use {tool} with {plang}?
Show me a minimal {tool} example.
{tool}: how to configure a timeout?
My {tool} build fails with exit code 137. How can I debug it?
What is the idiomatic way in {plang} to write code that {job}?
Create a REST endpoint in {plang} that {job}.
Generate a bash one-liner that {job}.
Write a GitHub Actions workflow that runs the {plang} tests.
Port this snippet to {plang}. {code}
Complete the function: {code}
Is there a memory leak here? {code}
Optimize this query: SELECT * FROM orders WHERE YEAR(created) = 2024;
Write a React component that {job}.
Turn this loop into a comprehension. {code}
Add error handling here: {code}
Add logging to this: {code}
Write a docstring for this function. {code}
pls write {plang} code that {job}
python code that {job}
Generate mock data in {plang} for a table with users and orders.
Rename the variables so that it's readable: {code}
Is this {plang} code thread-safe? {code}
Write a makefile with targets build, test and clean.
How can I profile a slow {tool} app?
Write a Kubernetes manifest for a cron job that {job}.
Give me pseudocode, then {plang}, for an algorithm that {job}.
Write a commit message for this diff: {code}
Write HTML and CSS for a page with a sticky header.""",
    "de": """Schreib eine Funktion in Python, die eine Liste umkehrt.
Warum wirft dieser Code einen Fehler? {code}
Erkläre mir diesen Code: {code}""",
    "fr": """Écris une fonction {plang} qui trie une liste.
Corrige ce code : {code}
Explique ce que fait ce script. {code}""",
    "es": """Escribe una función en {plang} que ordene una lista.
¿Por qué falla este código? {code}""",
    "it": """Scrivi una funzione in {plang} che inverte una stringa.
Correggi questo codice: {code}""",
    "nl": """Schrijf een functie in {plang} die een lijst sorteert.
Waarom werkt deze code niet? {code}""",
    "pt": """Escreve uma função em {plang} que ordene uma lista.
Porque é que este código falha? {code}""",
}

T["math"] = {
    "en": """What is {n} times {n}?
{n} + {n} * {n}
Calculate {n}% of {n}.
Solve for x: {n}x + {n} = {n}
Solve the equation x^2 - {n}x + {n} = 0.
A train covers {n} km in {n} hours. What is its average speed?
I bought {n} {item} for {n} euros each and paid with {n}. How much change do I get?
If {n} {item} cost {n} dollars, how much do {n} {item} cost?
What is the derivative of {n}x^3 + {n}x?
Integrate {n}x^2 from 0 to {n}.
Find the greatest common divisor of {n} and {n}.
Convert {n} miles to kilometres and show the calculation.
How many ways are there to pick 3 out of {n} {item}?
What's the probability of rolling a six at least once in {n} throws?
A rectangle has sides {n} cm and {n} cm. Find the area and the diagonal.
Simplify ({n}x + {n})({n}x - {n}).
Prove that the sum of two odd numbers is even.
Show that the square root of {n} is irrational or find it.
I invest {n} at 4% per year. How much is it after {n} years?
whats {n} divided by {n}
Is {n} a prime number?
Compute the mean and standard deviation of {n}, {n}, {n} and {n}.
What is log base 2 of {n}?
Write {n} in binary.
A shirt costs {n} after a discount of 20%. What was the price before?
Find the sum of the first {n} natural numbers.
Two pipes fill a tank in {n} and {n} minutes. How long do they need together?
Solve the system: x + y = {n}, x - y = {n}.
How many {item} are left if {n} of {n} are sold and {n} more arrive?
What angle do the hands of a clock make at {n} minutes past three?
Compute the determinant of [[{n}, {n}], [{n}, {n}]].
The sum of three consecutive integers is {n}. Which are they?
Find the next term: 3, 7, 15, 31, ...
Evaluate sin(30°) + cos(60°) times {n}.
Split {n} euros among {n} people in the ratio 2:3.
What percentage is {n} of {n}?
Find the limit of (1 + {n}/n)^n as n goes to infinity.
A recipe for 4 needs {n} g flour. How much for {n} people?
Round {n}.{n}{n} to one decimal.
How much tax is 19% on {n}?
Prove by induction that 1 + 2 + ... + n = n(n+1)/2.
My salary rises from {n}00 to {n}50. By how many percent?
Find all integers n with n^2 < {n}.
What is the volume of a cylinder with radius {n} and height {n}?
Calculate the monthly payment for a loan of {n}000 over {n} months at 3%.""",
    "de": """Was ist {n} mal {n}?
Wie viel sind {n} Prozent von {n}?
Löse die Gleichung {n}x - {n} = {n}.
Ein Zug fährt {n} km in {n} Stunden. Wie schnell ist er?""",
    "fr": """Combien font {n} fois {n} ?
Résous l'équation {n}x + {n} = {n}.
Calcule l'aire d'un cercle de rayon {n}.""",
    "es": """¿Cuánto es {n} por {n}?
Resuelve la ecuación {n}x + {n} = {n}.
Calcula el {n} % de {n}.""",
    "it": """Quanto fa {n} per {n}?
Risolvi l'equazione {n}x + {n} = {n}.""",
    "nl": """Hoeveel is {n} keer {n}?
Los op: {n}x + {n} = {n}.""",
    "pt": """Quanto é {n} vezes {n}?
Resolve a equação {n}x + {n} = {n}.""",
}

T["reasoning"] = {
    "en": """If all {item} are red and this is a blue thing, can it be one of the {item}? Why?
{names} sit in a row. The first is not next to the last. Who can sit in the middle?
All bloops are razzies and some razzies are lazzies. Are some bloops lazzies?
The {room} is left of the {room}, and the {room} is behind both. Draw the plan and say which is in the middle.
One of {names} always lies and the others tell the truth. Each accuses the next. Who is lying?
You have a fox, a hen and corn and a boat for two. How do you cross the river?
If it rains, the street is wet. The street is wet. Did it rain? Explain the fallacy.
Which word does not fit: {item}, {item}, {room}, {item}? Explain.
A is taller than B, C is shorter than B, D is taller than A. Order them.
Yesterday was two days before {when}. What day is it today, step by step?
Is this argument valid? "Some {animal} bite. My pet is one of the {animal}. So it bites."
You wake up in a room with three doors and two of the signs lie. Which door is safe, and why?
What can you conclude from the fact that no one in the {room} heard the bell?
Think step by step: who among {names} owns the {animal} if the first owns none and the second only birds?
Three switches, one lamp in the {room}. You may go in once. How do you find the right switch?
What would follow if {topic} had never been invented? Derive it step by step.
Premise 1: every {item} box is locked. Premise 2: this box is open. What follows?
Find the flaw in this reasoning: {topic} is popular, therefore it is good.
Does the conclusion follow? Premises: {item} are heavier than air; balloons rise. So balloons hold no {item}.
Day is to night as summer is to what? Explain the analogy.
{names} finished a race. The second beat the third, and the first did not win. In what order did they come in?
You have eight {item}, one is heavier. Find it with two weighings.
I walk ten steps north, turn right, walk five, turn right, walk ten. Where am I and which way do I face?
Who is the culprit? The window was broken from inside, and only {names} had keys. The last was away {when}.
Weigh the evidence: which explanation is more likely and why? The {room} light was on and the door was locked.
Either the {room} or the {room} is empty. The {room} is not empty. Which one is?
Solve the riddle: I have keys but no locks. What am I?
Five people shake hands with each other once. Nobody shakes twice. Does someone shake three hands? Argue.
One statement is true. Which box holds the {item}? Box 1: it is here. Box 2: not in box 1. Box 3: not here.
If today is neither {when} nor a holiday, and the shop opens only on holidays or weekends, is it open?
What is the most plausible cause: my car starts only when it's warm and I buy vanilla ice cream?
Which of these statements contradict each other? "All {animal} sleep at night." "Some {animal} hunt at night."
Where does the ball end up? It moves from cup 1 to 2, cups 2 and 3 swap, then cups 1 and 3 swap.
Deduce the seating plan: {names}, round table, nobody next to an enemy.
A man looks at a picture and says: this man's father is my father's son. Who is it?
Four cards show A, K, 4 and 7. Which must you turn to test "a vowel has an even number behind"?
Is it logically possible that everyone in a town shaves the one who shaves nobody?
Plan the shifts so that {names} never work twice in a row and each has a free {day}. Show your reasoning.
Which assumption does this argument need? "Sales of {item} fell after the price rose, so people care about price."
If every clock in the {room} is wrong by the same amount, can I still tell how long I waited? Why?
Can two people both be taller than each other? Reason it out.
The key is not in the {room} unless the door is shut. The door is open. Where can the key be?
Rank the suspects by how well they fit: the thief was tall, left-handed and away {when}. Suspects: {names}.
What is the odd one out, and by which rule: 2, 3, 5, 9, 11?
Cause or coincidence? Since we got {animal}, the {room} has been warmer. Which facts would settle it?
{names} each own a different kind of {animal}, and none owns the one next to them. Work out a possible order.
Some {item} are round. All round things roll. Must all {item} roll?
If I am not in the {room}, I am in the {room}; I am never in the second {when}. Where am I then?
Which two of these three claims can be true together? The shop is open. The shop is closed {when}. It is {when}.
Decide with the rules only: guests may enter if invited or if they bring {item}. She brought none. May she enter?
A clock shows the wrong hour in a mirror. It looks like ten past eight. What time is it really?
Two statements: "Only members may use the {room}." "She used the {room}." Is she a member?""",
    "de": """Alle Katzen sind Tiere, kein Tier ist ein Stein. Ist eine Katze ein Stein? Begründe.
A ist älter als B, C ist jünger als B. Wer ist am jüngsten?
Einer von drei Brüdern lügt immer. Wie findest du ihn mit einer Frage?""",
    "fr": """Si tous les A sont des B et aucun B n'est un C, que peut-on dire des A et des C ?
Trois amis sont en rang, le premier n'est pas à côté du dernier. Qui est au milieu ?""",
    "es": """Si todos los gatos duermen y Luna no duerme, ¿es un gato? Explica paso a paso.
A es más alto que B y C más bajo que B. Ordénalos.""",
    "it": """Se tutti gli A sono B e nessun B è C, cosa segue? Ragiona passo per passo.""",
    "nl": """Als alle A's B's zijn en geen B een C is, wat volgt daaruit? Leg uit.""",
    "pt": """Se todos os A são B e nenhum B é C, o que se conclui? Explica passo a passo.""",
}

T["tool_use"] = {
    "en": """Play {song}.
play {song} in the {room}
Add this to my playlist
Set an alarm for {when}.
Set a timer for {n} minutes
Remind me {when} to call the dentist.
Turn on the lights in the {room}.
turn the heating in the {room} down to {n} degrees
What's the weather going to be {when}?
will it rain {when}?
Book a table for {n} {when}.
Book me a flight to Lisbon {when}, aisle seat.
Cancel my reservation for {when}.
Order {n} {item} from the usual shop.
Where is my order? The number is {n}{n}{n}.
I want to return the {item} I ordered.
Change the delivery address of order #{n}{n} please.
Send a message to my team that I'm late.
Schedule a meeting {when} with the design team.
Move my meeting from {when} to {when}.
What's on my calendar {when}?
Find an Italian restaurant near me that is open {when}.
Look up the current exchange rate from euro to yen.
Get the stock price of our supplier and save it to the sheet.
Search my inbox for the invoice of {when} and download it.
Create a ticket: the printer in the {room} is broken.
Close ticket {n}{n} and notify the reporter.
List the files in the project folder and delete the ones ending in .tmp
Create a folder called {item} and move all the pictures there.
Run the tests and open a pull request if they pass.
Query the sales table for orders above {n} and mail me the result.
Call me a taxi for {when}.
Transfer {n} euros from savings to checking.
What's my account balance?
Block my credit card, I lost it.
Pay the electricity bill of this month.
Upgrade my ticket to first class.
How many days of holiday do I have left? Check the HR system.
Show me flights to Oslo under {n}00 dollars {when}.
Track my package
Lock the front door and start the robot vacuum in the {room}.
Give the last audiobook {n} of 6 stars
Add milk, eggs and {item} to the shopping list.
Unsubscribe me from the newsletter in my inbox.
Post this on our channel {when}.
Restart the staging server.
Check the stock of product {n}{n} in the warehouse.
Get directions to the airport avoiding tolls
Skip this song
Read my unread messages.
Refund the customer of order {n}{n}, the reason is late delivery.
Find me a movie that is playing {when} at the cinema nearby.
Use the search tool to find the latest release and put it in the changelog.
Call the weather function for three cities and compare.
Log {n} minutes of running to my fitness app.
Fetch the last {n} rows from the database and plot them.""",
    "de": """Stell einen Wecker auf sieben Uhr.
Spiel Musik im Wohnzimmer.
Wie wird das Wetter morgen?
Buche einen Tisch für vier Personen am Freitag.
Wo ist mein Paket?""",
    "fr": """Mets un réveil à sept heures.
Joue de la musique dans la cuisine.
Quel temps fera-t-il demain ?
Réserve une table pour deux vendredi soir.""",
    "es": """Pon una alarma a las siete.
Enciende la luz del salón.
¿Qué tiempo hará mañana?
Reserva una mesa para cuatro el viernes.""",
    "it": """Metti la sveglia alle sette.
Accendi la luce in cucina.
Prenota un tavolo per due sabato sera.""",
    "nl": """Zet een wekker om zeven uur.
Doe het licht in de keuken aan.
Boek een tafel voor vier op vrijdag.""",
    "pt": """Põe um alarme para as sete.
Acende a luz da sala.
Reserva uma mesa para dois no sábado.""",
}

T["creative"] = {
    "en": """Write {form} about {thing}.
Write me {form} about {thing} and {topic}.
Compose {form} in which {thing} meets {thing}.
Tell me a story about {thing}.
Make up {form} for {occasion}.
Write {form} about {topic}, make it funny.
Tell me a joke about {topic}.
Invent a new holiday and describe its customs.
Come up with ten names for {product}.
Give me a slogan for {product}.
Write a product description for {product}.
Write an ad for {product}, target group students.
Write a speech for {occasion}.
Write a toast for {occasion}, two minutes.
Write an invitation to {occasion}.
Draft an email to my landlord about the broken heating.
Draft a cover letter for a job as a gardener.
Write a blog post about {topic}.
Write a tweet announcing {product}.
Brainstorm ideas for {occasion}.
Brainstorm video topics about {topic}.
Write a thank-you card for {occasion}.
Imagine {thing}. Describe a day in its life.
Describe {thing} so that the reader can smell it.
Continue this story: {text}
Write an alternative ending for this: {text}
Write the first chapter of a novel about {thing}.
Create a character for a fantasy game who is into {topic}.
Design a dungeon for four players with {thing} as the boss.
Write a screenplay scene: {thing} in the {room}.
Write a song about {topic} that rhymes.
Write a love letter from {thing} to the moon.
Pretend to be {thing} and introduce yourself.
Make a riddle whose answer is {item}.
Give me a metaphor for {topic}.
Write an acrostic with the word TRAIN about {thing}.
Write a motivational quote about {topic}.
Write an Instagram caption for a photo of {thing}.
Write a job posting for a barista.
Write a resignation letter that burns no bridges.
Write a review of {product} in the voice of {thing}.
Write a letter of complaint about {product}.
Plan a themed menu with poetic dish names for {occasion}.
Create a tongue twister about {animal}.
Write an essay that argues for {topic}.
Write a persuasive newsletter for {product}.
Write a lullaby about {thing}
poem about {thing} pls
write something beautiful about {topic}
Write a fake news report from the year 2300 about {topic}.
Write {form} of exactly eight lines about {thing}.
Come up with three plot twists for a story about {thing}.
Help me with a rhyming birthday text for {occasion}.
Outline a novel in which {topic} changes everything.
Write a reply to this review in a friendly tone: {text}
Write a fable with a moral about {topic}.""",
    "de": """Schreib ein Gedicht über {local}.
Erzähl mir eine Gutenachtgeschichte über {local}.
Schreib eine Einladung zum Geburtstag.
Erfinde einen Werbespruch für eine Bäckerei.
Schreib eine Rede zur Hochzeit meiner Schwester.""",
    "fr": """Écris un poème sur {local}.
Raconte une histoire avec {local}.
Rédige une invitation pour un anniversaire.
Invente un slogan pour une boulangerie.""",
    "es": """Escribe un poema sobre {local}.
Cuéntame un cuento sobre {local}.
Redacta una invitación de cumpleaños.
Inventa un eslogan para una panadería.""",
    "it": """Scrivi una poesia su {local}.
Inventa una favola con {local}.
Scrivi un invito per una festa.""",
    "nl": """Schrijf een gedicht over {local}.
Vertel een verhaaltje over {local}.
Schrijf een uitnodiging voor een feest.""",
    "pt": """Escreve um poema sobre {local}.
Conta uma história sobre {local}.
Escreve um convite para uma festa.""",
}

TEMPLATES = {
    task: [(lang, line) for lang, block in blocks.items() for line in block.split("\n") if line]
    for task, blocks in T.items()
}

# Kinds that work on a pasted text; it comes along most of the time.
WITH_TEXT = {"extraction": 0.93, "classification": 0.93, "summarization": 0.95, "rewriting": 0.93, "translation": 0.75}
ABOUT_TEXT = re.compile(
    r"this text|the passage|author of|the following|diesem Text|ce texte|esta? |folgende[nrs]? Text|below",
    re.IGNORECASE,
)
THIS = (
    "this text", "the following text", "this", "the text below", "the following", "the text above", "the passage",
    "this message", "the document", "this paragraph", "the attached text", "the content below", "this mail",
)
POLITE = {
    "en": ("Please", "Could you please", "Can you", "I'd like you to", "Hi,", "Hello!", "Hey,", "pls", "Quick one:",
           "I need help.", "As a favour:", "Task:", "Instruction:", "For work:", "Ok, next:",
           "You are a helpful assistant."),
    "de": ("Bitte:", "Hallo,", "Kurze Bitte:"), "fr": ("Bonjour,", "S'il te plaît :"), "es": ("Hola,", "Por favor:"),
    "it": ("Ciao,", "Per favore:"), "nl": ("Hoi,", "Graag:"), "pt": ("Olá,", "Por favor:"),
}
AFTER = {
    "en": ("Thanks!", "Thank you.", "Keep it short.", "Take your time.", "It's for school.", "I'm in a hurry.",
           "No preamble.", "Be accurate.", "Answer in English.", "Don't make anything up.", "thx"),
    "de": ("Danke!", "Vielen Dank im Voraus."), "fr": ("Merci !", "Merci d'avance."), "es": ("¡Gracias!",),
    "it": ("Grazie!",), "nl": ("Bedankt!",), "pt": ("Obrigado!",),
}
FRAMES = (
    ("{a}\n\n{b}", "{b}\n\n{a}"), ("{a}:\n{b}", "{b}\n\n---\n{a}"),
    ("{a}\n\"\"\"\n{b}\n\"\"\"", "\"\"\"\n{b}\n\"\"\"\n{a}"),
    ("{a}\n<text>\n{b}\n</text>", "<text>\n{b}\n</text>\n\n{a}"), ("{a} {b}", "{b} {a}"),
    ("{a}\n\nText: {b}", "Text: {b}\n\n{a}"),
    ("{a}\n```\n{b}\n```", "```\n{b}\n```\n{a}"), ("{a} \"{b}\"", "\"{b}\"\n{a}"),
    ("### Task\n{a}\n\n### Input\n{b}", "### Input\n{b}\n\n### Task\n{a}"),
)
SLOT = re.compile(r"\{([a-z]+)\}")


def fill_words(template: str, rng: Random, lang: str = "en") -> str:
    """A template with its slots filled by fresh words."""
    def word(match: re.Match) -> str:
        slot = match.group(1)
        if slot == "n":
            return str(rng.randint(2, rng.choice((12, 99, 999))))
        if slot == "text":
            return "\"" + material(rng, lang) + "\""
        if slot == "code":
            return "\n```\n" + rng.choice(CODE_TEXTS) + "\n```\n"
        if slot == "this":
            return rng.choice(THIS)
        if slot == "local":
            return rng.choice(LOCAL[lang])
        return rng.choice(WORDS[slot]) if slot in WORDS else match.group(0)
    return SLOT.sub(word, template).strip()


def roughen(text: str, rng: Random) -> str:
    """The same text as hurried people write it, now and then."""
    if "```" in text:
        return text
    roll = rng.random()
    if roll < 0.12:
        text = text[:1].lower() + text[1:]
    elif roll < 0.18:
        text = text.lower()
    elif roll < 0.2:
        text = text.upper()
    if rng.random() < 0.12:
        text = text.rstrip(".!?:")
    if rng.random() < 0.04 and len(text) > 12:
        at = rng.randrange(4, len(text) - 2)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2:]
    return text


def compose(task: str, lang: str, template: str, rng: Random) -> str:
    """One prompt of a kind from a template: words, politeness, and the text it is about, before or after it."""
    text = fill_words(template, rng, lang)
    chatty = task == "chit_chat"
    if not chatty and rng.random() < 0.25:
        opener = rng.choice(POLITE[lang])
        keep = opener[-1] in ":.!" or text[:2] in ("I ", "I'") or text[:1] in "\"{¿" or text[:2].isupper()
        text = opener + " " + (text if keep else text[:1].lower() + text[1:])
    if not chatty and rng.random() < 0.15:
        text = text + " " + rng.choice(AFTER[lang])
    text = roughen(text, rng)
    pasted = WITH_TEXT.get(task, 0.9 if ABOUT_TEXT.search(template) and task == "question" else 0.0)
    if task == "translation" and "\"" in template:
        pasted = 0.1
    if "{text}" not in template and rng.random() < pasted:
        own = lang if rng.random() < 0.8 else rng.choice(list(TEXTS))
        if task == "translation" and lang == "en" and rng.random() < 0.3:
            own = rng.choice(list(TEXTS))
        first, last = rng.choice(FRAMES)
        body = material(rng, own, long=rng.random() < 0.25)
        if task == "translation" and rng.random() < 0.3:
            body = rng.choice(TEXTS[own][0] + TEXTS[own][1])
        frame = first if rng.random() < 0.65 else last
        if "{a}:" in frame:
            text = text.rstrip(".:!")
        text = frame.replace("{a}", text, 1).replace("{b}", body, 1)
    return text


def own_examples(task: str, split: str, rng: Random, count: int) -> list[tuple[str, str]]:
    """Composed prompts of one kind, from the templates of this split only, each once."""
    templates = fragments(TEMPLATES[task], split)
    english = [item for item in templates if item[0] == "en"]
    found: dict[str, str] = {}
    for _ in range(count * 4 if templates else 0):
        lang, template = rng.choice(english if english and rng.random() < 0.6 else templates)
        found.setdefault(compose(task, lang, template, rng), task)
        if len(found) >= count:
            break
    return list(found.items())


# ---------------------------------------------------------------- prompts of others

BBH = {
    **dict.fromkeys((
        "boolean_expressions", "causal_judgement", "date_understanding", "disambiguation_qa", "formal_fallacies",
        "logical_deduction_three_objects", "logical_deduction_five_objects", "logical_deduction_seven_objects",
        "navigate", "penguins_in_a_table", "reasoning_about_colored_objects", "temporal_sequences",
        "tracking_shuffled_objects_three_objects", "tracking_shuffled_objects_five_objects",
        "tracking_shuffled_objects_seven_objects", "web_of_lies",
    ), "reasoning"),
    "multistep_arithmetic_two": "math",
    "salient_translation_error_detection": "classification",
    "snarks": "classification",
    "sports_understanding": "classification",
}
ROUTER = {
    **dict.fromkeys(
        ("natural_qa", "trivia_qa", "mmlu", "commonsense_qa", "openbook_qa", "arc_challenge"), "question"),
    **dict.fromkeys(("math", "gsm8k", "agentverse-mgsm"), "math"),
    **dict.fromkeys(("mbpp", "human_eval"), "code"),
    "agentverse-logicgrid": "reasoning",
}
# Seed tasks of Self-Instruct whose kind is beyond doubt, by number; the others are left out.
SEEDS = {
    **dict.fromkeys((101, 117), "translation"),
    **dict.fromkeys((28, 31, 37, 41, 50, 69, 72, 138, 139, 140, 141), "code"),
    **dict.fromkeys((22, 25, 35, 45, 83, 109, 110, 136, 144), "math"),
    **dict.fromkeys((1, 15, 155), "reasoning"),
    **dict.fromkeys(
        (0, 7, 16, 19, 32, 48, 60, 82, 88, 95, 102, 103, 107, 111, 118, 127, 131, 133, 142, 143), "question"),
    **dict.fromkeys((8, 20, 29, 47, 55, 57, 59, 63, 74, 76, 84, 89, 93, 100, 112, 119, 123, 124, 129, 18), "creative"),
    **dict.fromkeys((62, 64, 137), "summarization"),
    **dict.fromkeys((39, 85), "extraction"),
    **dict.fromkeys((97, 98, 126), "rewriting"),
    **dict.fromkeys((150, 151, 152, 154, 156, 157, 158, 159, 165, 166, 168, 169, 171, 172), "classification"),
    27: "chit_chat",
}
BFCL = ("live_multiple", "live_simple", "live_parallel", "live_parallel_multiple", "multi_turn_base",
        "simple_java", "simple_javascript")
SNIPS = ("AddToPlaylist", "BookRestaurant", "GetWeather", "PlayMusic", "RateBook", "SearchCreativeWork",
         "SearchScreeningEvent")


def rows(path: Path) -> list[dict]:
    """The records of a JSON-lines file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def with_input(instruction: str, text: str, rng: Random) -> str:
    """An instruction and what it is about, in one of several layouts."""
    if not text.strip():
        return instruction
    first, last = rng.choice(FRAMES[:6])
    return (first if rng.random() < 0.7 else last).replace("{a}", instruction, 1).replace("{b}", text, 1)


def real_examples(data: Path, split: str, rng: Random) -> list[tuple[str, str]]:
    """Prompts of public corpora whose source tells the kind. Rows of official test files are test, or nothing."""
    found: dict[str, str] = {}

    def put(text: str, task: str, official: str = "", limit: int = 4000) -> None:
        text = text.strip()
        if text and len(text) <= limit and (official or split_of(text)) == split:
            found.setdefault(text, task)

    held_out = {row["question"].strip() for row in rows(data / "gsm8k/test.jsonl")}
    for row in rows(data / "gsm8k/train.jsonl"):
        put(row["question"], "math")
    for question in sorted(held_out):
        put(question, "math", "test")
    with gzip.open(data / "humaneval/HumanEval.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            put(json.loads(line)["prompt"], "code")
    for name, task in BBH.items():
        for row in json.loads((data / f"bbh/bbh/{name}.json").read_text(encoding="utf-8"))["examples"]:
            put(row["input"], task)
    with open(data / "truthfulqa/TruthfulQA.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            put(row["Question"], "question")
    queries = data / "llmrouter_uiuc/example_data/query_data"
    for name, official in (("train", ""), ("test", "test")):
        for row in rows(queries / f"default_query_{name}.jsonl"):
            task = ROUTER.get(row["task_name"])
            if task and (row["query"].strip() not in held_out or split == "test"):
                put(row["query"], task, official)
    for path in sorted((data / "routellm_evals/mmlu/responses").glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if not re.search(r"math|formal_logic|logical_fall|moral_scenarios", path.stem):
                    put(row["prompt"], "question", limit=1500)
    for number, row in enumerate(rows(data / "self_instruct/data/seed_tasks.jsonl")):
        if number in SEEDS:
            put(with_input(row["instruction"], row["instances"][0]["input"], Random(number)), SEEDS[number])
    for name in BFCL:
        for row in rows(data / f"bfcl_v4/BFCL_v4_{name}.json"):
            turn = next((turn for turn in row["question"][0] if turn["role"] == "user"), None)
            if turn:
                put(turn["content"], "tool_use", limit=1500)
    for name in ("Airline", "Retail"):
        for row in rows(data / f"tau_bench/few_shot_data/Mock{name}DomainEnv-few_shot.jsonl"):
            put(row["messages_display"].split("\nassistant:")[0].removeprefix("user:"), "tool_use", limit=1500)
    for name in SNIPS:
        for kind, official in (("train", ""), ("validate", "test")):
            path = data / f"snips/{name}/{kind}_{name}{'_full' if kind == 'train' else ''}.json"
            raw = path.read_bytes()
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                text = raw.decode("latin-1")
            for row in json.loads(text)[name]:
                put("".join(part["text"] for part in row["data"]), "tool_use", official)
    return list(found.items())


def task_examples(data: Path, split: str, rng: Random, own: int | None = None) -> list[tuple[str, str]]:
    """Prompts with their kind: those of others, and `own` composed ones of every kind. The caller balances."""
    count = own if own is not None else 3000 if split == "train" else 300
    found = dict(real_examples(Path(data), split, rng))
    for task in TASKS:
        for text, label in own_examples(task, split, rng, count):
            found.setdefault(text, label)
    out = list(found.items())
    rng.shuffle(out)
    return out


# ---------------------------------------------------------------- a test from sources never trained on

# Kinds of user-oriented instructions of Self-Instruct, read one by one, by line number from 0; doubtful ones left out.
USER_ORIENTED = {
    **dict.fromkeys((0, 2, 6, 99, 156, 161, 187, 188, 193, 220, 236, 240, 246), "rewriting"),
    **dict.fromkeys(
        (1, 91, 158, 163, 164, 165, 166, 183, 184, 194, 197, 225, 232, 234, 235, 238, 243, 244), "classification"),
    **dict.fromkeys((
        5, 7, 8, 9, 24, 25, 29, 32, 33, 49, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 65, 66, 67, 68, 72, 73, 74, 75, 79,
        167, 186, 201, 204, 206, 207, 211, 218, 219, 223, 230, 249), "creative"),
    **dict.fromkeys((12, 13, 14, 38, 39, 40, 93, 96, 190, 195, 205, 210, 226, 227, 231, 242), "code"),
    **dict.fromkeys((
        17, 27, 42, 70, 71, 77, 85, 88, 108, 113, 115, 118, 131, 170, 171, 176, 192, 200, 229, 239, 251), "question"),
    **dict.fromkeys((19, 140, 141, 142, 143, 144, 149), "math"),
    **dict.fromkeys((28, 80, 157, 162, 179, 212, 247), "extraction"),
    **dict.fromkeys((98, 159, 160, 181, 202), "summarization"),
    **dict.fromkeys((134, 173), "reasoning"),
    100: "translation",
}
MT_BENCH = {"writing": "creative", "reasoning": "reasoning", "math": "math", "coding": "code",
            "extraction": "extraction", "stem": "question", "humanities": "question"}
MT_BENCH_OWN = {90: "rewriting", 131: "classification", 132: "classification", 136: "", 138: "", 147: "", 148: "",
                154: "", 155: "", 160: ""}
VICUNA = {"generic": "question", "knowledge": "question", "common-sense": "question", "coding": "code", "math": "math"}


def task_test(data: Path) -> list[tuple[str, str]]:
    """Whole prompts with their kind from MT-Bench, Vicuna-Bench and the user-oriented instructions of Self-Instruct."""
    data = Path(data)
    out: dict[str, str] = {}
    for row in rows(data / "mt_bench/mt_bench/question.jsonl"):
        task = MT_BENCH_OWN.get(row["question_id"], MT_BENCH.get(row["category"], ""))
        if task:
            out.setdefault(row["turns"][0].strip(), task)
    for row in rows(data / "mt_bench/vicuna_bench/question.jsonl"):
        if row["category"] in VICUNA:
            out.setdefault(row["turns"][0].strip(), VICUNA[row["category"]])
    for number, row in enumerate(rows(data / "self_instruct/human_eval/user_oriented_instructions.jsonl")):
        if number in USER_ORIENTED:
            text = row["instances"][0]["input"].strip()
            out.setdefault((row["instruction"].strip() + ("\n\n" + text if text else "")), USER_ORIENTED[number])
    return list(out.items())


# ---------------------------------------------------------------- which models answered right

ROUTER_MODELS = (
    "mistral-7b-instruct-v0.3", "qwen2.5-7b-instruct", "codegemma-7b", "llama3-chatqa-1.5-8b", "llama-3.1-8b-instruct",
    "gemma-2-9b-it", "llama-3.3-nemotron-super-49b-v1", "llama-3.1-nemotron-51b-instruct", "llama3-chatqa-1.5-70b",
)
ROUTELLM_MODELS = {"mistralai/Mixtral-8x7B-Instruct-v0.1": "mixtral-8x7b-instruct", "gpt-4-1106-preview": "gpt-4"}
GAIN_MODELS = (*ROUTER_MODELS, *ROUTELLM_MODELS.values())


def contaminated(data: Path) -> set[str]:
    """Evaluation prompts that RouteLLM found in its own training data, as their opening words."""
    found = set()
    for kind in ("mmlu", "gsm8k"):
        for row in rows(data / f"routellm_evals/{kind}/contaminated_prompts.jsonl"):
            for key in ("eval_prompt", "prompt"):
                if row.get(key):
                    found.add(row[key].strip())
    return found


def gain_examples(data: Path, split: str) -> list[tuple[str, dict[str, float]]]:
    """Prompts with the score (0 to 1) of each model that was asked. A model that is absent was not asked.

    The split goes by the prompt's text, so a prompt never has outcomes on two sides; the given test file is test only.
    """
    data = Path(data)
    out: dict[str, dict[str, float]] = {}
    queries = data / "llmrouter_uiuc/example_data/query_data"
    hard = {
        row["query"].strip() for name in ("train", "test") for row in rows(queries / f"default_query_{name}.jsonl")
        if row["task_name"] == "gpqa"
    }
    sides = {name: json.loads((data / f"llmrouter_uiuc/dcrouter_preprocessed/{name}.json").read_text(encoding="utf-8"))
             for name in ("train", "test")}
    official = {row["question"].strip() for row in sides["test"]}
    for name, given in sides.items():
        for row in given:
            text = row["question"].strip()
            side = "test" if text in official else split_of(text)
            if text not in hard and side == split:
                out.setdefault(text, {}).update({model: float(row["scores"][model]) for model in ROUTER_MODELS
                                                 if model in row["scores"]})
    skip = contaminated(data)
    paths = [*sorted((data / "routellm_evals/mmlu/responses").glob("*.csv")),
             data / "routellm_evals/gsm8k/gsm8k_responses.csv"]
    for path in paths:
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                text = row["prompt"].strip()
                side = "test" if text in official else split_of(text)
                if text not in skip and side == split:
                    out.setdefault(text, {}).update({name: float(row[column] == "True")
                                                     for column, name in ROUTELLM_MODELS.items()})
    return list(out.items())

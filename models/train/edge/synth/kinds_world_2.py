"""English texts in the manner of newswire, encyclopedias, posts, reviews, office mail and pasted addresses.

`<say>` stands for one of the phrases of that name; slots beyond those of `Values` are in `kinds_world.World`.
"""

from __future__ import annotations

from .kinds_prose_2 import templates

PHRASES = {
    "say": ("said", "said on [Monday|Tuesday|Thursday]", "told reporters", "said in a statement", "added",
            "told {agency}", "said late on [Friday|Wednesday]", "said by telephone", "told a news conference",
            "wrote", "conceded"),
    "office": ("Prime Minister", "President", "Foreign Minister", "Finance Minister", "Interior Minister",
               "Chancellor", "Vice President", "Governor", "Mayor", "Senator", "Sen.", "Rep.", "Gov.", "Lt. Col.",
               "Gen.", "Judge", "Justice", "Attorney General", "Defence Minister", "Secretary of State",
               "Archbishop", "Sheriff", "King", "Queen", "Prince", "Ambassador", "opposition leader", "party leader",
               "former president", "Speaker", "peace envoy", "Chief Justice", "Capt.", "Maj.", "Sgt.", "Officer",
               "Deputy Premier", "Commissioner"),
    "boss": ("chief executive", "chairman", "head coach", "manager", "spokeswoman", "spokesman", "chief economist",
             "founder", "managing director", "director", "general secretary", "club captain", "analyst", "lawyer",
             "treasurer", "board member", "co-owner", "trainer", "press officer", "senior researcher", "chief scout"),
    "nat": ("German", "French", "Italian", "Spanish", "Dutch", "Swiss", "Polish", "Russian", "Chinese", "Japanese",
            "Indian", "American", "British", "Irish", "Scottish", "Welsh", "Swedish", "Danish", "Norwegian",
            "Finnish", "Turkish", "Israeli", "Iraqi", "Egyptian", "Kenyan", "Nigerian", "Brazilian", "Argentine",
            "Mexican", "Canadian", "Australian", "Korean", "Pakistani", "Czech", "Croatian", "Romanian", "Ukrainian",
            "Greek"),
    "score": ("0-0", "1-0", "1-1", "2-0", "2-1", "2-2", "3-0", "3-1", "3-2", "4-1", "0-2", "1-3", "5-0", "1-2"),
    "set": ("6-3", "6-4", "7-5", "7-6 (7-4)", "6-1", "6-2", "4-6", "3-6", "7-6", "6-0", "2-6"),
    "n": ("2", "3", "4", "5", "6", "7", "8", "9", "11", "14", "17", "20", "23", "31", "45", "58"),
    "big": ("74", "88", "91", "96", "102", "107", "112", "119", "78", "84"),
    "part": ("north", "south", "east", "west", "northwest", "south-east", "centre", "southern part", "northern tip",
             "interior", "far west", "heart"),
    "toward": ("north", "south", "east", "west", "northeast", "southwest", "north-west", "south-east"),
    "century": ("12th", "13th", "14th", "15th", "16th", "17th", "18th", "19th", "early 20th", "late 19th"),
    "lol": ("lol", "lmao", "smh", "haha", "omg", "ugh", "fr", "ngl", "tbh", "😂", "😂😂", "🔥", "❤️", "🙏", "😭", "xD",
            ":)", "<3", "wtf", "rofl", "😩", "yesss", "noooo", "aww", "💀", "jajaja"),
    "tag": ("#blessed", "#MondayMood", "#tbt", "#TeamFollowBack", "#NowPlaying", "#ff", "#FridayFeeling", "#fail",
            "#win", "#throwback", "#SundayFunday", "#np", "#shamelessplug", "#bored", "#Winning", "#GameDay",
            "#matchday", "#potd", "#nofilter", "#amwriting", "#deals", "#jobs", "#hiring", "#DidYouKnow", "#yolo"),
    "feel": ("so excited", "sooo tired", "kinda sad", "bored af", "starving", "over it", "dead inside",
             "happy as hell", "super proud", "not impressed", "shook", "freezing", "gutted", "buzzing", "speechless"),
    "show": ("the season finale", "the new episode", "the red carpet", "the halftime show", "the X-Men movie",
             "Star Wars", "Game of Thrones", "Glee", "Top Gear", "the Oscars", "Big Brother", "Doctor Who",
             "The Bachelor", "Survivor", "American Idol", "the World Cup", "the Super Bowl", "Twilight",
             "Toy Story 3", "The Walking Dead"),
    "praise": ("Highly recommend", "Five stars", "Can't say enough good things", "Very professional",
               "Worth every penny", "Best in town", "Hands down the best", "Would go back in a heartbeat",
               "Great experience", "Top notch"),
    "gripe": ("Avoid at all costs", "Never again", "Rip off", "Terrible service", "Very rude", "Waste of money",
              "Run away", "Total disappointment", "Buyer beware", "I want my money back", "Worst experience ever"),
    "sign": ("Thanks,¶{5:first}", "Regards,¶{5:first}", "{5:first}", "-{5:first}", "Best,¶{5:first_last}",
             "Thanks¶{5:first}", "Cheers,¶{5:first}", "{5:initials}", "Rgds, {5:first}",
             "Many thanks,¶¶{5:first_last}¶{org}¶{5:phone}",
             "{5:first_last}¶{job_title}¶{org}¶{5:street}¶{5:city}¶Tel {5:phone}", "Talk soon,¶{5:first}",
             "xx {5:first}", "{5:first} {5:last}", "tx, {5:first}", "Sincerely,¶¶{5:first_last}",
             "- {5:first} {5:last}"),
}
PHRASES = {name: tuple(text.replace("¶", "\n") for text in texts) for name, texts in PHRASES.items()}

ENGLISH: dict[str, list[str]] = {}

ENGLISH["wire"] = templates("""
{dateline} ({agency}) - <office> {name} <say> [talks with|an agreement with|a visit to] {country} would go ahead as
 planned.
{dateline} ({agency}) -- [At least|More than|About] {number} people were [killed|injured|evacuated] when a
 [bus|ferry|train] [overturned|caught fire|left the road] near {other_city}, <nat> officials said.
{dateline}, [Nov.|Sept.|Jan.|March] [3|12|27] ({agency}) - {org} reported [higher|lower] third-quarter earnings,
 helped by demand in {location}.
{dateline} - <nat> <boss> {name} [resigned|was dismissed|stepped down] on [Monday|Friday] after a row with the board
 of {org}.
{dateline} [Tue|Thu|Sun] - The {body} [rejected|approved|postponed] a bill that would [ban|tax|limit] plastic bags,
 by {number} votes to <n>.
{dateline} ({agency}) - {name}, the <boss> of {org}, has died at his home in {city}. He was {age}.
{name}, <boss> of {org}, and {2:name}, <boss> of {org}, met in {location} to settle the [dispute|strike|lawsuit].
Sen. {last}, R-{state}, and Rep. {2:last}, D-{2:state}, sponsored the [bill|measure|amendment].
"We have nothing to hide," {last} <say>. "{2:last} knows it."
{name}, {age}, a [farmer|mechanic|teacher|retired miner] from {city}, {country}, <say> he heard two shots.
{name} of {org} said the [rise|fall|delay] was no surprise.
The <nat> [dollar|government|army|embassy|central bank] declined to comment.
Police in {city} [arrested|questioned|released] {name}, {age}, of {street}, in connection with the
 [robbery|fire|fraud].
[Troops|Rescue teams|Investigators] reached {location} [late on Sunday|before dawn|after two days], <nat> radio
 reported.
<office> {name} will [travel to|visit|leave] {country} on [Monday|Thursday] for talks with <office> {2:name}.
<nat> <office> {last} and his <nat> counterpart {2:last} signed the treaty in {location}.
{org}, {org} and {org} all [closed|ended|finished] lower; {org} gained {percent}.
The {body} in {city} sentenced {name}, {age}, to {number} months in prison for [tax evasion|bribery|forgery].
{name}, who ran the {city} office of {org} until {year}, called the report "[nonsense|a disgrace|half the truth]".
{org} said it would [buy|sell|spin off] its {location} unit to {org} for {amount}.
In {location}, shops stayed closed as [strikers|farmers|students] marched from {location} to {feature}.
A [quake|storm|flood] hit the {location} region, <n> km <toward> of {other_city}, the {body} said.
[Ruling|Opposition] lawmaker {name} told {agency} the [vote|budget|coalition] was in doubt.
{name} ({org}) was elected speaker with {number} votes, {2:name} ({org}) got <n>.
Aid workers from {org} were [freed|kidnapped|missing] in {country}, {org} said in {city}.
{country} and {2:country} [broke off|restored|downgraded] diplomatic ties in {year}.
Wheat, corn and soybeans closed mixed. Traders said rain was likely in the west.
The jury retired at noon. No verdict was expected before Thursday.
A spokeswoman for {org} in {city} confirmed that {name} had left the company.
<office> {name}, his wife {2:first} and their [two sons|daughters], {3:first} and {4:first}, flew to {location} on
 Saturday.
Hospital officials said {name}, {age}, and {2:name}, {2:age}, were in stable condition.
{name}, the {org} <boss>, <say>: "[Prices|Rates|Margins] will rise."
{dateline} - Snow and ice closed [roads|schools|airports] across {location} and {location}; {location} reported <n>
 inches.
Shares in {org} (up {percent}) led gainers, followed by {org} and {org}.
A court in {location} [heard|was told] that {last} had paid {2:last} {amount} in cash.
The [mayor|bishop|police chief] of {other_city}, {name}, thanked volunteers from {location}, {location} and
 {location}.
The ceasefire between {country} and rebels in {location} held for a [second|third] day, monitors from the {body} said.
{first_last} was born in {city}, raised in {other_city} and works for {org}, [court papers|her lawyer|the indictment]
 said.
An Airbus A320 operated by {org} made an emergency landing in {location} after leaving {other_city}.
The band {band} cancelled concerts in {other_city} and {location} after singer {name} fell ill.
Funeral services for {name}, {age}, will be held at {time} [Saturday|Wednesday] at {org}, {street}, {city}.
{name}, longtime resident of {city}, passed away peacefully. Survived by sons {2:first} ({3:first}) of {other_city},
 {4:first} of {location}, and sister {5:name}.
Obituary: {name}, {age}, [poet|surveyor|bandleader], who [taught|played|worked] in {location} for {duration}.
The strike at {org}'s plant in {location} enters its third week.
Traders in {other_city} and {location} shrugged off the news, said {name}, a dealer at {org}.
{location}'s foreign ministry summoned the <nat> ambassador, {name}.
Weather: {location} 12/4 cloudy, {location} 18/9 rain, {location} 21/14 sunny, {location} -3/-11 snow.
Mostly cloudy with showers spreading <toward>. Highs 48 to 54. Winds <toward> 10 to 20 mph.
An {org} poll showed {last} with {percent}, {2:last} with {percent} and {3:last} far behind.
""")

ENGLISH["wire_more"] = templates("""
{last} <say> the [plan|deal|decision] was "[a first step|long overdue|madness]".
{last}, {age}, denies [any wrongdoing|the charges|having met {2:last}].
"I will not resign," {last} <say>.
{2:name}, <boss> of {org}, disagreed.
A lawyer for {last} did not return calls.
{last} and {2:last} last met in {location} in {year}.
[The agency|The ministry|The company] gave no further details.
Analysts at {org} expect {percent} growth next year.
The two men had shared a flat in {other_city}.
{2:last}, a former <boss> of {org}, now lives in {2:city}.
{last}'s [party|brother|successor], {2:name}, could not be reached.
[Neighbours|Colleagues|Witnesses] described {last} as [quiet|generous|stubborn].
It was the [second|third] such incident in {location} this year.
The {body} is due to debate the issue on [Tuesday|Wednesday].
Prices have [doubled|fallen by a third|barely moved] since the spring.
{initial_last}, {initial_last} and {2:initial_last} contributed to this report.
{agency} could not independently verify the account.
Both {last} and {2:last} were [born|educated|raised] in {other_city}.
{country} has [denied|confirmed|ignored] the claim.
{last} (pictured) joined {org} in {year} from {org}.
Asked whether {2:last} would follow, {last} laughed.
Nobody was hurt.
Under the new rules, [farmers|drivers|landlords] must register by the end of March.
In {location}, <n> miles <toward>, the mood was different.
{org}'s {name} said demand in {country} was "[soft|robust|fading]".
""")

ENGLISH["headline"] = templates("""
{last} [quits|joins|sues|leaves|slams] {org}
{org} to cut {number} jobs in {location}
{country}, {2:country} sign [trade|border|gas] deal
{last}: "[No|Not yet|Never again]"
{country}'s {last} [hits back at|meets|snubs] {2:last}
[Man|Woman|Boy], {age}, found dead in {city} flat
{other_city} braces for [snow|floods|transit strike]
[Quake|Flood|Fire] kills {number} in {location}
{org} Q3 net up {percent}
{org} shares fall on weak {location} sales
{last} beats {2:last} in {other_city} thriller
[Soccer|Cricket|Tennis|Rugby|Golf]-{club} [beat|hold|thrash] {club} <score>
Basketball-{club} <big>, {club} <big>
{name} [dies|dead] at {age}
Who is {name}?
Five things to know about {country}
{city} [council|mayor|police] [backs|blocks|probes] {org} plan
{last}, {2:last} [split|to wed|clash|neck and neck] in {state}
Exclusive: {org} in talks to buy {org} -sources
UPDATE 1-{org} names {last} CEO
[Rebels|Troops|Protesters] enter {location}
{agency} poll: {last} leads {2:last} by <n>
Why [bread|rent|sleep|silence] is getting expensive
[Ten|Seven] ways to save on heating this winter
Scientists find water where nobody looked
Cheap shoes, dear repairs: what your cobbler knows
Storm Warning for {location}, {location} and {location}
{location} Teacher {name} Wins National Prize
Remembering {name}, {city}'s [Last|First|Favourite] [Blacksmith|Bus Driver|Baker]
Letter From {location}: The Winter Nobody Wanted
From {other_city} to {location} by Bicycle
Opinion: The Road Is Not the Problem
New Rules for Old Boilers: What Changes in March
FOCUS-{country}'s farmers fear a dry summer
{club} sign {name} from {club} for {amount}
Ex-{org} boss {last} jailed in {country}
{country} 2, {2:country} 1 (half-time 0-1)
Live: {other_city} votes
Market Report: Gold Up, Oil Down, Copper Flat
PRESS DIGEST - {country} - [Jan 4|Feb 19|Aug 23]
{body} Passes Budget, {last} Vows Veto
{org}, {org} Settle Patent Suit
What {last} Told the {body}
{city} Woman Reunited With Dog After {duration}
""")

ENGLISH["sport"] = templates("""
{last} [scored|struck|headed home] in the <n>th minute to give {club} a <score> win over {club}.
{club} [beat|drew with|lost to] {club} <score> [at home|away|in {other_city}] on Saturday.
{name} ({country}) beat {2:name} ({2:country}) <set> <set>
<n>-{last} ({country}) bt {2:last} ({2:country}) <set> <set> <set>
{name} of {country} won the [men's|women's] [400 metres|downhill|javelin|1,500m] ahead of {2:name} and {3:name}.
{last} took [four|five|six] wickets for <n> as {club} were bowled out for {number}.
{club} [striker|goalkeeper|winger|captain] {name} is [doubtful|out|suspended] for Sunday's trip to {club}.
At {location}: {club} {number} ({last} 74, {2:last} 51; {3:last} 4-38) v {club} 211 for 6.
{last} hit a two-run homer and {2:last} struck out eight as {club} beat {club} <score>.
{club} coach {name} praised {2:first} {2:last}, who had <n> rebounds.
<nat> [teenager|veteran|qualifier] {name} upset <n>th seed {2:name} in {other_city}.
{club} have signed <nat> midfielder {name} on loan from {club}.
Scorers: {last} (12, 44 pen), {2:last} (67) for {club}; {3:last} (80) for {club}
In {other_city}, {club} swept {club} in a doubleheader.
{name} rode {product} to victory at {location}.
Pole position: {last} ({org}), 1:21.334; second {2:last} ({org}), third {3:last} ({org})
{club}: {last}; {2:last}, {3:last}, {4:last}; {5:last} ({6:last} 61)
The referee, {name} of {country}, showed <n> yellow cards.
[Defending champion|Top seed|Home favourite] {last} crashed out to {2:last}, ranked 114th.
At {location}, {name} shot a 67 to lead {2:name} and {3:name} by two strokes.
{country} will face {2:country} in the semi-final in {other_city}.
{last} and {2:last} fought to a draw at {location}.
{last} played {2:first} {2:last} onto the ball, and {club} were level.
""")

ENGLISH["sport_more"] = templates("""
{last} had missed [three|four] weeks with a knee injury.
"We were poor," {last} said. "{2:last} saved us."
The home side never recovered.
{club} stay [top|bottom|third] with <n> points.
{2:last} replaced {3:last} at half-time.
A crowd of {number} saw {last} [limp off|sent off|score twice].
{last}, who joined from {club} in {year}, was booed.
Next up: {club} away.
Rain stopped play twice.
Injuries: {last} (hamstring), {2:last} (ankle), {3:last} (flu)
""")

ENGLISH["table"] = templates("""
{club} <score> {club}
{club} <score> {club} (half-time 1-0)
{club} 2 {club} 2
{club} 1, {club} 0, {club} 3, {club} 3
{last} 6-3 6-4 def. {2:last}
1. {name} ({country}) 2:07.11¶2. {2:name} ({2:country}) 2:07.49¶3. {3:name} ({3:country}) 2:08.02
1. {first_last}, {country}, {org}, 4 hours 11 minutes¶2. {2:first_last}, {2:country}, same time¶3. {3:initial_last}
{club}  14  9  3  2  31  12  30¶{club}  14  8  4  2  25  14  28¶{club}  14  7  2  5  20  19  23
W L PCT GB¶{club} 81 53 .604 -¶{club} 77 57 .575 4¶{club} 60 74 .448 21
{club} at {club}, {time}¶{club} at {club}, {time}
NEW YEAR TOURNAMENT RESULTS
Results of [second|third] round matches [on Sunday|in {location}]:
[Standings|Tables|Fixtures] (played, won, drawn, lost, points):
{last} b {2:last} 12¶{3:last} c & b {4:last} 40¶{5:last} not out 7
Fall of wickets: 1-21 2-64 3-65 4-120. Extras: 14
[Men's|Women's] singles: {name} ({country}) beat {2:name} ({2:country}) <set> <set>
{org} {amount} +{percent}¶{org} {amount} -{percent}¶{org} unch
{country} {number}¶{2:country} {number}¶{3:country} {number}
{location} {number}, {location} {number}, {location} {number}
Attendance: {number}¶Referee: {name}¶Goals: {last} 14, {2:last} 88
{club}: {last}, {2:last}, {3:last}, {4:last}¶{club}: {5:last}, {6:last}, {7:last}, {8:last}
{last} 1-0 {2:last}¶{3:last} 0.5-0.5 {4:last}
Name | Team | Points¶{name} | {club} | 41¶{2:name} | {club} | 38
Candidate  Party  Votes  %¶{name}  {org}  12,410  41.2¶{2:name}  {org}  11,007  36.6¶{3:name}  Independent  3,551
 11.8
City  High  Low¶{other_city}  71  55¶{other_city}  64  50¶{other_city}  88  73
BID ASK HIGH LOW CLOSE¶{org} 14.20 14.25 14.90 14.05 14.21
""")

ENGLISH["listing"] = templates("""
{location}, {location}, {location} and {location}
{name}, {2:name}, {3:name}, {4:name}
{last}, {2:last}, {3:last} and {4:last} all agreed.
Offices in {other_city}, {other_city}, {location} & {other_city}.
[Delegates|Teams|Students] from {country}, {2:country}, {3:country} and {4:country} attended.
[Cast|With|Starring]: {name}, {2:name}, {3:name}
[Directed|Written|Produced] by {name}; [music|camera|sets] {2:name}; [editing|costumes] {3:name}.
[Speakers|Guests|Panel]: {name} ({org}), {2:name} ({org}), {3:name} ({org})
[Winners|Shortlist|Nominees]: {name} ({city}); {2:name} ({2:city}); {3:name} ({3:city}).
Absent: {initial_last}, {2:initial_last}, {3:initial_last}
Tour dates: 3/4 {other_city}; 5/4 {other_city}; 9/4 {location}; 11/4 {location}
Stops: {other_city} - {other_city} - {other_city} - {location}
We ship to {country}, {2:country}, {3:country}, and parts of {location}.
{first}, {2:first}, {3:first}, {4:first}, {5:first} (and the dog)
Members: {org}, {org}, {org}, {org}
Photos by {name}, {2:name} and {initial_last}
Born today: {name} ({age}), {2:name} ({2:age}), {3:name} ({3:age}).
Flights to {other_city}, {other_city}, {other_city} were cancelled.
Copper, tin, zinc, lead; oats, barley, rye; cod, herring, sprat.
Monday: Soup. Tuesday: Stew. Wednesday: Leftovers. Thursday: Fish. Friday: Ask Again.
{name} - guitar, vocals¶{2:name} - bass¶{3:name} - drums
[Thanks to|Dedicated to|With love from] {first}, {2:first}, {3:first} and everybody at {org}
{location}: {name}. {location}: {2:name}. {location}: {3:name}.
""")

ENGLISH["caption"] = templates("""
{name} [leaves|arrives at|waves outside] the court in {other_city}. Photo: {2:name}/{agency}
<office> {last}, left, and {2:last} [shake hands|share a joke] in {location}, [Monday|Tuesday].
[Children|Workers|Tourists] [cross|watch|clean] a [bridge|square|canal] in {location}. ({agency}/{initial_last})
From left: {name}, {2:name}, {3:first_last} and {4:name}.
{last} [celebrates|reacts] after scoring against {club} at {location}.
[Above|Below|Right]: {name} at home in {city}
FILE - {name} [speaks|listens] at the {body} in {location}.
The [old mill|town hall|lighthouse] at {other_city}, [c. 1910|before the fire|today]
[Sunset|Fog|First snow] over {feature}, {location}
{name} with [her|his] [daughter|son|dog] {2:first}. Picture: {initial_last}
{last} ({org}) and {2:last} ({org}) on the podium in {other_city}
A worker checks tyres. Stock photo.
(L-R) {name}, {2:name}, {3:name}
Image courtesy of {org}
""")

ENGLISH["land"] = templates("""
{feature} is a [river|tributary|stream] in the <part> of {country}. It rises near {other_city} and flows <toward>
 into {feature}.
{feature} is a [mountain|peak|volcano] in {location}, {number} metres high, first climbed in {year} by {name} and
 {2:name}.
{other_city} is a [town|village|municipality] in {feature}, {state}, {country}, about {number} km <toward> of
 {location}.
{feature} is an [island|islet|atoll] off the coast of {country}, administered from {other_city}.
{other_city} lies on the [left|right|eastern] bank of {feature}, between {other_city} and {other_city}.
{feature} is a [district|parish|suburb|township] of {city}; its population was {number} in {year}.
The district borders {location} to the north, {location} to the east, and {feature} to the south.
The [railway|canal|tram] line from {other_city} to {other_city} via {location} opened in {year} and closed in {year}.
{feature} was designed by {name} and built by {org} between {year} and {year}.
The [church|castle|mill] at {other_city} dates from the <century> century; the tower was added by {name}.
{feature}, also known locally as {feature}, drains an area of {number} sq mi.
{org} is a private [college|museum|hospital|airline] [in|based in] {city}, {country}, founded in {year} by {name}.
[Located|Situated] in the <part> of {country}, {other_city} is known for its [cheese|salt mines|lace|carnival].
The climate is temperate, with warm summers and long, wet winters.
Neighbouring communes: {other_city}, {other_city}, {other_city}, {other_city}.
Twin towns: {other_city} ({country}), {other_city} ({2:country}), {other_city} ({3:country})
The [Old|Lower|Great] Bridge links {feature} with {feature}.
Notable residents include {name} ([painter|chess player]), {2:name} ([physicist|cyclist]) and {3:name}.
{location} is home to {org} and, since {year}, to {org}.
{feature} may refer to: {feature}, a [lake|creek] in {state}; {feature}, a village in {country}.
The beetle was described by {last} in {year} and is found in {country} and {2:country}.
Quercus velana is a species of oak found on dry slopes; leaves are lobed, acorns small.
Carex and Salix dominate the wet meadows; Vaccinium grows on the drier ground.
The species (family Noctuidae) occurs in {location}, {location} and <toward> {country}.
Rattus pallidus, the pale rat, weighs up to {number} g and feeds on seeds.
A Type 4 station with two side platforms; trains to {other_city} every {duration}.
{other_city} (pop. {number}), the [seat|capital] of {feature}, {state}.
In {year} the {body} split the province into {location} and {location}.
""")

ENGLISH["land_more"] = templates("""
The nearest towns are {other_city} (<n> km) and {other_city} (<n> km).
It was named after {name}, [a surveyor|a missionary|the first settler].
The road continues <toward> to {location}.
In {year} it was bought by {org}.
Its area is {number} km².
[Fishing|Farming|Quarrying] was once the main trade.
Floods destroyed much of it in {year}.
{name} owned the land until {year}, when {2:name} inherited it.
It lies entirely within {feature}.
Since {year} it has been part of {location}.
The name means [white water|old ford|place of reeds] in the local language.
The building was restored by {org} and is now a listed monument.
A second line, to {other_city}, was planned but never built.
""")

ENGLISH["life"] = templates("""
{name} (born {dob} in {city}, {country}) is a <nat> [footballer|novelist|politician|soprano|engineer|wrestler].
{name} ({year} - {year}) was a <nat> [botanist|painter|general|bishop|architect|chess master].
{name}, [better known as|known professionally as|born] {2:name}, is a <nat> [rapper|actress|DJ|comedian].
Born in {city}, {country}, to {2:name} and {3:name}, {last} [studied law|trained as a smith|went to sea].
{last} [served|sat] as <office> of {location} from {year} to {year}.
{name} played [as a defender|in goal|on the wing] for {club}, {club} and {club}.
{band} is a <nat> [rock|folk|metal|pop] band from {city}, formed in {year} by {name}, {2:name} and {3:name}.
{band}'s [second|debut|fourth] album, Paper Weather, was produced by {name} and released by {org}.
{name} married {2:name}, daughter of {3:name}, in {year}.
{ruler} [succeeded|deposed|crowned] {ruler} in {year}.
{name} wrote The Salt Road, a novel set in {location} and {other_city}.
The film stars {name} as a [smuggler|nun|lighthouse keeper] and {2:name} as [her|his] [brother|rival].
In {year}, {last} joined {org} as a lecturer; {last}'s pupils included {2:name} and {3:name}.
{name} ran for the {body} in {year} but lost to {2:name} of the {org}.
{first} is a given name of [Greek|Latin|Slavic|Germanic] origin.
People with the surname {last} include: {name}; {initial_last} ([rower|judge]).
{name} was an early member of {org}, alongside {2:name} of {band}.
{last}, {2:last} and {3:last} won the relay at the {year} Winter Games in {other_city}.
Her voice was compared to that of {name}; she sang in {other_city}, {other_city} and {location}.
The character was voiced by {name} and later by {2:name}.
According to {last} ({year}) and {2:last} & {3:last} ({year}), the text is later.
The single reached number <n> in {country} and number <n> in {2:country}.
""")

ENGLISH["life_more"] = templates("""
{last} died in {location} in {year}.
[He|She] was educated at {org} and at {org}.
{last} had two children, {2:first} and {3:first}.
In {year} {last} moved to {location}, where [he|she] met {4:name}.
The critic {2:name} called it [minor|brilliant|unreadable].
[His|Her] papers are kept at {org}.
{last} retired in {year}.
{last} was buried in {feature}.
Little is known about the later years.
{2:last} replaced {last} on drums in {year}.
[He|She] won the prize twice.
{last}'s brother, {5:name}, was also a [player|painter|judge].
""")

ENGLISH["history"] = templates("""
In {year}, {ruler} [granted|sold|ceded] the town of {other_city} to {ruler}.
The Battle of {other_city} was fought between {ruler} and {ruler} in the <century> century.
After the death of {ruler}, the realm was divided among [his sons|three cousins]: {ruler}, {ruler} and {ruler}.
The dynasty ruled {location} and parts of {location} until {ruler} was overthrown.
The [siege|treaty|fire] of {other_city} ended in {year}.
<nat> troops under {name} crossed {feature} and took {other_city} from {2:name}'s men.
General {last} ordered {2:last} to hold {feature}; {2:last} withdrew to {other_city} instead.
The abbey was founded by {ruler}, bishop of {other_city}, and plundered in {year}.
{org} was nationalised in {year} and merged with {org}.
The first bridge over {feature} was built by {name} in {year}.
Bronze Age graves were found near {other_city}; the finds are now in {org}.
The [mutiny|rising|uprising] spread from {location} to {location} and {location}.
Between {year} and {year}, {number} people left {country} for {2:country}.
King {ruler} married {ruler}, sister of {ruler}.
In the election of {year}, {name} ({org}) won {percent}, {2:name} ({org}) {percent}.
The ship left {other_city} under Captain {last} and sank off {feature}.
Two companies of infantry and a battery of artillery were held in reserve.
The plague reached {other_city} in the spring; half of the guild died.
Mayors of {city}: {name} ({year}), {2:name} ({year}), {3:name} ({year})
{name}, Earl of {other_city}, sided with {ruler} against the {body}.
The Iron Age, the Bronze Age and the Stone Age are names of convenience.
A charter of {year} mentions a mill, a ford and forty households.
During the Second World War the factory made boots; {org} had owned it since {year}.
Pope {ruler} and Emperor {ruler} met at {other_city}.
""")

ENGLISH["post"] = templates("""
@{handle} <lol> miss u
RT @{handle}: {name} is [coming to|live in|back in] {location} [tonight|this Friday|next week]!! <tag>
RT @{handle}: Who's [going to|watching] <show> [tonight|tmrw]? <tag>
[Just posted a photo|I'm] @ {location} {url}
I'm at {org} ({other_city}, {state}) {url}
{first_low} is sooo [cute|fine|annoying] in <show> <lol>
omg {name_low} just [followed|replied to|liked] me <lol>
cant believe {name_low} [died|lost|won] <lol>
[heading to|missing|back from|stuck in] {hood} <lol> <tag>
{city_low} [traffic|weather|girls|pizza] is the [worst|best] <lol>
[goin|going] 2 {city_low} wit {first_low} n {2:first_low} this wknd
{club} [smashed|robbed|finished] again <lol> <tag>
come on {club}!!! [3 pts|need this win|lets goooo]
{last} [out|in|OUT]!! worst [manager|ref|captain] ever @{handle}
what a goal by {last}!!! <score>
{last} to {2:last}... GOOOAL <lol>
{first} & {2:first} are so cute together in <show>
Happy birthday @{handle}!! love u [girl|bro|mama] <lol>
"{org} [opens|closes|launches] new [store|lab|office] in {location}" {url} <tag>
[Listening to|Now playing|Obsessed with] {band} <lol> <tag>
#NowPlaying {band} - Red Kite Summer {url}
Shoutout to @{handle} and @{2:handle} <tag>
{first} pls [text me back|come home|follow me] <lol>
Who else thinks {name} should [win|quit|run for president]? <tag>
[New job|We're hiring]: {job_title} - {other_city}, {state} {url} <tag>
Breaking: {org} [confirms|denies] [merger|outage|layoffs] {url}
My [mom|dad|bestie] {first} is <feel> <lol>
so {first_low} told {2:first_low} and now {3:first_low} wont talk 2 me smh
good morning {city_low} <lol>
goodnight from {location} xx
Thank you {location}!! You were [LOUD|amazing|unreal] tonight
Meet me at {location} {time}, bring {first}
{location} >>> {location}
{country} vs {2:country} [tonight|at 8|in the rain] <tag>
via @{handle}: {body} [votes|delays|stalls] {url}
Me and {first} [at|outside|after] the {band} gig in {city} <lol>
i [need|miss|want] {food} from {org} <lol>
{org} [customer service|app|wifi] is trash. @{handle} fix it
Photo: {location}, [last night|7am|winter] {url}
[Watching|Reading] {name} on {org} rn. <feel>
is {first_low} still mad?? <lol>
ok {last} u win <lol>
dear {first}, [stop|call me|thx 4 the soup]. love, {2:first}
NEED a ride from {hood} to {hood} [fri|sat] anyone??
{hood} stand up!! <tag>
rip {name_low}, [legend|gone 2 soon] 🙏
""")

ENGLISH["chatter"] = templates("""
<feel> <lol>
soooo I JUST spilled tea on my [Phone|Laptop|White Jeans] <lol>
Why Do People Type Like This <lol>
cant sleep. again. <lol>
<tag> <tag> <feel>
OMG THE FINALE. I CANNOT. <lol>
who else is watching <show> rn
new shoes!! <lol> <tag>
im <feel> and its only [monday|tuesday|9am]
Yaaasss Queen <lol> Slay
Ok But Why Is Nobody Talking About This
RT if u love [cheese|naps|your mum] <lol>
Follow Back? Retweet! Giveaway!! <tag>
Fooood is lifeee
Blahhh Monday. Coffee First. Adulting Later.
"We were young, the river ran, and all the lights went out" 🎶
oh baby baby dont you go, the rain is falling on the road 🎶
Sunday = Laundry + Telly + Zero Plans
pls someone explain Bitcoin to me like im 5
Team No Sleep. Team Iced Coffee. <lol>
uhhh Wifi died mid raid <lol>
Boo-ya! Level 60, Epic Mount, Legendary Sword <lol>
Ew. EW. E W.
My Horoscope: Taurus should stay in bed. Taurus agrees.
u r what u eat so i guess im Pizza <lol>
Gr8 Scott its cold <lol>
lil man finally napping. Hallelujah. <tag>
Merry Xmas n Happy New Year y'all <lol>
Thirsty Thursday. Taco Tuesday. Wine Wednesday. Whatever Friday.
pssst. hey. drink water.
Hump Day!! Two more to go <tag>
nah fam that ref is Blind <lol>
Exam tmrw: Chem then Bio then Death <lol>
Y'all ever just Stare at the Fridge
Big Mood. Small Budget. <tag>
[Rain|Snow|Fog] again. Of Course. On a Saturday.
Mom: clean ur room. Me: <lol>
Black Friday deals r a Scam <lol>
Wait What. Since When.
Bro said "trust me" <lol> never trust Bro
[Ctrl Alt Delete|Alt F4|Error 404] my life
ahhh The Nostalgia <lol> #90sKid
""")

ENGLISH["review"] = templates("""
<praise>! {first} [cut|colored|fixed] my [hair|bangs] and [listened|took her time]. Ask for {2:first} if {first} is
 off.
{first} and {2:first} at {org} [are great|run a tight ship|really care]. <praise>.
Dr. {last} and [his staff|her team|{2:first}] [never rush you|kept us waiting {duration}|saved our dog].
We took our [cat|puppy|old lab] {first} to Dr. {2:last} at {org}. <praise>.
Took my car to {org} for [brakes|an oil change|a new clutch]. {first} [was honest|quoted {price}|tried to upsell me].
{org} in {city}: <gripe>. The manager, {first}, [laughed|hung up|would not budge].
<gripe>!! {org} lost my [bag|deposit|order] and nobody cared.
Best [tacos|pizza|pho|curry] in {location}, better than {org} down the street.
Been going to {org} since moving here from {other_city}. {first} behind the bar remembers everyone.
{name} is the [best|worst] [realtor|dentist|plumber|lawyer] in {city}.
If you're in {location}, skip {org} and drive to {other_city} instead.
My [husband|wife|son] {first} and I [stayed|ate|shopped] here in [June|October]. <praise>.
The food was cold, the room smelled, and the bill was wrong. <gripe>.
Great Sandwiches. Friendly Staff. Clean Bathrooms.
{first} [was fantastic|did an amazing job|went above and beyond]!
Thanks {first}!!
Ask for {first}.
Service by {first} was slow but {2:first} [made up for it|apologized|comped dessert].
I highly recommend {name} [for any legal work|as a tutor|to anyone with a leaky roof].
Dr. {last} did my [root canal|knee|crown] and I felt nothing; {first} at the front desk is a sweetheart.
{org} replaced my transmission for {price}. Two weeks later it died on the way to {location}.
The Vet, a Dr. {last}, said our parrot {first} was fine. He was not. <gripe>.
Nice selection, fair prices. Parking is a pain.
Only [place|garage|salon] in {state} I trust.
Beware of {name} at {org}!! Took our money and left [the roof|the fence] half done.
{first} came out to {other_city} on a Sunday. <praise>!!!
Hidden gem off {street}. Get the [lamb|crab rolls|key lime pie].
Not as good as the one in {location} but decent.
Kudos to {first}, {2:first} and the whole crew at {org}.
Our photographer {first} [of|from] {org} was [late|wonderful|drunk].
Rooms: OK. Breakfast: Meh. View: Wow.
5 stars for {first} {last}!
I've had {first} groom my two Shih Tzus for years. <praise>.
Moved from {other_city} to {location}: {org} [broke|lost] three boxes. Driver {first} blamed {2:first}.
""")

ENGLISH["question"] = templates("""
Where can I [buy|find] [good bagels|a used cello|fresh figs] in {location}?
Is {location} safe for a girl travelling alone?
How far is {other_city} from {other_city} by [bus|train]?
What's the best time of year to visit {country}? Is {month} too [hot|wet]?
Who would win, {name} or {2:name}?
Do I need a visa for {country} with a <nat> passport?
Anyone know if {org} hires at 16?
is {name_low} related to {2:name_low}? they look the same
What did {last} mean by "[the long game|free fall]"?
Why did {country} leave the {body}?
My hamster won't eat. Should I worry?
How do I get [from|out of] {hood} without a car?
can i take my cat on a plane 2 {city_low}??
Which is better for kids, {location} or {location}?
I'm moving from {other_city} to {other_city} next spring. What should I know about [rents|schools|winters]?
Answer: try {org} on {street}, ask for {first}.
I think it was {name}, not {2:name}, who [said|sang|wrote] that.
Best answer: No. Boil it first.
What is the tip custom in {country}? I leave 10% in {2:country}.
Does a Betta need a heater? Mine is a Crowntail.
Is my Labrador too fat?
Who is the current <office> of {location}?
How old is {name}? I read {age} somewhere.
How do you pronounce {last}?
What language is spoken in the <part> of {country}?
Can you name all [capitals|rivers] between {location} and {location}?
""")

ENGLISH["travel"] = templates("""
Day <n>: left {other_city} at dawn, [bus|ferry|hitchhiked] to {location}, slept in {other_city}.
We flew into {location}, rented a car and drove <toward> to {feature}.
{first} wanted the beach, {2:first} the museum; we did {feature} instead.
The road from {other_city} to {other_city} climbs past {feature} and {feature}.
Skip {location}. Go to {other_city}. Trust me.
In {other_city} we met {name}, a retired [pilot|baker] from {location}, who drove us to {feature}.
Hostel: {org}, {street}, {price} a night, run by {first} and his mum {2:first}.
Next stop {country}! Then {2:country}, {3:country} and home to {city}.
Pack light, carry coins, learn to say thank you.
Our guide {first} grew up in {feature} and knew every goat.
From {feature} you can see {location} on a clear day.
The night train to {location} was cold, loud and wonderful.
If you have only two days in {other_city}, spend one of them in {feature}.
Sunrise at {feature}, lunch in {other_city}, swim at {feature}.
{location} is overrated. There, I said it.
The border crossing into {country} took {duration}; the guard liked {first}'s hat.
The bus smelled of oranges and diesel, and everybody sang.
""")

ENGLISH["office"] = templates("""
{first},¶¶Attached is the [redline|draft|latest version] with {2:first}'s comments. Please forward to {3:first} at
 {org}.¶¶<sign>
{first} - per {2:first}, we should [hold off|go ahead|wait for legal]. cc {3:first}.¶¶<sign>
{first}/{2:first}:¶Can one of you [call|cover for|brief] {3:first} before the {org} meeting?¶¶{4:first}
{first} -- [any word|an update|news] from {org}?¶<sign>
Please call me at {phone} when you get a chance. {first}
I spoke with {name} ([credit|legal|tax]) about the {org} deal. He needs the papers by Friday.
Per our conversation, {first} will [send|mark up|sign] the {org} agreement and copy {2:first} and {3:first}.
FYI. {first}
Let's [discuss|talk|catch up] tomorrow.¶¶{first}
{first}: OK with me. {2:first}
Sounds good.¶¶{initials}
-----Original Message-----¶From: {last}, {first}¶Sent: Tuesday, March 6, {time}¶To: {2:last}, {2:first}; {3:last},
 {3:first}¶Cc: {4:initial_last}¶Subject: [RE:|FW:] {org}¶¶{2:first}, see below.
---------------------- Forwarded by {first_last}/{org} on {date} ---------------------------
{first_last}@{org}¶{date} {time}¶To: {2:first_last}/{org}, {3:first_last}/{org}¶cc: {4:first_last}¶Subject: Swap docs
To: {first_last}¶cc: {2:first_last}, {3:initials}¶Subject: [Re:|] Thursday lunch
{first} is out until Monday; {2:first} has the file. Ask {3:first} in {other_city}.
I'll be in {location} Tuesday and {location} Wednesday, back in the office Thursday.
{first} and I [met with|had lunch with|visited] {2:first} {2:last} and {3:first} {3:last} of {org}.
Attendees: {first}, {2:first}, {3:first} (by phone), {4:name}. Absent: {5:first}.
Thanks for the note. I agree with {first} on Section 4; {2:last} will not.
Guys, the {org} confirm still has the wrong counterparty. {first}, please fix and resend to {2:first}.
Who is covering for {first} while she is on leave? {2:first}?
Can you add {first_last} and {2:first_last} to the distribution list? Thx
Please note that {org} changed its name to {org}.
{first}, welcome aboard! {2:first} will show you the coffee machine.
Reminder: Time Sheets Are Due Friday.
Please See Attached. Call With Questions.
The Expense Policy, Travel Policy and Holiday Calendar are on the Intranet.
We owe {org} a response. {first}'s view: settle. {2:first}'s view: fight. Mine: ask {3:last}.
I left {first} a voice mail. If {2:first} calls, tell him {org} wants the [gas|power|freight] desk.
Dear {first}:¶¶It was good to see you and {2:first} in {location}. Give my best to {3:first}.¶¶<sign>
{last} [approved|signed off|objected], {2:last} is on vacation, {3:last} never answers.
Conf room 4B, dial-in to follow. {first} to lead.
thanks {first}. {2:first}, are we ok on this? {3:first}
{first},¶¶{2:name} from {org} [called|stopped by|emailed]. Wants you to ring him in {other_city}: {2:phone}.
Here is what {first} sent over re {org}. I have not read it. {2:first}
As {first} said, the {location} office closes in June; {2:first}, {3:first} and {4:first} move to {location}.
Hey {first}, it's {2:first} from {org}. Still on for [golf|lunch|the call]?
Congrats {first}!!! Well deserved. {2:first_last}
[The General Counsel|The Controller|The Assistant Treasurer] must sign each Guaranty.
{first} quick question: who owns the {location} budget, {2:first} or {3:last}?
""")

ENGLISH["address"] = templates("""
{pasted_address}
{name}¶{pasted_address}
{name}¶c/o {2:name}¶{pasted_address}
c/o {name}, {pasted_address}
{org}¶{pasted_address}
{org}¶Attn: {name}¶{pasted_address}
Ship to:¶¶{name}¶{pasted_address}¶¶{phone}
my [new |]address is {pasted_address}
[Send it to|Please mail it to|Deliver to] {pasted_address}[.|, thanks|]
I live at {pasted_address}
[We moved|Moving] from {pasted_address} to {2:pasted_address}
How do I get to {pasted_address} from {location}?
pickup: {pasted_address}¶dropoff: {2:pasted_address}
{org}, {pasted_address}, Tel: {phone}
Billing: {pasted_address}¶Shipping: same
Meet at {pasted_address}, [blue door|ring twice|2nd entrance].
[Where is|Is there parking near] {pasted_address}?
The [office|shop|clinic] is at {pasted_address}. Closed Mondays.
{name}, {age}, of {pasted_address}, [was charged|claims the reward]
Please change my address to {pasted_address} as of {date}. {name}
Return to sender: {2:name}, {2:pasted_address}
1) {name}, {pasted_address}¶2) {2:name}, {2:pasted_address}
<p>{name}</p><p>{pasted_address}</p>
{name}, {pasted_address}, {email}
{first}'s place: {pasted_address} (buzzer 12)
hi i need a cab from {pasted_address} to {location} at {time}
is {pasted_address} in your delivery zone
Property at {pasted_address} sold for {amount}.
Registered office: {pasted_address}. Directors: {name}, {2:name}.
the package went to {2:pasted_address} instead of {pasted_address}!!
Venue¶{org}¶{pasted_address}¶Doors {time}
Nice house at {pasted_address}, [3 bed|needs work], asking {price}.
""")

ENGLISH["form"] = templates("""
Street: {street}¶City: {city}¶ZIP: {postcode}
Street: {street} City: {city} State: {state} ZIP: {postcode} Country: {country}
Address 1: {street}¶Address 2:¶Town: {city}¶County: {state}¶Postcode: {postcode}
Name: {name}¶Street: {street}¶City/State/Zip: {city}, {state} {postcode}
[Straße|Strasse]: {street}¶PLZ: {postcode}¶Ort: {city}¶Land: {country}
Rue : {street}¶Code postal : {postcode}¶Ville : {city}¶Pays : {country}
Calle: {street} | Ciudad: {city} | C.P.: {postcode} | País: {country}
street={street}&city={city}&zip={postcode}
"street": "{street}", "city": "{city}", "postal_code": "{postcode}", "country": "{country}"
{name} | {street} | {postcode} | {city} | {country}
{last};{first};{street};{postcode};{city};{phone}
addr_line1,{street}¶addr_city,{city}¶addr_zip,{postcode}¶addr_country,{country}
City: {city}¶Country: {country}¶Nationality: <nat>
First name: {first}¶Last name: {last}¶Address: {street}¶Suburb: {city}¶Postcode: {postcode}
Via: {street}  CAP: {postcode}  Città: {city}
Ulica: {street}¶Kod pocztowy: {postcode}¶Miejscowość: {city}
Straat: {street}¶Postcode: {postcode}¶Plaats: {city}
Endereço: {street}¶CEP: {postcode}¶Cidade: {city}/{state}
From: {name}, {city}¶To: {2:name}, {2:street}, {2:city}
Street: ____ City: ____ ZIP: ____ (please print)
Place of birth: {other_city}, {country}¶Residence: {city}
""")

ENGLISH["plain"] = templates("""
The committee put off its decision until after the harvest.
Traffic was light, the sun was out, and for once nobody honked.
The [Chairman|Treasurer|Secretary] read the Minutes, which were approved as read.
Oil rose, gold slipped and wheat was unchanged at the close.
Two people were treated for smoke and sent home.
Neither side would say when the talks might resume.
<nat> voters go to the polls on Sunday.
The <nat> team trained in the rain and left by bus.
A spokesman said the Ministry had no comment on the Report.
Best Haircut I have ever had, and they gave me a Lollipop.
We waited an hour for cold fries and a warm Coke.
The mechanic showed me the worn Belt and charged half the quote.
My vet said to try Pumpkin. It worked. Good Boy.
Does anybody know whether Basil and Rosemary like the same soil?
How long should I wait before repainting a Deck?
A Persian is a cat, a Great Dane is a dog, a Shetland is a pony.
You can keep a Cockatiel with a Budgie, but watch the beaks.
The Frame is Aluminum, the Fork is Carbon, the Seat is Awful.
The bridge was rebuilt in stone after the flood of {year}.
The station has two platforms, a kiosk and no lift.
The larvae feed on willow, birch and hazel.
The album was recorded in nine days and sold poorly.
It is the third novel of a trilogy about a family of bell founders.
The battle lasted two days; neither side kept count of the dead.
The second season was shorter and, critics agreed, better.
Section 3.2 of the Agreement survives Termination.
Please review the attached Schedule before the Board meeting.
Who has the key to the Supply Closet?
Let me know if Thursday works, otherwise we do it in May.
Will do. Thanks again.
The Supreme Being of this kitchen is the Toaster.
Grand Opening, Free Parking, Live Music, Cold Beer
MISSING: one grey glove. REWARD: half a cookie.
WEATHER: RAIN LATER. TRAFFIC: HEAVY. MOOD: SEE ABOVE.
Last Chance to Save on Winter Boots, Scarves and Mittens
""")

"""Names in Latin letters for languages whose lists are in another script or short, and the letters to transliterate."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


# Romanised given names and surnames by language.
FIRST = {
    "zh": _words(
        "Wei Fang Jing Lei Min Yan Xiaoming Jianguo Haoran Zihan Yuxuan Mengyao Xinyi Jiahao Yifan Ruoxi Shuang Ting "
        "Guoqiang Zhiwei Xiaoli Hong Hui Jun Qiang Ying Peng Bo Chen Xue Meiling Siyu Yuting Zhenhua Wenjie Lihua "
        "Dandan Xiulan Guiying Chao Bin Kai Ning Rui Tianyu Weiming Xiaohong Yali Zhiyuan Jiaqi Shiyu Yichen Zixuan "
        "Hui-Min Chia-Hao Yu-Ting Mei-Ling Chun-Wei Ka-Fai Wing-Yan Siu-Ming Tsz-Ching Pui-Shan"
    ),
    "ja": _words(
        "Haruto Yuto Sota Hinata Riku Kaito Ren Yuki Sakura Aoi Yui Mei Hana Rin Himari Akari Kenji Takashi Hiroshi "
        "Satoshi Naoki Daisuke Kazuya Makoto Shinji Tomoko Keiko Yoko Naoko Mayumi Kumiko Emi Ayumi Chiyo Masako "
        "Noriko Shigeru Tetsuya Ryota Shota Yusuke Kenta Taro Jiro Ichiro Misaki Nanami Asuka Rika Miyuki Hideo "
        "Kazuo Isamu Minoru Osamu Sachiko Fumiko Tsubasa Natsuki Kotaro"
    ),
    "ko": _words(
        "Minjun Seojun Doyun Jiho Hajun Jihun Sungmin Junho Hyunwoo Seoyeon Jiwoo Seohyun Minseo Haeun Yuna Jimin "
        "Soyeon Eunji Hyejin Min-ji Ji-hoon Seung-ho Young-soo Mi-kyung Sang-woo Hye-jin Kyung-hee Jae-won Dong-hyun "
        "Tae-yang Eun-bi Soo-jin Hyun-joo Bo-ram Chan-wook Joon-ho Yeon-seok Na-rae Da-hye Gun-woo Yoo-jin Ki-tae"
    ),
    "vi": _words(
        "Anh Linh Trang Huong Lan Mai Thao Ngoc Hoa Phuong Minh Hung Dung Tuan Nam Long Quang Duc Hai Son Thanh Khanh "
        "Bao Phuc Trung Kien Hieu Loan Thuy Nhung Hanh Yen Nga Quynh Tam Vy Khoa Tien Vinh Cuong"
    ),
    "ar": _words(
        "Mohammed Ahmed Ali Omar Khalid Hassan Hussein Ibrahim Youssef Mahmoud Mustafa Tariq Karim Nasser Faisal "
        "Abdullah Abdulrahman Salman Sultan Bilal Hamza Anas Ziad Rami Samir Walid Wael Adel Fadi Ghassan Marwan "
        "Fatima Aisha Maryam Zainab Layla Noor Huda Amina Salma Yasmin Rania Dina Hanan Nadia Samira Lina Mona Reem "
        "Sara Hala Ghada Lamia Sawsan Souad Naima Khadija Asma Iman Dalal Abeer Jumana Rasha Tahani Wafa Zahra Othman "
        "Jamal Haitham Bassam Majid Nabil Ayman Saeed Yahya Zayd Idris Sami Usama"
    ),
    "he": _words(
        "Noam Itai Yosef Avraham Moshe Yael Tamar Noa Shira Maya Michal Avi Eitan Oren Gal Tal Amit Omer Yonatan Ariel "
        "Shlomo Dov Yitzhak Chaim Mordechai Rivka Rachel Leah Chana Ruth Ayelet Hadas Inbal Efrat Sigal Orly Ronit "
        "Liat Keren Dafna Nir Gilad Boaz Asaf Yaniv Ilan Uri Ehud Amnon Zvi Shimon Eliyahu Matan Lior"
    ),
    "fa": _words(
        "Ali Reza Mohammad Hossein Amir Mehdi Hamid Saeed Farhad Babak Kourosh Dariush Arash Behnam Navid Omid Pouya "
        "Siavash Kaveh Bahram Maryam Zahra Fatemeh Narges Shirin Leila Nasrin Parisa Niloofar Mahsa Sepideh Azadeh "
        "Golnaz Roya Soraya Laleh Mina Mitra Taraneh Yalda Setareh Anahita Shahram Houman Keyvan Ramin"
    ),
    "bn": _words(
        "Rahim Karim Tanvir Arif Shafiq Imran Rakib Sabbir Mehedi Nayeem Farhana Nusrat Sharmin Tahmina Sultana "
        "Anika Mitali Sumaiya Jannatul Rokeya Anirban Subrata Debashis Sourav Partha Indrani Moumita Ananya Sudipta "
        "Paromita Abir Zahid Mamun Habibur Shirin Lubna Afsana Rezaul Kamrul Mizanur"
    ),
    "ta": _words(
        "Arun Karthik Murugan Senthil Vignesh Prabhu Saravanan Balaji Ramesh Suresh Anand Kavitha Lakshmi Meenakshi "
        "Priya Divya Deepa Revathi Malathi Vasuki Nithya Janani Thamarai Kumaran Ilango Selvi Anbu Kalaivani Aravind"
    ),
    "ph": _words(
        "Jose Maria Juan Ramon Angelo Mark Jericho Jhun Rodel Rowena Maricel Jocelyn Liezl Analyn Cherry Divina "
        "Rizalina Bayani Dalisay Ligaya Crisanto Efren Danilo Nestor Rommel Arnel Edgardo Imelda Corazon Lourdes "
        "Teresita Rosario Milagros Jomar Kristel Princess Reymart Jayson Aileen Maribel"
    ),
    "my": _words(
        "Ahmad Muhammad Azman Hafiz Faizal Nurul Siti Aisyah Farah Amirul Zulkifli Rosmah Syafiq Aina Hakim Izzati "
        "Khairul Norliza Shahrul Wan Kamal Roslan Haslinda Mohd Nazri Zainal Fatin Liyana Syed Amir"
    ),
    "et_am": _words(
        "Abebe Tesfaye Haile Dawit Yonas Kebede Getachew Bekele Girma Mulugeta Tadesse Selam Hiwot Meron Tigist "
        "Almaz Bethlehem Genet Senait Rahel Eden Saba Mekdes Alemayehu Worku Solomon Aster Fikru Liya Natnael"
    ),
}
LAST = {
    "zh": _words(
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng Xie Han "
        "Tang Feng Yu Dong Xiao Cheng Cao Yuan Deng Fu Shen Zeng Peng Lu Su Jiang Cai Jia Ding Wei Xue Ye Yan Pan Du "
        "Dai Xia Zhong Tian Ren Fan Shi Yao Tan Liao Zou Xiong Jin Hao Kong Bai Cui Kang Mao Qiu Qin Gu Hou Shao Meng "
        "Long Wan Duan Qian Yin Chiu Hsu Tsai Hsieh Kwok Cheung Leung Chow Yip Ouyang Sima"
    ),
    "ja": _words(
        "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi "
        "Matsumoto Inoue Kimura Hayashi Saito Shimizu Yamazaki Mori Abe Ikeda Hashimoto Ishikawa Ogawa Maeda Okada "
        "Hasegawa Fujita Goto Kondo Ishii Sakamoto Endo Aoki Fujii Nishimura Fukuda Ota Miura Fujiwara Okamoto Matsuda "
        "Nakagawa Nakano Harada Ono Tamura Takeuchi Kaneko Wada Nakayama Ishida Ueda Morita Shibata Sakai Kudo "
        "Yokoyama Miyazaki Uchida Takagi Ando Taniguchi Ohno Imai Kawano Maruyama Kubota Arai Hirano Noguchi Sugiyama"
    ),
    "ko": _words(
        "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Jeon Hong Yoo Ko Moon Yang "
        "Son Bae Baek Heo Nam Sim Noh Ha Kwak Sung Cha Joo Woo Koo Min Ryu Na Jin Ji Eom Chae Won Cheon Bang Gong "
        "Hyun Ham Byun Yeom Yeo Choo Do So Seok Sun Seol Ma Gil Namkung Hwangbo"
    ),
    "vi": _words(
        "Nguyen Tran Le Pham Huynh Hoang Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Dinh Truong Doan Lam Mai Trinh Dao "
        "Luong Cao Luu Thai Chau Quach Kieu Tang Nguyễn Trần Lê Phạm Huỳnh Đặng Đỗ Ngô Đinh Trương"
    ),
    "ar": [
        "Al-Sayed",
        "al-Rashid",
        "Al Maktoum",
        "Al-Harbi",
        "Al-Ghamdi",
        "Al-Zahrani",
        "Al-Qahtani",
        "Al-Otaibi",
        "Al Mansoori",
        "Al Hashimi",
        "Al-Shammari",
        "Al-Dosari",
        "Al Balushi",
        "Al-Masri",
        "El-Sayed",
        "El Fassi",
        "El Amrani",
        "El Idrissi",
        "Benali",
        "Bennani",
        "Ben Salah",
        "Ben Youssef",
        "Bouzid",
        "Bouazza",
        "Haddad",
        "Khoury",
        "Nasser",
        "Hamdan",
        "Mansour",
        "Saleh",
        "Shaheen",
        "Khalil",
        "Darwish",
        "Najjar",
        "Sabbagh",
        "Barakat",
        "Abu Zayd",
        "Abu-Bakr",
        "bin Saeed",
        "bin Rashid",
        "ibn Khalid",
        "Abdelaziz",
        "Abdel Rahman",
        "Abdul-Hamid",
        "Farouk",
        "Fahmy",
        "Gamal",
        "Hegazy",
        "Ismail",
        "Kassem",
        "Lahlou",
        "Mahfouz",
        "Naguib",
        "Osman",
        "Qasim",
        "Rahal",
        "Sharif",
        "Tawfik",
        "Wahba",
        "Yassin",
        "Zaki",
        "Tlili",
        "Trabelsi",
        "Chaouch",
        "Mekki",
        "Ghazal",
        "Hijazi",
        "Jaber",
        "Kanaan",
        "Masoud",
        "Odeh",
        "Qureshi",
        "Sabri",
        "Taleb",
        "Zein",
        "Awad",
        "Hariri",
    ],
    "he": [
        "Cohen",
        "Levi",
        "Mizrahi",
        "Peretz",
        "Biton",
        "Dahan",
        "Avraham",
        "Friedman",
        "Malka",
        "Azoulay",
        "Katz",
        "Yosef",
        "David",
        "Amar",
        "Ohayon",
        "Hadad",
        "Gabay",
        "Ben-David",
        "Ben Ami",
        "Adler",
        "Shapira",
        "Goldstein",
        "Weiss",
        "Rosenberg",
        "Segal",
        "Bar-Lev",
        "Halevi",
        "Ashkenazi",
        "Elbaz",
        "Vaknin",
        "Sasson",
        "Barak",
        "Golan",
        "Harel",
        "Navon",
        "Oz",
        "Paz",
        "Raz",
        "Shalev",
        "Tzur",
        "Yadin",
        "Zohar",
        "Almog",
        "Bar-On",
        "Ben-Gurion",
        "Carmi",
        "Dayan",
        "Eshkol",
        "Gur",
        "Hazan",
        "Kaplan",
        "Lavi",
        "Magen",
        "Nahum",
        "Oren",
        "Regev",
        "Sharabi",
    ],
    "fa": _words(
        "Ahmadi Hosseini Mohammadi Karimi Rahimi Moradi Jafari Rezaei Ebrahimi Heidari Hashemi Kazemi Akbari Sadeghi "
        "Rostami Mousavi Amini Ghasemi Soltani Tavakoli Norouzi Farahani Khosravi Shirazi Tehrani Esfahani Bahrami "
        "Najafi Nazari Zand Pahlavan Kermani Azizi Daneshvar Golestani Javadi Mirzaei Nikpour Parsa Sohrabi Yazdani"
    ),
    "bn": _words(
        "Rahman Islam Hossain Ahmed Khan Chowdhury Uddin Alam Miah Sarkar Das Roy Banerjee Mukherjee Chatterjee Ghosh "
        "Bose Sen Dutta Saha Mondal Biswas Bhattacharya Majumdar Talukdar Sikder Bhuiyan Mollah Haque Karim Siddique "
        "Akter Begum Khatun Hasan Kabir Rashid Matin Munshi Patwary Howlader"
    ),
    "ta": _words(
        "Subramanian Raghunathan Venkatesan Krishnamurthy Natarajan Ramanathan Sundaram Iyer Iyengar Pillai Murugesan "
        "Palaniswami Chidambaram Annamalai Rajagopalan Srinivasan Viswanathan Balasubramaniam Thangaraj Perumal "
        "Arumugam Kandasamy Selvaraj Gopalakrishnan Chandrasekaran Muthukumar Jayaraman Kannan Varadarajan Rajan"
    ),
    "pl": _words(
        "Nowak Kowalski Kowalska Wiśniewski Wójcik Kowalczyk Kamiński Kamińska Lewandowski Lewandowska Zieliński "
        "Zielińska Szymański Woźniak Dąbrowski Dąbrowska Kozłowski Jankowski Jankowska Mazur Kwiatkowski Krawczyk "
        "Kaczmarek Piotrowski Piotrowska Grabowski Grabowska Zając Pawłowski Michalski Michalska Król Wieczorek "
        "Jabłoński Wróbel Nowakowski Majewski Majewska Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki "
        "Pawlak Górski Witkowski Walczak Sikora Baran Rutkowski Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski "
        "Wróblewski Jasiński Marciniak Bąk Zawadzki Duda Sadowski Jakubowski Wilk Chmielewski Borkowski Włodarczyk "
        "Sokołowski Szczepański Sawicki Kucharski Lis Kubiak Maciejewski Czarnecki Gajewski Urbański Głowacki "
        "Brzęczyszczykiewicz Przybylski Szymczak Krajewski Błaszczyk Andrzejewski Cieślak Laskowski Gołębiewski"
    ),
    "ph": _words(
        "Santos Reyes Cruz Bautista Ocampo Garcia Mendoza Torres Tomas Andrada Castillo Flores Villanueva Ramos Aquino "
        "Navarro Mercado Salazar Dela\u00a0Cruz Delos\u00a0Santos De\u00a0Guzman Dimaculangan Macaraeg Pangilinan "
        "Manalo Dimagiba Lacson Tolentino Magsaysay Catacutan Batungbakal Sumulong Magtanggol Quiambao Tiongson "
        "Cojuangco Abad Panganiban Dalangin Galang Lualhati Baluyot"
    ),
    "my": [
        "bin Abdullah",
        "binti Ahmad",
        "bin Ismail",
        "binti Hassan",
        "bin Osman",
        "binti Yusof",
        "bin Rahman",
        "bin Ali",
        "binti Mohd Noor",
        "bin Zakaria",
        "binti Ibrahim",
        "Tan",
        "Lim",
        "Lee",
        "Ng",
        "Wong",
        "Ong",
        "Goh",
        "Chua",
        "Teo",
        "Koh",
        "Yeo",
        "Toh",
        "Chong",
        "Rajan",
        "Nair",
        "Pillay",
        "Krishnan",
        "a/l Subramaniam",
        "a/p Maniam",
    ],
    "et_am": _words(
        "Tesfaye Bekele Alemu Tadesse Gebre Wolde Mengistu Kebede Desta Assefa Negash Haile Mekonnen Teshome Abate "
        "Gebremariam Woldemichael Ayele Demissie Yohannes Berhane Fisseha Zewde Kidane Lemma Tsegaye Tilahun Worku"
    ),
    "nl+": [
        "van der Berg",
        "van den Broek",
        "van Dijk",
        "de Vries",
        "de Jong",
        "van Leeuwen",
        "van der Meer",
        "ter Horst",
        "ten Brink",
        "van 't Hof",
        "de Graaf",
        "van der Linden",
        "van den Heuvel",
        "op den Kamp",
        "van Rossum",
        "in 't Veld",
        "de Bruijn",
        "van der Velde",
        "van Beek",
        "de Waal",
        "van Vliet",
        "van Doorn",
        "de Ruiter",
    ],
    "de+": [
        "von Arnim",
        "von der Heide",
        "von Bergen",
        "von Lindenau",
        "zu Hohenfels",
        "von Stetten",
        "vom Hagen",
        "von Rabenau",
        "von und zu Reichen",
        "Freiherr von Ellrich",
        "von Kessel",
        "zur Mühlen",
        "von Tiefenau",
    ],
    "fr+": [
        "de La Roche",
        "du Pont",
        "de Villiers",
        "Le Goff",
        "Le Bihan",
        "d'Arcy",
        "de Montfort",
        "L'Hermitte",
        "du Plessis",
        "de Saint-Martin",
        "d'Aubigny",
        "Le Roux",
        "de Kervadec",
        "La Brosse",
        "Des Touches",
    ],
    "it+": [
        "D'Angelo",
        "De Luca",
        "Della Valle",
        "Di Stefano",
        "Dell'Acqua",
        "Lo Presti",
        "La Rosa",
        "Degli Esposti",
        "D'Onofrio",
        "Di Bella",
        "Dal Pozzo",
        "De Santis",
        "Del Monte",
        "D'Agostini",
        "Li Causi",
    ],
    "en+": [
        "O'Brien",
        "O'Connor",
        "O'Neill",
        "O'Malley",
        "O'Reilly",
        "O'Hara",
        "O'Donnell",
        "O'Sullivan",
        "McKenzie",
        "MacLeod",
        "McCarthy",
        "McAllister",
        "FitzGerald",
        "St. John",
        "De Witt",
        "Van Buren",
        "DeShields",
        "LaRue",
        "MacIntyre",
        "McNamara",
        "O'Shaughnessy",
        "McGillicuddy",
        "Van Houten",
        "DiMarco",
        "D'Souza",
        "O'Toole",
    ],
    "is": [],
}

# Names that are also ordinary words: what a model that only knows capital letters gets wrong.
WORD_FIRST = _words(
    "Will Grace May Mark Hope Rose April June August Faith Joy Summer Autumn Dawn Eve Ivy Lily Daisy Violet Iris "
    "Jasmine Ruby Pearl Amber Crystal Jade Opal Robin Drew Chase Grant Frank Bill Rob Pat Jack Art Gene Dale Glen "
    "Heath Cliff Forrest River Sky Hunter Mason Carter Tanner Cooper Parker Chance Angel Mercy Patience Prudence "
    "Constance Harmony Melody Carol Penny Sandy Misty Stormy Rich Rusty Buck Bud Chuck Dean Earl Duke King Prince "
    "Major Miles Guy Hank Christian Jordan Austin Paris Sydney Dallas Madison Brooklyn Savannah Georgia Virginia "
    "Carolina Florence Victoria Charlotte Chelsea India China Asia Kenya Israel Lance Ray Sunny Reed Wade Cash Gage "
    "Ace Basil Ginger Olive Sage"
)
WORD_LAST = _words(
    "Rose Young Brown Price Hunter Long White Black Green Gray Hill Wood Woods Stone Rivers Brooks Lake Field Marsh "
    "Banks Bridges Church Hall House Park Parks Street Lane Rhodes Day Knight Winter Summers Snow Frost Rains Storm "
    "Bush Moss Rice Beans Berry Cherry Pepper Bacon Lamb Fox Wolf Bird Crane Swan Drake Finch Fish Pike Bass Baker "
    "Cook Butler Carter Mason Taylor Smith Porter Page Bishop Pope Abbott Judge Justice Law Wise Strong Savage Sharp "
    "Short Little Small Best Good Love Hope Joy Self Case Chase Cash Money Gold Silver Diamond Pearl Bell Horn Pipes "
    "Glass Locke Keys Power Powers Waters Wells Ford Mills Bell March May Friday Noon Grant Grace Ball Battle Penny "
    "English French Holland German Sample Test Null True Major Sargent Marshall Constable Weeks Root Branch Master "
    "Link Block Cloud Code Gates"
)

NICKNAMES = _words(
    "Bob Jim Mike Tom Dave Steve Chris Matt Nick Alex Sam Ben Dan Joe Kate Liz Beth Jen Meg Sue Deb Andy Tony Ed Ted "
    "Max Leo Gabe Josh Zach Tim Greg Jeff Ken Ron Don Vicky Mandy Tina Nina Sasha Mischa Kolya Pepe Paco Nacho Lupe "
    "Chuy Beppe Gigi Hansi Uli Wolfi Steffi Susi Manu Fritz Heinz Kalle Pelle Jussi Zsuzsi Kuba Asia Gosia Vanya Katya "
    "TJ JP AJ DJ CJ BJ Mo Abby Gabby Becky Izzy Ozzy Ollie Archie Alfie Teddy Charlie Freddie Billie Bobbie Frankie"
)

_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяєіїґќѓљњџјѕ",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya ye i yi g k gj lj nj dz j dz".split(
            " "
        ),
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o a e i i o y o i y i y".split(" "),
    )
)
_GEORGIAN = dict(
    zip(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h".split(" "),
    )
)
_ARMENIAN = dict(
    zip(
        "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
        "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts u p k o f ev".split(" "),
    )
)
LETTERS = {**_CYRILLIC, **_GREEK, **_GEORGIAN, **_ARMENIAN}


def latin(word: str) -> str:
    """A Cyrillic, Greek, Georgian or Armenian name in Latin letters."""
    out = "".join(LETTERS.get(letter, letter) for letter in word.lower().replace("ού", "ou").replace("ου", "ou"))
    return "".join(part.capitalize() if part.isalpha() else part for part in _split_keep(out))


def _split_keep(text: str) -> list[str]:
    parts, word = [], ""
    for letter in text:
        if letter.isalpha():
            word += letter
        else:
            parts += [word, letter]
            word = ""
    return parts + [word]

//! The words of `phrases`, by language. Compiled by hand from how people write; divided by commas unless said otherwise.

/// Closings of letters and mails.
pub(super) const CLOSINGS: &[&str] = &[
    // English
    "best regards,kind regards,warm regards,warmest regards,kindest regards,with kind regards,with best regards,regards,many thanks,\
     yours sincerely,sincerely,sincerely yours,yours faithfully,yours truly,respectfully,best wishes,all the best,best,cheers,thanks,\
     thank you,with thanks,take care,warmly,cordially,love,yours,rgds,brgds",
    // German
    "mit freundlichen grüßen,mit freundlichem gruß,mit freundlichen grüssen,freundliche grüße,freundliche grüsse,viele grüße,\
     viele grüsse,liebe grüße,liebe grüsse,beste grüße,beste grüsse,herzliche grüße,schöne grüße,hochachtungsvoll,grüße,gruß,gruss,\
     mfg,lg,vg,herzlichst,mit besten grüßen,mit herzlichen grüßen",
    // French
    "cordialement,bien cordialement,bien à vous,sincères salutations,salutations distinguées,salutations,amicalement,\
     meilleures salutations,respectueusement,bien à toi,à bientôt,cdlt,sincèrement",
    // Spanish, Catalan
    "saludos,saludos cordiales,un saludo,un cordial saludo,cordialmente,atentamente,un abrazo,muchas gracias,reciba un cordial saludo,\
     quedo a su disposición,salutacions,atentament,cordialment",
    // Italian
    "cordiali saluti,distinti saluti,saluti,un saluto,un cordiale saluto,cari saluti,a presto,in fede,cordialità",
    // Portuguese
    "atenciosamente,cumprimentos,com os melhores cumprimentos,melhores cumprimentos,abraços,um abraço,cordiais saudações,att,obrigado,\
     obrigada,saudações",
    // Dutch
    "met vriendelijke groet,met vriendelijke groeten,vriendelijke groet,vriendelijke groeten,groeten,groet,hoogachtend,\
     hartelijke groeten,mvg,met hartelijke groet",
    // Swedish, Norwegian, Danish, Icelandic
    "med vänlig hälsning,med vänliga hälsningar,vänliga hälsningar,vänlig hälsning,hälsningar,bästa hälsningar,mvh,\
     med vennlig hilsen,vennlig hilsen,hilsen,beste hilsen,med venlig hilsen,venlig hilsen,de bedste hilsner,kærlig hilsen,bedste hilsner,\
     kveðja,bestu kveðjur,með kveðju,virðingarfyllst",
    // Finnish, Estonian, Latvian, Lithuanian
    "terveisin,ystävällisin terveisin,parhain terveisin,kunnioittavasti,terv,yt,lugupidamisega,parimate soovidega,tervitades,ar cieņu,\
     pagarbiai,su pagarba,geros dienos",
    // Polish, Czech, Slovak
    "pozdrawiam,z poważaniem,serdecznie pozdrawiam,z wyrazami szacunku,pozdrowienia,łączę wyrazy szacunku,s pozdravem,s pozdravom,\
     s přátelským pozdravem,s úctou,zdravím,hezký den,s priateľským pozdravom",
    // Hungarian, Romanian, Albanian
    "üdvözlettel,tisztelettel,szívélyes üdvözlettel,üdv,köszönettel,cu stimă,cu respect,o zi bună,cu drag,me respekt,përshëndetje",
    // Croatian, Serbian, Slovene
    "lijep pozdrav,srdačan pozdrav,s poštovanjem,pozdrav,lep pozdrav,srdačno,z lepimi pozdravi,lp,с поштовањем,поздрав,lijepi pozdravi",
    // Russian, Ukrainian, Bulgarian
    "с уважением,с наилучшими пожеланиями,всего доброго,искренне ваш,искренне ваша,с приветом,з повагою,щиро ваш,поздрави,\
     с уважение,с поздрави,с поздрав,сърдечни поздрави,с почитание",
    // Greek, Turkish
    "με εκτίμηση,φιλικά,φιλικούς χαιρετισμούς,με φιλικούς χαιρετισμούς,χαιρετισμούς,saygılarımla,saygılarımızla,iyi çalışmalar,\
     sevgiler,selamlar,en iyi dileklerimle,teşekkürler,kolay gelsin",
    // Hebrew, Arabic, Persian
    "בברכה,בכבוד רב,תודה,מע التحية,مع التحية,مع أطيب التحيات,مع خالص التحية,تحياتي,وتفضلوا بقبول فائق الاحترام,با احترام,با تشکر",
    // Hindi, Bengali, Thai, Vietnamese, Indonesian, Malay, Filipino, Swahili
    "सादर,धन्यवाद,भवदीय,भवदीया,शुभकामनाओं सहित,শুভেচ্ছান্তে,ধন্যবাদ,ขอแสดงความนับถือ,ด้วยความเคารพ,ขอบคุณครับ,ขอบคุณค่ะ,trân trọng,\
     kính thư,thân ái,thân mến,salam,salam hormat,hormat saya,hormat kami,terima kasih,yang benar,lubos na gumagalang,wako mwaminifu",
    // Chinese, Japanese, Korean
    "此致,敬礼,敬禮,敬上,谨上,謹上,顺颂商祺,順頌商祺,祝好,祝商祺,谢谢,敬具,敬白,草々,かしこ,よろしくお願いします,\
     よろしくお願いいたします,宜しくお願いします,宜しくお願い致します,以上、よろしくお願いいたします,감사합니다,드림,올림,안녕히 계세요",
];

/// Labels behind which the name of a person stands.
pub(super) const NAME_LABELS: &[&str] = &[
    "姓名,真实姓名,客户姓名,名字,联系人,聯絡人,聯繫人,收件人,收货人,收貨人,寄件人,发件人,持卡人,开户名,户名,申请人,患者姓名,经办人,负责人",
    "氏名,お名前,名前,ご氏名,担当者,担当者名,受取人,宛名,申込者,患者名,口座名義",
    "이름,성명,성함,담당자,수령인,받는 사람,받는사람,보내는 사람,고객명,예금주,신청인,환자명",
];

/// Words for streets that stand alone.
pub(super) const STREETS: &[&str] = &[
    "street,st,road,rd,avenue,ave,lane,ln,drive,dr,court,ct,boulevard,blvd,way,place,pl,square,terrace,close,crescent,parkway,pkwy,\
     highway,hwy,circle,cir,trail,row,mews,gardens,grove,hill,walk,quay,esplanade,parade,loop,alley,nagar,marg,chowk,wharf,green",
    "straße,strasse,str.,allee,weg,platz,gasse,damm,ufer,chaussee,ring,markt",
    "rue,bd,place,chemin,allée,impasse,quai,route,cours,passage,faubourg,av.,av",
    "calle,c/,avenida,avda,avda.,plaza,paseo,carrer,camino,ronda,travesía,carretera,rambla,carrera,calzada,cl.",
    "via,viale,piazza,corso,vicolo,piazzale,largo,strada,lungomare,contrada",
    "rua,r.,travessa,praça,alameda,estrada,rodovia,beco,ladeira",
    "ul.,ulica,ulice,al.,aleja,aleje,pl.,plac,os.,osiedle,náměstí,nám.,třída,tř.,utca,u.,út,útja,tér,körút,krt.,ulica,trg,cesta",
    "ул.,улица,ул,пр.,проспект,пр-т,пр-кт,пер.,переулок,наб.,набережная,шоссе,бул.,бульвар,б-р,вул.,вулиця,площадь,пл.,проезд,тупик",
    "οδός,οδού,λεωφόρος,λεωφ.,πλατεία",
    "cad.,caddesi,cad,sok.,sokak,sokağı,sk.,bulvarı,blv.,mah.,mahallesi,mh.",
    "jalan,jl.,jln.,đường,phố,ngõ,lorong,soi,ถนน,ซอย,gate,plass,plads,boulevarden,tori,aukio",
    "calea,bulevardul,aleea,șoseaua,bd.,str",
    "h.no,house no,plot no,door no,flat no",
];

/// Ends of compound words for streets.
pub(super) const STREET_ENDINGS: &[&str] = &[
    "straße,strasse,str.,allee,weg,gasse,platz,ufer,damm,chaussee,steig,stieg,gatan,vägen,gränd,torget,stigen,veien,vegen,gata,gaten,\
     sgate,vej,gade,stræde,straat,laan,gracht,kade,plein,steeg,dijk,singel,katu,ntie,kuja,polku,rinne,tänav,iela,gatvė,gade",
];

/// Words for a box at the post office.
pub(super) const BOXES: &[&str] = &[
    "po box,p.o. box,p. o. box,p.o.box,post office box,gpo box,postfach,postbus,postboks,postbox,casella postale,c.p.,boîte postale,bp,\
     apartado,apartado de correos,apartado postal,apdo.,caixa postal,skrytka pocztowa,skr. poczt.,poštanski pretinac,p.p.,\
     поштански преградак,а/я,абонентский ящик,ταχ. θυρίδα,τ.θ.,posta kutusu,p.k.,postilokero,pl,pf.,postafiók,p.o.b.,private bag,locked bag,\
     poste restante,box",
];

/// Digits from zero to nine, divided by blanks; other words for the same by slashes.
pub(super) const DIGITS: &[&str] = &[
    "zero/oh/nought one two three four five six seven eight nine",
    "null eins zwei/zwo drei vier fünf/fuenf sechs sieben acht neun",
    "zéro un deux trois quatre cinq six sept huit neuf",
    "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "zero uno due tre quattro cinque sei sette otto nove",
    "zero um/uma dois/duas três quatro cinco seis/meia sete oito nove",
    "nul een/één twee drie vier vijf zes zeven acht negen",
    "noll/nolla ett två tre fyra fem sex sju åtta nio",
    "nul/null en/ett to tre fire fem seks syv/sju otte/åtte ni",
    "nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän",
    "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "nula jedna dva tři čtyři pět šest sedm osm devět",
    "ноль один два три четыре пять шесть семь восемь девять",
    "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
    "nol satu dua tiga empat lima enam tujuh delapan sembilan",
    "零/〇 一/幺 二/两 三 四 五 六 七 八 九",
    "영/공 일 이 삼 사 오 육 칠 팔 구",
];

"""The small words of each language: articles, prepositions, pronouns, conjunctions, auxiliaries, the first numbers.

Headlines are names, nouns and small words. Names tell nothing, nouns share their n-grams with the neighbours' ("élection",
"infrastructure"), and three letters cannot hold "dans" or "their": the small words as a whole are what tells. The lists are
written for this purpose. A word stands under every language in which it is frequent, as small word or not ("in", "de",
"on"; German "war" and "die", since English has both): it then tells those from the rest, and not from each other. The lists
were held against each other with a table of word frequencies: what has ten occurrences in a million is frequent.
"""

from __future__ import annotations

__all__ = ["SMALL_WORDS"]

#: Lower case. An apostrophe belongs to the word on its one side ("l'", "'s"): the library reads it as a space.
SMALL_WORDS: dict[str, str] = {
    "af": """
        die en van in het is n te dat om nie hy sy met vir wat op as deur was aan word ook maar sal kan na by ons hulle
        toe nog uit oor tot wees jy ek my hom haar ná teen tussen meer onder een twee moet nou waar hoe dit
    """,
    "ca": """
        el la els les de del dels i a en un una amb per que és no es al als com més però ha han va seu seva aquest
        aquesta ens són sobre entre fins sense també molt què qui on quan ja si o tot dos tres després contra l' d' s'
        n' hi ser van se era des dia seus em ni jo nou et nova cosa lo mai som nos tu me te mes pas quatre mi por ne fi
        tema s n
    """,
    "cs": """
        a v ve na se je s z ze do o k ke za po pro že si by jak ale jako jsou jeho má který která které od už byl byla
        bylo při podle proti nebo není také až před mezi bude budou jen kde když co aby mají tak i dva tři u kvůli to mi
        já ani tu bez ji nad pod ta no ten my on pan ne dal jej sem
    """,
    "cy": """
        y yr a ac i o yn ar am mae wedi ei eu fod bod gan gyda hyn ond nid fel na oedd sy sydd ni cael mewn dros at
        rhwng hefyd un dau tri bydd roedd ein eich fy hwn hon nhw ef hi pan beth lle 'r
    """,
    "da": """
        og i at det er en den til af på de med for der som ikke et har om han var fra vil kan skal efter blev sig men
        også ved eller over mod hun jeg ud ind når være nu mellem under hans mere blive deres to tre hvad hvor får du så
        her alle da op se have dem din kun jo ja os sin ser tak dit mit nyt sine lang ses by al bil
    """,
    "de": """
        der die das und in im den dem des ein eine einen einem einer eines zu zum zur von vom mit für auf aus an am bei
        beim nach ist sind war wird werden wurde hat haben nicht auch sich sie er es wir ich ihr sein seine ihre als wie
        so dass aber oder noch nur um über unter vor gegen durch bis ohne zwischen wegen kein keine mehr will kann soll
        muss wenn was wer wo warum neue neuer neuen neues nun jetzt schon wieder zwei drei vier du da ja alle ob nie
        worden lang los her all mitte
    """,
    "en": """
        the of and to in is a for on that with as at by it be are was were from this has have had not or but his her its
        their they he she we you i my your our who what when where why how will would can could may after before over
        under into out up down about against between amid during than more no new all if so do does did says say said
        one two three four us them him there an been being just off through while per without 's 't 're 'll 've 'd me
        see most am come care men war face due word sense met door die son
    """,
    "es": """
        el la los las de del y a en un una que es se no con por para su sus al lo como más pero le ha han fue ser son
        está entre sin sobre hasta desde contra tras ante también ya muy o si hay este esta estos qué quién cómo cuándo
        dónde donde cuando porque todo todos dos tres cuatro años nuevo nueva e me mi tu yo nos te era ni uno va les mas
        he mis ir da cosa van dar tema mes os ve sur has dan dia
    """,
    "et": """
        ja on ei et see ta oma mis kui ka aga oli või ning ole seda selle tema nad kes mida üle eest vastu pärast kuid
        juba veel enne välja kuni kõik siis nii üks kaks kolm peab saab olla mitte miks kuidas uus aasta
    """,
    "fi": """
        ja on ei se että hän oli ovat myös mutta tai kun kuin jos niin mukaan sen hänen joka jotka mitä miten miksi nyt
        jo vain vielä kanssa yli ennen jälkeen vastaan sekä ole olla voi ollut tämä tämän yksi kaksi kolme uusi ne siis
        he vai me oma saat teen alla te
    """,
    "fr": """
        le la les un une des du de et à a au aux en dans sur sous par pour avec sans est sont était été sera ont ne pas
        plus que qui ce cette ces cet se sa son ses leur leurs il elle ils elles on nous vous je mais ou où comme après
        avant contre entre chez vers depuis face très aussi même tout tous toute fait peut y si comment pourquoi quand
        nouveau nouvelle deux trois quatre ans dont selon l' d' n' qu' c' s' j' m' 'est 'un 'une 'a 'on 'il 'ils 'elle
        'en 'y tu ai me lui non va dit ma là te as mes es nos ta ni mis an or but mai met mer dois sein mot
    """,
    "hr": """
        i u na je se za da od s su iz ne o što kao koji koja koje bi sam ali do po nije te već nakon više ili samo biti
        kako ima bio bila bilo protiv prije među sve svoj to kada gdje ako uz zbog dva tri jedan a sa mi on pa ni bez ja
        pod nas kad tu bude ko im dan ta pri no nad tek pred ma jako me
    """,
    "hu": """
        a az és hogy nem is egy ez azt csak meg már de van volt lesz ki mint még be el vagy után szerint mert ha több
        aki amely minden nagyon kell lehet lett így most új ellen között miatt két három hol mi miért ezt es sem fel ne
        te le mit ma e más hat
    """,
    "id": """
        yang dan di ke dari untuk dengan ini itu pada adalah tidak akan dalam juga oleh sebagai ada karena bisa telah
        saat lebih atau kepada tahun mereka kami saya dia jadi usai agar para hari satu dua tiga soal bagi tak ya kan ku
        lagu bola bilang si bila
    """,
    "it": """
        il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel
        nella nei nelle con su sul sulla per tra fra e ed è sono ha hanno era non che chi si ci se ma o più anche come
        dopo prima contro senza verso quando dove perché cosa suo sua suoi questo questa ancora già due tre quattro anni
        nuovo nuova l' d' un' dell' all' dall' nell' sull' c' 'è mi ne me no qui te tu lui po va però voi so sa sera là
        vai tema mai
    """,
    "lt": """
        ir yra į kad su iš o bet tai ne už jis kaip po dėl apie ar nuo iki prie per buvo jau tik dar savo kas bus nėra
        jo jų ji tarp pagal prieš gali taip du trys metų to jos kur be mes a tas ko bei nei tu ta kada pas
    """,
    "lv": """
        un ir ar no par ka uz kas pie bet kā pēc tika ne nav arī vai tas tā viņš lai jau savu pret gan līdz bez bija būs
        kur divi trīs vairāk tikai starp gada es to ja ko kad var tu jo tik nu pa te it tai
    """,
    "nl": """
        de het een en van in is te dat op voor met aan niet zijn er die om uit als bij ook maar naar door over wordt
        worden nog kan wil moet meer dan al tot heeft hebben hij zij ze we wat wie waar waarom hoe geen onder na tegen
        tussen tijdens zonder was werd deze dit haar hun ons twee drie vier jaar nieuwe je of zo u nu veel me had alle
        ja af werden toe lang per men kun pas den der nou mis
    """,
    "no": """
        og i at det er en den til av på de med for som ikke et har om han var fra vil kan skal etter ble seg men også
        ved eller over mot hun jeg ut inn når være nå mellom under hans mer bli sine to tre hva hvor får dette du så da
        meg alle her ha der se ta ser jo sin si dem din ja nei del la deres sa kun per bil lang les
    """,
    "pl": """
        i w we na się z ze do o nie to jest że od za po dla jak co przez ale są czy tym tego może ma był była było być
        już oraz przed pod nad bez ich jego jej tylko także który która które będzie został przeciw między u lat dwa
        trzy nowy nowa gdzie kiedy a tak mi ja by jako no ci te nas tu on ta aby im je sam ile my ani pan was samo one
        wie da
    """,
    "pt": """
        o a os as de do da dos das e em no na nos nas um uma que é se não com por para ao aos à às pelo pela mais como
        mas foi ser são está tem sua seu seus suas entre sem sobre até desde contra após também já muito ou há este esta
        isso diz quem quando onde porque todos dois duas três quatro anos novo nova eu me vai dia te era todo nem dar ir
        tu lo si ali tema sul vir
    """,
    "ro": """
        și de la în a cu pe din că nu este o un pentru care se mai au fi sunt ce după al ai ale lui să prin sau dar
        între fost fără până va vor când cum unde despre către iar ani doi trei două contra său sa am si e i ne ar le
        era are ei te tot face mi eu prima nou fel una an voi da vom mod jos ta sus dau sua ma dat
    """,
    "sk": """
        a v vo na sa je s so z zo do o k ku za po pre že si by ako ale sú jeho má ktorý ktorá ktoré od už bol bola bolo
        pri podľa proti alebo nie aj až pred medzi bude budú len kde keď čo aby majú tak i dva tri u to ich jej mi ani
        tu no pod bez ma nad im svoj my on ja ha
    """,
    "sl": """
        in v je na se za da od s so z iz ne o ki kot bi sem ali do po ni pa že tudi več le biti kako ima bil bila bilo
        proti pred med vse svoj to ko kje če zaradi dva tri ob pri si tem ta jo a samo mi te k dan del pod nad me sam
        nas novo en on
    """,
    "so": """
        oo iyo ka ku waa in uu ay u la ah soo aan kala loo lagu si ee ayaa ugu kuwa waxaa waxa isku hadii markii
    """,
    "sq": """
        të e në i dhe për me nga një që do më se është ka si nuk u së ishte po kjo ky por janë edhe pas kundër mes
        ndërsa pa tek sipas dy tre tha
    """,
    "sv": """
        och i att det är en den till av på de med för som inte ett har om han var från vill kan ska efter blev sig men
        också vid eller över mot hon jag ut in när vara nu mellan under hans mer bli sina två tre vad där får detta så
        du alla ha ni ta se ja ser dem din sen sin nog just del fel ens va sa per jo son bil välja
    """,
    "sw": """
        ya na wa kwa ni katika za la hiyo huo cha kuwa kama hii hilo huyo yake wake alisema baada watu kutoka pia au
        hata kwamba lakini sasa si vya
    """,
    "tl": """
        ang ng sa na mga ay at si ni ito kay para may hindi siya pa ko mo naman din rin niya kung nang ako isang lang
        dahil mula bilang pero wala o ka mas po nga di
    """,
    "tr": """
        ve bir bu da de için ile olarak çok daha en o ne gibi var kadar sonra olan ama değil mi diye her ya ise iki üç
        yeni yok göre karşı oldu olduğu son neden nasıl 'da 'de 'ta 'te 'nin 'nın 'in 'ın 'un 'ye 'ya sen tek saat az
        para su an el al il on ses ay ali
    """,
    "vi": """
        và của là có được cho các trong không với người một này đã đến những ở để khi về từ vào ra tại sẽ cũng trên
        nhiều như sau con quan ta do hay em an ai tra chi may
    """,
    "bg": """
        и в във на с със за да се от по не е са ще как като но до при че това които който която му си го ги след пред
        срещу между над под без или ни им има няма беше бъде още вече само тя той те според защо кога къде две три през
        към а ми може ли ви я все около после де
    """,
    "mk": """
        и во на со за да се од по не е ќе како што но до при дека ова кои кој која му си го ги пред против меѓу над под
        без или ни им има нема беше биде уште само таа тој тие според зошто каде два три низ кон а ми кога може те ви
        две она ли после де
    """,
    "ru": """
        и в во на с со за не что как по из от о об к ко у а но до же или это при для его её их он она они мы вы я был
        была было были быть есть нет бы ли уже ещё еще только если когда где кто чем после перед между против над под
        без через около своих свои свой все всех так также чтобы почему который которые два две три может будет более
        стал да ни им про те та той
    """,
    "uk": """
        і й в у на з із зі за не що як по від про до та а але це при для його її їх він вона вони ми ви я був була було
        були бути є немає б чи вже ще тільки якщо коли де хто ніж після перед між проти над під без через біля своїх
        свої свій всі всіх так також щоб чому який які два дві три може буде більш став все те о же той нема
    """,
}

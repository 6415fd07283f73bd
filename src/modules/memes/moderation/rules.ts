/**
 * The rules that prompts and captions are held against. They see words, not intentions: weak against context, which the
 * admin page says. Each is tried on every reading of the text (`readings`), small and without accents.
 */
import {
  any,
  CONTEMPT,
  FIRST_NAMES,
  GROUPS,
  INSULTS,
  INSULTS_BEFORE,
  PUBLIC_PEOPLE,
  PUBLIC_ROLES,
  RELATIONS,
  ROAST,
  SLURS,
} from "./lexicon.ts";
import type { ScreenCode } from "./messages.ts";

const re = (source: string, flags = "u"): RegExp => new RegExp(source, flags);
const word = (alternatives: string): string => `(?<![\\p{L}\\d])(?:${alternatives})(?![\\p{L}\\d])`;

/** Phrases with risky words that mean no harm; taken out before the rules look. */
const HARMLESS = re(
  [
    word(
      any(`bath_bombs? photo_?bomb(?:s|ed|ing)? f-?bombs? sex_ed(?:ucation)? opposite_sex same_sex sexualkunde nude_lipstick naked_cakes? naked_eye naked_truth career_suicide suicide_squad suicide_prevention
      dead_?lines? killer_feature die-?hard adult_swim kill_switch child_process(?:es)? orphan_process(?:es)? zombie_process(?:es)? master_and_child parent_and_child boss_fights? final_boss
      black_friday black_coffee black_hole black_box white_noise white_board roast_(?:chicken|beef|potatoes|turkey|duck|vegetables|dinner|coffee|pork) dark_roast light_roast
      sexbombe badebombe bombenstimmung bombenwetter bombenfest atombombe_der_gefuhle schwarzer_kaffee schwarzes_loch schwarze_katze
      suicide_burn hot_dogs? sextant essex sussex middlesex screen_?shot mug_shots? idiot_sandwich(?:es)?`),
    ),
    // Hyperbole: the speaker suffers, and laughs.
    word(
      `(?:dying|die|died|dead|killed|kills?|killing|sterbe|sterben|gestorben|tot) (?:of|from|me|vor|with) (?:laughter|laughing|embarrassment|cringe|boredom|shame|lachen|scham|langeweile|hunger|softly)`,
    ),
    word(`(?:lache|lachen|lacht) (?:mich |sich )?(?:tot|schlapp)`),
    word(`(?:argere|totlachen|zu tode (?:gelangweilt|erschrocken))`),
  ].join("|"),
  "gu",
);

const PERSON =
  any(`him her them you someone somebody everyone everybody people humans (?:my|his|her|our|the|your|this|that|a|all|those|these|every)_(?:\\w+_){0,2}(?:${RELATIONS}|${PUBLIC_ROLES}|neighbo\\w+'s_\\w+|politicians?|cops?|police|judge|doctor|nurse|kids?|child|children|family|people|guy|man|woman|girl|boy|baby|grandma|son|daughter|team|class|jury)
  ihn sie_alle euch dich jemanden alle leute menschen (?:mein|meine|meinen|meiner|meinem|unser|unsere|unseren|den|die|das|der|diese|diesen|alle|jeden|ein|einen)_(?:\\w+_){0,2}(?:${RELATIONS}|${PUBLIC_ROLES}|polizisten|politiker|richter|arzt|kinder|familie|leute|typ|klasse|kollegen|sohn|tochter)`);

const KILL =
  any(`kill murder stab shoot strangle behead assassinate lynch execute rape hang burn_alive set_on_fire run_over beat_up beat_to_death beat_the_shit_out_of smash_the_face_of punch hurt poison slaughter torture bomb
  umbringen toten ermorden erschiessen abstechen erstechen erwurgen aufhangen hangen verprugeln zusammenschlagen totschlagen verbrennen vergewaltigen vergiften foltern abknallen schlachten lynchen`);

const NUMBER_UNDER_18 = "(?:[1-9]|1[0-7])";
const MINOR =
  any(`child children kids? minors? preteens? pre-teens? underage toddlers? teens? teenagers? teenage school_?girls? school_?boys? little_girls? little_boys? lolis? lolita shota infants?
  ${NUMBER_UNDER_18}_?-?_?(?:year|yr|yo)s?[\\s-]*(?:old|olds)? ${NUMBER_UNDER_18}_?yo kind kinder kindern minderjahrige[nrsm]? kleinkind(?:er)? schulmadchen schulerin(?:nen)? kleine[ns]?_madchen kleine[ns]?_jungen? jugendliche[nrs]?
  ${NUMBER_UNDER_18}_?-?_?jahrige[nrsm]?`);
const SEXUAL =
  any(`sexy sex sexual sexually sexier porn porno porns nudes? naked undress(?:ed|ing)? stripping strip_tease erotic erotica horny masturbat\\w+ blow_?jobs? hand_?jobs? orgasms? molest\\w* lewd hentai
  nackt\\w* sexuell\\w* erotisch\\w* geile[nrsm]? pornografi\\w+ fick\\w* missbrauch\\w* ausgezogen\\w*`);
const EXPLICIT =
  any(`porn porno porns pornhub blow_?jobs? hand_?jobs? rim_?jobs? cum cumshots? cumming masturbat\\w+ jerk(?:ing)?_off orgasms? dildos? anal_sex oral_sex deepthroat gang_?bangs? creampie hentai bukkake
  dick_pics? (?:send|leaked|my|her|his|show)_(?:\\w+_)?nudes nude_(?:pics?|photos?|pictures?) naked_(?:pics?|photos?|pictures?) hardcore_sex having_sex_with sex_tape sex_with fuck(?:ing)?_(?:my|her|his|a|the|your)_(?:\\w+_)?(?:wife|mom|mum|mother|sister|teacher|boss|ass|girl|secretary|neighbou?r) pussy cock_(?:in|pics?|suck\\w*) suck_my_(?:dick|cock) (?:big|huge)_(?:tits|boobs|cock)
  (?:giving|gave|gives|give)_head(?!_(?:start|count|room)) porno\\w* sexszene\\w* sexspiel\\w* nacktbild\\w* nacktfoto\\w* ficken fick(?:e|t|st) gefickt wichsen wichst orgasmus muschi schwanz_lutschen blasen_lassen arschfick sexfilm\\w* geschlechtsverkehr pornofilm\\w*`);

/** Rules of fixed words and short distances. The first that matches decides, so the gravest come first. */
const SIMPLE: readonly (readonly [ScreenCode, RegExp])[] = [
  ["sexual.minor", re(`${word(MINOR)}.{0,60}${word(SEXUAL)}|${word(SEXUAL)}.{0,60}${word(MINOR)}`)],
  [
    "sexual.minor",
    re(word(any(`child_porn\\w* kinderporn\\w* cp_links? jailbait pedo(?:phile|philia)?_\\w+ padophil\\w*_\\w+`))),
  ],
  ["sexual.explicit", re(word(EXPLICIT))],
  [
    "self_harm",
    re(
      word(
        any(`kys kms kill_(?:your|ur|my|him|her|them)(?:self|selves) killyourself killmyself killing_(?:my|your)self off_(?:my|your)self end_(?:my|your|his|her|their)_(?:own_)?life (?:my|your)_own_death
        suicid(?:e|al) commit_suicide ritzen_(?:ist|macht|hilft) (?:zum|beim|am|furs)_ritzen end_it_all how_to_(?:hang|drown)_(?:my|your)self hang_(?:my|your)self slit_(?:my|your)_wrists? cut(?:ting)?_(?:my|your)(?:self|_wrists?|_arms?) self_?-?harm(?:ing)? overdose_on (?:dont|don't|do_not)_want_to_(?:live|be_alive|exist) want_to_be_dead
        go_(?:and_)?die (?:jump_off_a_)bridge pro_?-?ana anorexia_tips starve_(?:my|your)self bring_mich_(?:jetzt_|heute_)?um (?<!coffee_)(?<!caffeine_)(?<!sugar_)overdose(?!_(?:of|on)_(?:coffee|caffeine|sugar|chocolate|cheese|memes?|tea|cats?|cuteness))
        selbstmord\\w* suizid\\w* selbstverletz\\w* (?:mich|dich|sich)_(?:\\w+_){0,3}(?:umbring\\w*|umzubringen|toten|erhangen|aufhangen|ritzen|umgebracht) bring_dich_(?:doch_)?um bringe?_mich_(?:jetzt_|heute_)?um (?:leben|lebens)_(?:ein_ende|zu_beenden|beenden) nicht_mehr_leben nicht_mehr_(?:da|am_leben)_sein
        (?:will|mochte|wollte)_(?:einfach_|nur_|noch_|nur_noch_)?sterben pulsadern? ritz_dich geh_sterben spring_von_der_brucke`),
      ),
    ),
  ],
  [
    "self_harm",
    // "I want to die when the printer jams" is a figure of speech; alone it may not be one.
    re(
      `^(?:i (?:just |really )?(?:want|wish|wanna)(?: to| i could)? die|i want to disappear forever)(?: (?:now|tonight|today|meme|already))*[.!]*$`,
    ),
  ],
  [
    "instructions.harm",
    re(
      `${word(
        any(`how_(?:to|do_i|can_i|do_you) steps?_(?:to|for) step_by_step guide_(?:to|for) tutorial_(?:for|on) recipe_(?:for|to) instructions_(?:for|to) diy ways_to
      wie_(?:man|ich|baut|macht|bastelt|mische|baue|knacke|klaue|hacke|kann_man|kann_ich) anleitung\\w* rezept_(?:fur|zum) tutorial_(?:fur|zum) schritt_fur_schritt`),
      )}.{0,50}${word(
        any(`(?:pipe_|nail_|dirty_|car_)?bombs? (?:rohr|nagel|auto)?bomben? explosives? sprengstoff\\w* molotov\\w* molotow\\w* grenades? granaten? napalm meth methamphetamine crystal_meth crack_cocaine heroin fentanyl ricin nerve_gas sarin poison_(?:gas|for)
        poison_(?:my|a|the|your|some)\\w* (?:3d_print_a_|untraceable_|ghost_)guns? silencer steal_(?:a_)?(?:cars?|credit_cards?|identity|identities) (?:hack|break)_into shoplift\\w* ransomware phishing_(?:mails?|sites?) keylogger
        (?:drug|roofie)_(?:someone|her|him|a_drink|my_date) get_away_with_murder hide_a_body (?:make|cook|build)_(?:drugs|weapons)
        gift_(?:misch\\w+|herstell\\w+|gegen) vergift\\w+ drogen_(?:koch\\w+|herstell\\w+) k\\.?o\\.?-?tropfen waffe\\w*_(?:bau\\w+|druck\\w+) auto_(?:knack\\w+|klau\\w+) einbrech\\w+ schloss_knack\\w+ passwor\\w+_(?:\\w+_){0,3}(?:knack\\w+|hack\\w+)
        (?:knacke|hacke)_(?:\\w+_){0,3}(?:passwort|konto|handy|account) konto_(?:\\w+_){0,2}hacken nachrichten_(?:\\w+_){0,2}(?:mitlesen|ausspionier\\w+)`),
      )}`,
    ),
  ],
  [
    "instructions.harm",
    re(
      word(
        any(`(?:build|make|making|building|assemble)_(?:a_|an_)?(?:pipe_|nail_|dirty_|car_)?bombs?(?!_of|_joke) (?:cook|make|cooking)_(?:some_)?(?:meth|crystal|napalm|ricin) bombe_(?:bau|bastel)\\w+ (?:bau|bastel)\\w+_(?:eine_)?(?:rohr)?bombe sprengstoff_(?:misch|herstell)\\w+
      meth_kochen crystal_kochen gift_ins_essen poison_in_(?:his|her|their|someones?|somebodys?)_\\w+`).replaceAll(
          "(?!\\s+of|\\s+joke)",
          "(?! of| joke)",
        ),
      ),
    ),
  ],
  [
    "instructions.harm",
    // Into somebody else's things: the verb may come first, as in a German question.
    re(
      word(
        any(
          `(?:knacke?|hacke?|hack|crack|klaue?|stehle)_(?:ich_|man_|into_)?(?:das_|die_|den_|the_)?(?:passwort|password|passworter|konto|handy|wlan|account|phone|wifi|smartphone|postfach)_(?:\\w+_){0,1}(?:meiner|meines|von|seines|ihres|eines|of|from|my)`,
        ),
      ),
    ),
  ],
  [
    "threat.violence",
    re(
      word(
        any(`school_shoot(?:ing|er)s? mass_shooting shoot_up_(?:a|the|my|our)_\\w+ bomb_(?:the|a|my|our|this)_(?:school|office|mosque|church|synagogue|hospital|airport|building|town_hall|embassy|city) blow_up_(?:the|a|my|our|this)_(?:school|office|mosque|church|synagogue|hospital|airport|building|embassy)
        amoklauf\\w* amok_laufen terroranschlag\\w* terror_attack (?:schule|buro|moschee|synagoge|kirche|rathaus)_(?:in_die_luft_\\w+|sprengen|anzunden|abfackeln) burn_down_(?:the|a|my|his|her|our|their)_(?:house|school|office|mosque|church|synagogue|home) beat_my_(?:wife|girlfriend|kids?|child|children)(?!_(?:at|in|to))
        acid_attack (?:wir|ich|man)_(?:werde|werden|sollte|sollten|will|wollen|mochte|muss|mussen)_(?:\\w+_){0,4}(?:${KILL}) (?:werde|will|wurde)_(?:\\w+_){0,3}(?:umbringen|abstechen|verprugeln) schlag_\\w+_tot (?:den|die|meinen?|meiner|unseren?|diesen?)_(?:${RELATIONS})_(?:\\w+_)?(?:umbringen|abstechen|erstechen|erwurgen|verprugeln|zusammenschlagen|erschiessen|aufhangen|vergiften|ermorden) ich_(?:verprugle|verprugele|verprugel|ermorde|erschiesse|erwurge|vergifte|ersteche)_(?:mein\\w*|den|die|das|dich|ihn|sie|euch|alle) (?:ich|wir)_(?:bringe|bringen|steche|stechen|schlage|schlagen|knalle|knallen)_(?:(?:meine?[nrm]?|den|die|das|dich|ihn|sie|euch|alle|diese[nrm]?|unsere?n?)_)(?:\\w+_){0,2}(?:um|ab|tot|zusammen)`).replaceAll(
          "(?!\\s+(?:at|in|to))",
          "(?! (?:at|in|to)\\b)",
        ),
      ),
    ),
  ],
  [
    "threat.violence",
    // Somebody does it to a person: not "my boss kills me", not "shoot my cousin's wedding", not "hang my brother's picture".
    re(
      `(?<!(?:will|to|gonna|would|could|might|almost|me|boss|game) )${word(KILL)} (?:all |every |up )?${word(PERSON)}(?!'s|s? (?:wedding|picture|portrait|photo|video|darlings|film|movie|coat|jacket|at (?:chess|tennis|golf|cards|darts|bowling|table tennis|the game|mario)|in (?:chess|the game|mario))|' )`,
    ),
  ],
  [
    "threat.violence",
    re(
      `${word(any(`i'?m_going_to i_am_going_to i_will i'll i_want_to we_should let's lets gonna i'm_gonna want_to time_to someone_should somebody_should going_to`))} ${word(KILL)} ${word(PERSON)}(?!'s|s? (?:wedding|picture|portrait|photo|video|darlings|at (?:chess|tennis|golf|cards|darts|bowling|the game)|in (?:chess|the game)))`,
    ),
  ],
  [
    "threat.violence",
    re(
      `${word(PERSON + "|" + RELATIONS + "|" + GROUPS)} ${word("(?:soll|sollen|muss|mussen|verdient|verdienen|should|must|deserves? to|needs? to) (?:\\w+ )?(?:brennen|sterben|verrecken|ertrinken|verschwinden|die|burn|drown|rot|hang|disappear|be shot|be killed|be hanged)")}`,
    ),
  ],
  [
    "threat.violence",
    re(
      word(
        any(`(?:zunde|zunden|fackle|fackeln|brenne|brennen)_(?:ich_|wir_)?(?:ihr|sein|mein\\w*|das|die|den|dein\\w*|eure?)_(?:\\w+_)?(?:haus|auto|wohnung|schule|buro|kirche|moschee)
          (?:haus|wohnung|schule|moschee|synagoge|heim)_(?:anzunden|abfackeln|niederbrennen) set_(?:his|her|their|the|my_\\w+s?|him|someones?)_(?:\\w+_)?on_fire`),
      ),
    ),
  ],
  [
    "instructions.harm",
    re(
      word(
        any(`wie_(?:vergifte|klaue|stehle|knacke|hacke|sprenge|falsche|entfuhre)_(?:ich|man) [3e]d_?-?print(?:ing|ed|s)?_(?:a_)?(?:guns?|weapons?|pistols?)
          (?:make|making|mix|mixing|produce|herstellen|mischen)_(?:chlorine|mustard|toxic|nerve|poison)_gas (?:chlor|senf|gift)gas_(?:herstell|misch|mach)\\w*`),
      ),
    ),
  ],
  [
    "hate.protected_group",
    re(
      word(
        any(`(?:gay|lesbian|trans|black|jew|jewish|muslim|asian|arab|mexican|polish|disabled|blind|retard|women|woman|blonde?|racist|sexist|homophobic|holocaust)_jokes?
          (?:juden|schwulen|lesben|turken|polen|behinderten|frauen|auslander|blondinen|moslem|fluchtlings|schwarzen|zigeuner|rassisten|nazi)_?witze?
          (?:trans|transgender|gay|queer|muslim|jewish|black|asian|arab|disabled|immigrant)_(?:freaks?|vermin|scum|filth|criminals?|animals?|monkeys?|rats?|thieves)`),
      ),
    ),
  ],
  [
    "hate.protected_group",
    re(
      `${word(GROUPS)} ${word("raus|out|go home|verschwindet|abschieben|deportieren|vergasen")}(?! of| with| for| to| dinner)`,
    ),
  ],
  [
    "hate.protected_group",
    re(
      `${word("why|warum|wieso")}(?: (?:do|are|can't|all|alle|sind|so|nur)){1,3} ${word(GROUPS)} (?:\\w+ ){0,2}?${word(CONTEMPT)}|${word("warum|wieso")} ${word(CONTEMPT)}(?: \\w+)? ${word(GROUPS)}`,
    ),
  ],
  ["hate.protected_group", re(`(?<![\\p{L}\\d])(?:${SLURS})(?:witze?|jokes?|memes?|pack)?(?![\\p{L}\\d])`)],
  [
    "harassment.doxxing",
    re(
      `${word(any(`(?:home_)?address phone_number workplace private_number where_\\w+_lives adresse telefonnummer handynummer wohnort`))} (?:of|von|from|meiner|meines|der|des) .{0,30}${word(RELATIONS + "|" + FIRST_NAMES)}|${word(any(`dox doxx doxxing doxen`))} |${word("wo")} .{0,30}${word(RELATIONS)}.{0,20}wohnt`,
    ),
  ],
  [
    "hate.protected_group",
    re(
      word(
        any(`heil_hitler sieg_heil white_power white_supremacy great_replacement umvolkung auslander_raus juden_raus gas_the_\\w+ gas_chambers? gaskammer\\w* auschwitz holocaust\\w* 88_heil blood_and_soil blut_und_ehre
      (?:jews|juden|muslims|women|migranten)_(?:control|rule|own|run|steuern|regieren|kontrollieren)\\w* kill_all_(?:men|women|${GROUPS}) deport_(?:all|them)\\w*`),
      ),
    ),
  ],
  [
    "hate.protected_group",
    re(
      `${word(GROUPS)}(?: \\w+){0,2}? ${word(any(`are is be were will_always_be sind ist waren seien gehoren belong should_(?:all_)?(?:die|be_gassed|be_deported|be_shot|go_back) = equals konnen_nicht can't_(?:drive|code|think) cannot_(?:drive|code|think) cant_drive`))}(?: \\w+){0,4}? ${word(`${CONTEMPT}|in the kitchen|an den herd|in die kuche|abgeschoben|vergast|erschossen|deported|killed|shot|gassed|drive|code|think|autofahren|einparken|denken|die`)}`,
    ),
  ],
  ["hate.protected_group", re(`${word("are|sind")}(?: all| alle)? ${word(GROUPS)}(?: \\w+){0,2}? ${word(CONTEMPT)}`)],
  [
    "hate.protected_group",
    re(
      `${word(GROUPS)} ${word("(?:can't|cannot|cant|konnen nicht) (?:drive|code|think|park|denken|fahren|einparken)")}`,
    ),
  ],
  ["hate.protected_group", re(`${word(`${CONTEMPT}`)} ${word(GROUPS)}`)],
  [
    "hate.protected_group",
    re(
      `${word(`${ROAST}|hate|i hate|get rid of|exterminate|jokes? about|against|hasse|witze? uber|gegen|weg mit|nieder mit|vernichte[tn]?`)}(?: (?:all|the|alle|diese|die|those|these))* ${word(GROUPS)}(?! (?:toilet|bathroom|team|jeans|size|shoes|day|kleidung|toilette))`,
    ),
  ],
];

/** Who may be laughed at: people of public life in their office. */
const PUBLIC = re(word(`${PUBLIC_ROLES}|${PUBLIC_PEOPLE}`));
const NAME = word(FIRST_NAMES);
const RELATION = word(RELATIONS);
const OWNED = `(?:my|our|his|her|their|your|the|this|that|mein|meine|meinen|meiner|meinem|meines|unser|unsere|unseren|unserer|deine?n?|den|die|der|diese[nr]?)`;
/** A thing of theirs is no person: "laugh at my dad's jokes", "roast my boss' slides". */
const NOT_THINGS = `(?!'s?\\b|s' |s (?:witze|essen|auto)| (?:jokes|emails?|slides|cooking|meetings?|process|code|playlist|puns))`;

const ROASTED = re(
  `${word(ROAST)} (?:(?!with|for|by|and|to|mit|fur|und)\\w+ ){0,3}?(?:${OWNED} )(?:\\w+ ){0,2}?${RELATION}${NOT_THINGS}`,
);
const ROASTED_AFTER = re(
  `(?:${OWNED} )(?:\\w+ ){0,1}?${RELATION}(?: \\w+){0,4}? ${word(any(`lacherlich verarschen verspotten blossstellen blosszustellen beleidigen mobben fertigmachen fertigzumachen blamieren demutigen lustig_machen`))}`,
);
const HURT = re(
  `(?:${OWNED} )(?:\\w+ ){0,2}?${RELATION}${NOT_THINGS}(?:[,:]? [\\w.']+){0,6}?,? ${word(`(?:is|because|looks?|ist|weil|for being|der|die|who|und ihr|and (?:his|her)|so|wegen|with|mit|with (?:his|her))`)}(?: [\\w']+){0,4}? ${word(INSULTS)}`,
);
const JOKE_ABOUT = `(?:\\w+ )?(?:jokes?|memes?|witze?|spruch|spruche|bild|post) (?:about|on|of|uber|von|daruber,? wie|zu|against|gegen)`;
const HURT_BEFORE = re(
  `(?:${JOKE_ABOUT} |${word(ROAST)} )(?:\\w+ ){0,2}?${OWNED} (?:\\w+ ){0,1}?${word(INSULTS_BEFORE)} (?:\\w+ ){0,1}?${RELATION}`,
);
const HOW_HURT = re(`${word("how|wie")} ${word(INSULTS + "|" + INSULTS_BEFORE)} ${OWNED} (?:\\w+ ){0,1}?${RELATION}`);
const HURT_NAMED = re(`${RELATION} (?:\\w+ ){0,1}?${NAME}(?:[,:]? [\\w.']+){0,7}? ${word(INSULTS)}`);
const ROASTED_NAME = re(`${word(ROAST)} (?:\\w+ ){0,5}?${NAME}(?!'s? (?:birthday|cake|jokes))`);
const NAME_HURT = re(
  `${NAME}(?: [\\w']+){0,3}? ${word("is|ist|looks|sieht|smells|stinkt|because|weil|so")}(?: [\\w']+){0,3}? ${word(INSULTS)}`,
);
const ROAST_WORD = re(word(ROAST));
const INSULT_WORD = re(word(INSULTS));

/** Words with a capital that are no names, at the beginning of a sentence or in German anywhere. */
const TITLE_NAME = /(?:\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Herrn|Frau)\.? \p{Lu}\p{L}+)/u;
const FULL_NAME = /(?<![.!?]\s)(?<!^)\b(\p{Lu}\p{Ll}+) (\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?)\b/gu;

function namesSomebody(text: string, cased: string): boolean {
  if (re(NAME).test(text)) return true;
  if (TITLE_NAME.test(cased)) return true;
  // In German every noun has a capital: there two of them are only a name when the first is a known one.
  return [...cased.matchAll(FULL_NAME)].some(
    ([, first]) => first !== undefined && re(`^(?:${FIRST_NAMES})$`).test(first.toLowerCase()),
  );
}

function privatePerson(text: string, cased: string): boolean {
  const related = re(RELATION).test(text);
  if (ROASTED.test(text) || ROASTED_AFTER.test(text) || HURT.test(text) || HURT_NAMED.test(text)) return true;
  if (HURT_BEFORE.test(text) || HOW_HURT.test(text)) return true;
  if (PUBLIC.test(text) && !related) return false;
  if (ROASTED_NAME.test(text) || NAME_HURT.test(text)) return true;
  const english = /\b(?:the|my|is|because|about|for|make|of)\b/u.test(text);
  const capitals = english && [...cased.matchAll(FULL_NAME)].length > 0;
  const named = namesSomebody(text, cased) || capitals;
  if (named && ROAST_WORD.test(text)) return true;
  return named && related && INSULT_WORD.test(text);
}

/** The code of the first rule that a reading breaks. `cased` is the same text with its capitals. */
export function judge(reading: string, cased: string): ScreenCode | undefined {
  const text = reading.replace(HARMLESS, " ");
  // Before all others only what must never pass; a roast that uses a slur is still hate.
  for (const [code, pattern] of SIMPLE) if (pattern.test(text)) return code;
  return privatePerson(text, cased) ? "harassment.private_person" : undefined;
}

/**
 * Word lists of the rules. All in small letters without accents, as `readings` gives them. Slurs are written in rot13: the
 * list has to exist, nobody has to read it by accident.
 */

const rot13 = (text: string): string =>
  text.replace(/[a-z]/g, (c) => String.fromCharCode(((c.charCodeAt(0) - 97 + 13) % 26) + 97));

/** Joins words to one alternative of a pattern: `_` is a space, `_?` one that may be missing. */
export const any = (words: string): string =>
  words.trim().split(/\s+/).join("|").replaceAll("_?", "\\s*").replaceAll("_", "\\s+");

export const SLURS = any(
  rot13(`avttre avttref avttn snttbg snttbgf sntf xvxr xvxrf puvax puvaxf tbbx tbbxf fcvp fcvpf jrgonpx jrgonpxf enturnq
    gbjryurnq genaal genaavrf ergneq ergneqf ergneqrq pbba pbbaf qlxr qlxrf tlccb fnaqavttre cnxv cnxvf
    arttre xnanxr xnanxra fpujhpugry fpujhpugrya fcnfgv fcnfgvf zbatb zbatbf whqrafnh xhzzrygüexr mvtrhare mvtrharecnpx
    fpuyvgmnhtr fpuyvgmnhtra xnzrygervore hagrezrafpu hagrezrafpura iblyrh`),
).replaceAll("ü", "u");

/** Groups that law and our rules protect. */
export const GROUPS =
  any(`jews? jewish_people muslims? islam christians? hindus? sikhs? atheists? black_people blacks? black_men black_women
  africans? white_people whites asians? chinese_people indians? mexicans? latinos? latinas? arabs? turks? poles polish_people
  russians? germans? ukrainians? syrians? afghans? gypsies roma_people sinti immigrants? migrants? refugees?
  foreigners? asylum_seekers? gays? gay_people gay_men homosexuals? lesbians? bisexuals? trans_people transgender_people
  trans_women trans_men transsexuals? lgbtq?\\+?_?people queers? queer_people women girls females? men disabled_people disabled_kids
  handicapped_people wheelchair_users autistic_people autistics? autists? deaf_people blind_people fat_people obese_people old_people homeless_people
  poor_people native_americans aboriginals? jud(?:e|en|innen) moslem[s]? muslim(?:e|en|innen) islamisten? christen schwarze[nr]? afrikaner(?:n|innen)? asiaten? chinesen
  inder tuerken turken? polen russen? araber[n]? syrer[n]? afghanen? roma auslander(?:n|innen)? fluchtlinge[n]?
  asylanten? asylbewerber[n]? migrant(?:en|innen) zuwanderer einwanderer schwule[nr]? lesben? transfrauen transmanner transen? transsexuelle[nr]? homos? homosexuelle[nr]?
  frauen weiber manner behinderte[nr]? rollstuhlfahrer[n]? autisten dicke_menschen alte_menschen obdachlose[nr]? arme_menschen`);

/** What makes a sentence about a group contempt. */
export const CONTEMPT =
  any(`stupid stoopid dumb dumber idiots? to_blame inferior subhuman vermin rats? cockroaches parasites? animals? monkeys? apes? pigs? dogs scum filth filthy dirty
  disgusting disease plague cancer criminals? thieves terrorists? rapists? freaks? gross steal stealing lie cheat lazy worthless useless retarded trash garbage evil smelly stink
  invaders mentally_ill too_dumb less_intelligent abnormal perverts? sick degenerates? ugly primitive savages greedy liars
  dumm dummer strohdumm minderwertig weniger_wert untermenschen ungeziefer ratten? kakerlaken parasiten schmarotzer tiere affen schweine abschaum dreckig
  dreck ekelhaft eklig krankheit pest seuche kriminelle? kriminell verbrecher diebe terroristen terrorist vergewaltiger faul wertlos nutzlos mull bose stinken krank
  abartig unnormal pervers hasslich primitiv gierig an_allem_schuld schuld_an klauen stehlen lugen freaks lugner invasoren untermensch`);

export const RELATIONS =
  any(`co-?workers? colleagues? work_mate neighbou?rs? ex ex-?girlfriend ex-?boyfriend ex-?wife ex-?husband teachers? classmates? boss manager supervisor roommates? flatmates?
  housemates? landlord landlady brother sister cousin uncle aunt stepmom stepdad mother-in-law father-in-law in-laws? friend girlfriend boyfriend wife husband
  professor tutor coach trainer intern student pupil employee secretary cashier bully mother father mom mum dad
  kid_in_my_class girl_in_my_class boy_in_my_class guy_in_my_class girl_from_school boy_from_school guy_from_work girl_from_work new_kid kid_next_door
  kolleg(?:e|in|en|innen) arbeitskolleg(?:e|in|en) nachbar(?:n|in|s)? ex-?freund(?:in)? ex-?frau ex-?mann lehrer(?:in|s)? klassenlehrer(?:in)? mitschuler(?:in|s)? klassenkamerad(?:in|en)? chef(?:in|s)?
  vorgesetzte[rn]? mitbewohner(?:in|s)? vermieter(?:in|s)? bruder schwester cousine onkel tante schwiegermutter schwiegervater schwager schwagerin freund(?:in)? frau mann
  professor(?:in)? trainer(?:in)? praktikant(?:in|en)? schuler(?:in)? azubi mitarbeiter(?:in)? angestellte[rn]? kumpel mutter vater mama papa jungen?_aus_meiner_klasse madchen_aus_meiner_klasse`);

/** Words that ask for a joke at somebody's expense. */
export const ROAST =
  any(`make_fun_of making_fun_of makes_fun_of fun_of poke_fun_at roast roasts roasting mock mocks mocking humiliate humiliating humiliates embarrass embarrassing ridicule ridiculing ridicules bully bullying
  insult insulting insults diss dissing shame shaming slander expose exposing laugh_about trash_talk burn_on tear_down destroy ruin mean_(?:meme|joke)s?_(?:about|for) cruel_(?:meme|joke)s?_about nasty_(?:meme|joke)s?_about
  show_everyone tell_everyone let_everyone_know how_(?:ugly|fat|stupid|dumb)
  lustig_uber lacherlich_machen lacherlich lustig_machen_uber lustig_machen verarsch(?:e|en|t)? verspott(?:e|en|et) verhohn(?:e|en|t) blossstell(?:e|en)? blosszustellen blossgestellt stell_\\w+_bloss blamier(?:e|en)? beleidig(?:e|en)? mobb(?:e|en|t)? fertig_?machen
  fertigzumachen mach_\\w+_fertig laster(?:e|n)? hanseln? diss(?:e|en)? demutig(?:e|en) fies(?:e|en|er|es)?_(?:witz|meme|spruch)e? gemein(?:e|en|er|es)?_(?:witz|meme|spruch)e? uber_\\w+_lustig`);

/** Words that hurt when said of a person. */
export const INSULTS =
  any(`fat ugly stupid dumb idiot idiotic moron smelly smells stinks obese pathetic loser worthless creepy stutters stutter stuttering lisp
  slut whore bitch cheater cheated incompetent brainless hideous disgusting overweight chubby dirty pimples acne braindead bastard asshole
  fett dick hasslich dumm strohdumm blod idiot trottel vollidiot stinkt stinken ubergewichtig erbarmlich versager loser stottert stottern lispelt schlampe
  hure nutte hohl behindert eklig ekelhaft pickel unfahig arschloch wichser fettsack doof schwabbelig`);

/** The same as they bend before a noun in German, and only those that nobody says out of pity. */
export const INSULTS_BEFORE =
  any(`fat ugly stupid dumb idiotic bald smelly obese pathetic hideous brainless overweight chubby creepy
  (?:fett|dick|hasslich|dumm|strohdumm|blod|glatzkopfig|kahl|ubergewichtig|erbarmlich|hohl|eklig|ekelhaft|unfahig|doof|stinkend)e[nrms]?`);

/** Common first names, to know a person by where capitals are missing. No name that is also an everyday word. */
export const FIRST_NAMES =
  any(`anna anne julia laura lisa lena marie sophie sophia emma mia hannah leonie jenny jennifer jessica sarah sara sandra sabine petra monika
  claudia andrea susanne karin karen nicole stefanie katrin katharina birgit heike martina ursula renate ingrid helga nina nadine melanie vanessa kathrin
  christine christina maria johanna clara klara amelie charlotte emily olivia ashley amanda megan rachel rebecca samantha stephanie michelle kimberly lauren brittany
  elizabeth heather tiffany linda barbara susan patricia nancy deborah margaret betty helen carol ruth sharon
  peter michael thomas andreas stefan stephan christian martin markus klaus wolfgang jurgen uwe dieter rainer bernd manfred horst gunter gunther helmut
  tobias sebastian daniel alexander florian felix lukas lucas leon paul jonas julian tim tom kevin dennis marcel patrick philipp niklas moritz fabian
  dave david steve steven john james robert bob bobby william jack george brian kyle eric jason justin brandon ryan gary larry kenneth jeff
  jeffrey scott greg gregory josh joshua matthew matt nathan ethan tyler aaron adam henry oliver noah liam logan mehmet ali mustafa
  mohammed ahmed fatima aisha ayse elif igor olga ivan svetlana giovanni carlos jose juan miguel luis`);

/** Offices whose holders may be laughed at. */
export const PUBLIC_ROLES =
  any(`president prime_minister chancellor minister senator congress(?:man|woman) governor mayor king queen prince pope ceo billionaire
  celebrity actor actress singer rapper footballer politician influencer prasident(?:in)? kanzler(?:in)? bundeskanzler(?:in)? minister(?:in)? burgermeister(?:in)? konig(?:in)? papst
  politiker(?:in)? schauspieler(?:in)? sanger(?:in)? promi star milliardar`);

/** Some people of public life by surname: the embedded rules cannot know all of them, and say so. */
export const PUBLIC_PEOPLE =
  any(`trump biden obama clinton bush putin merkel scholz merz habeck baerbock macron johnson sunak starmer thatcher zelensky selenskyj
  musk bezos zuckerberg gates einstein newton darwin shakespeare goethe mozart beethoven napoleon caesar cleopatra
  swift beyonce messi ronaldo federer schwarzenegger gottschalk bohlen soder lindner wagenknecht laschet`);

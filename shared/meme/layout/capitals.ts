/** A text in capitals. A sharp s stays one letter, Turkish i keeps its dot, and Greek capitals carry no accents. */
export function capitals(text: string, lang: string): string {
  const turkic = /^(?:tr|az)\b/i.test(lang);
  return text
    .replaceAll("ß", "ẞ")
    .replace(/\p{Ll}/gu, (char) => (turkic && char === "i" ? "İ" : char.toUpperCase()))
    .replace(/\p{Script=Greek}/gu, (char) => char.normalize("NFD").replace(GREEK_ACCENTS, "").normalize("NFC"));
}

/** Everything but the diaeresis. */
const GREEK_ACCENTS = /\u0300|\u0301|\u0313|\u0314|\u0342|\u0345/gu;

/** A small sharp s stays one letter, as signs have it. An unknown language has the usual capitals. */
export function capitals(text: string, lang: string): string {
  const turkic = /^(?:tr|az)\b/.test(lang);
  return text.replaceAll("ß", "ẞ").replace(/\p{Ll}/gu, (char) => (turkic && char === "i" ? "İ" : char.toUpperCase()));
}

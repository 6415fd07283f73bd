/** The credit line of a remix: a link in the text of the post, in the language of the meme. */
const LINES: Readonly<Record<string, (url: string) => string>> = {
  de: (url) => `Remix von ${url}`,
};

/** Puts the credit line under what somebody wrote, once. */
export function withCredit(text: string, lang: string, parentUrl: string | undefined): string {
  if (parentUrl === undefined || text.includes(parentUrl)) return text;
  const line = (LINES[lang.split("-")[0] ?? ""] ?? ((url: string) => `Remix of ${url}`))(parentUrl);
  return text.trim() === "" ? line : `${text.trimEnd()}\n\n${line}`;
}

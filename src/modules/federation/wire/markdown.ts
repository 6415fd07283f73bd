/**
 * The part of Markdown that people use in descriptions of videos: paragraphs, headings, lists, quotations, emphasis, code, links. Its
 * output goes through the sanitiser like any foreign HTML, so it has to be pleasant, not safe.
 */
import { escapeHtml } from "#platform/text/format.ts";

const MAX_LINES = 5_000;

/** Renders Markdown to HTML; what it does not know stays text. */
export function markdown(source: string): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let items: string[] = [];
  let kind: "ul" | "ol" = "ul";
  const flush = (): void => {
    if (paragraph.length > 0) out.push(`<p>${paragraph.join("<br />")}</p>`);
    if (items.length > 0) out.push(`<${kind}>${items.map((item) => `<li>${item}</li>`).join("")}</${kind}>`);
    paragraph = [];
    items = [];
  };
  for (const line of source.replace(/\r\n?/g, "\n").split("\n", MAX_LINES)) {
    const trimmed = line.trim();
    const heading = /^#{1,6} +(.*)$/.exec(trimmed);
    const bullet = /^(?:[-*+]|(\d{1,3})[.)]) +(.*)$/.exec(trimmed);
    if (trimmed === "" || /^(?:-{3,}|\*{3,}|_{3,}|`{3,}\w*)$/.test(trimmed)) flush();
    else if (heading) {
      flush();
      out.push(`<h2>${inline(heading[1] ?? "")}</h2>`);
    } else if (bullet) {
      const wanted = bullet[1] === undefined ? "ul" : "ol";
      if (items.length === 0 || kind !== wanted) flush();
      kind = wanted;
      items.push(inline(bullet[2] ?? ""));
    } else if (trimmed.startsWith(">")) {
      flush();
      out.push(`<blockquote><p>${inline(trimmed.slice(1).trim())}</p></blockquote>`);
    } else {
      if (items.length > 0) flush();
      paragraph.push(inline(trimmed));
    }
  }
  flush();
  return out.join("");
}

const INLINE =
  /`([^`\n]{1,500})`|\*\*([^*\n]{1,500})\*\*|__([^_\n]{1,500})__|\*([^*\n]{1,500})\*|\[([^\][\n]{1,500})\]\(([^\s()]{1,2000})\)|<?(https?:\/\/[^\s<>()"']{1,2000})>?/g;

function inline(line: string): string {
  let out = "";
  let at = 0;
  for (const m of line.matchAll(INLINE)) {
    out += escapeHtml(line.slice(at, m.index));
    at = m.index + m[0].length;
    const strong = m[2] ?? m[3];
    if (m[1] !== undefined) out += `<code>${escapeHtml(m[1])}</code>`;
    else if (strong !== undefined) out += `<strong>${escapeHtml(strong)}</strong>`;
    else if (m[4] !== undefined) out += `<em>${escapeHtml(m[4])}</em>`;
    else out += `<a href="${escapeHtml(m[6] ?? m[7] ?? "")}">${escapeHtml(m[5] ?? m[7] ?? "")}</a>`;
  }
  return out + escapeHtml(line.slice(at));
}

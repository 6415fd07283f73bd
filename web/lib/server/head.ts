/** Tags for search engines and link previews. Written on the server only: a browser which is already here does not need them. */

export interface HeadTags {
  title: string;
  description?: string;
  image?: string | null;
  imageAlt?: string | null;
  type?: "website" | "profile" | "article";
  /** Path or address of the page. */
  canonical: string;
  noindex?: boolean;
  /** Whether previews show the picture large. */
  card?: boolean;
  /** JSON-LD. */
  structured?: object | null;
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The plain text of a post's or a profile's HTML, for descriptions. */
export function plainText(html: string, limit: number): string {
  const text = html
    .replace(/<br[^>]*>|<\/p>/g, " ")
    .replace(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** The tags as HTML; a page which has set none is not for search engines. */
export function renderHead(tags: HeadTags | null, publicUrl: string, siteName: string): string {
  if (!tags) return '<meta name="robots" content="noindex" />';
  const out: string[] = [];
  const meta = (kind: "name" | "property", name: string, content: string | null | undefined): void => {
    if (content) out.push(`<meta ${kind}="${name}" content="${escape(content)}" />`);
  };
  const address = new URL(tags.canonical, publicUrl).href;
  if (tags.noindex) meta("name", "robots", "noindex, noarchive");
  out.push(`<link rel="canonical" href="${escape(address)}" />`);
  meta("name", "description", tags.description);
  meta("property", "og:site_name", siteName);
  meta("property", "og:type", tags.type ?? "website");
  meta("property", "og:title", tags.title);
  meta("property", "og:description", tags.description);
  meta("property", "og:url", address);
  if (tags.image) {
    meta("property", "og:image", new URL(tags.image, publicUrl).href);
    meta("property", "og:image:alt", tags.imageAlt);
  }
  meta("name", "twitter:card", tags.card ? "summary_large_image" : "summary");
  // A "<" in the data must not end the script element.
  if (tags.structured)
    out.push(
      `<script type="application/ld+json">${JSON.stringify(tags.structured).replaceAll("<", "\\u003c")}</script>`,
    );
  return out.join("\n    ");
}

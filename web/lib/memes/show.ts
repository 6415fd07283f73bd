/** Puts a drawing into the page as elements: it is ours, but captions and addresses in it are not, so it is parsed as data and never as HTML. */
import type { Attachment } from "svelte/attachments";

const NAMES = ["x", "y", "width", "height"] as const;

/** Shows an SVG inside an element, and replaces the one that was there. */
export function showSvg(svg: string): Attachment {
  return (node) => {
    const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    if (root.localName !== "svg") return;
    const next = document.adoptNode(root);
    next.setAttribute("aria-hidden", "true");
    // The same photo stays the same element: a new one would flash until it is decoded again.
    const [before, after] = [node.querySelector("image"), next.querySelector("image")];
    if (before && after && before.getAttribute("href") === after.getAttribute("href")) {
      for (const name of NAMES) before.setAttribute(name, after.getAttribute(name) ?? "0");
      after.replaceWith(before);
    }
    node.replaceChildren(next);
  };
}

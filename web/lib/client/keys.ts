/** The keyboard map. Inactive while something is being typed, and behind open dialogs. */
import { goto } from "$app/navigation";
import { ui } from "./ui.svelte.ts";

const typing = "input, textarea, select, [contenteditable]";

function posts(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("article[data-post]")];
}

function current(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("article[data-post]") ?? null;
}

function move(step: 1 | -1): void {
  const all = posts();
  const active = current();
  let index = active ? all.indexOf(active) + step : -1;
  if (!active) {
    // From where the reader is, not from the top of the page.
    index = all.findIndex((post) => post.getBoundingClientRect().top > 56);
    if (index < 0) index = 0;
  }
  const target = all[Math.max(0, Math.min(all.length - 1, index))];
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "nearest" });
}

function press(key: string): void {
  current()?.querySelector<HTMLElement>(`[data-key="${key}"]`)?.click();
}

const places: Record<string, string> = {
  h: "/home",
  n: "/notifications",
  b: "/bookmarks",
  s: "/settings/profile",
  e: "/explore",
};

/** Starts listening; returns the stop function. `profile` is the reader's own profile path. */
export function listen(profile: string | null): () => void {
  let prefix = false;
  let prefixTimer: ReturnType<typeof setTimeout> | undefined;
  const onkeydown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (
      !(event.target instanceof Element) ||
      event.target.closest(typing) ||
      document.querySelector("dialog[open], :popover-open")
    )
      return;
    const { key } = event;
    if (prefix) {
      prefix = false;
      clearTimeout(prefixTimer);
      const path = key === "p" ? profile : profile || key === "e" ? places[key] : undefined;
      if (path) {
        event.preventDefault();
        void goto(path);
        return;
      }
    }
    const post = current();
    switch (key) {
      case "j":
        move(1);
        break;
      case "k":
        move(-1);
        break;
      case "PageDown":
        if (!post) return;
        move(1);
        break;
      case "PageUp":
        if (!post) return;
        move(-1);
        break;
      case "Enter":
        if (event.target !== post) return;
        if (post?.dataset["post"]) void goto(post.dataset["post"]);
        break;
      case "o":
        if (post?.dataset["post"]) void goto(post.dataset["post"]);
        break;
      case "l":
      case "f":
        press("like");
        break;
      case "t":
      case "b":
        press("boost");
        break;
      case "m":
        press("bookmark");
        break;
      case "r":
        press("reply");
        break;
      case "q":
        if (profile && post?.dataset["id"]) void goto(`/compose?quote=${post.dataset["id"]}`);
        break;
      case "x":
        post?.querySelector<HTMLElement>("details.cw > summary, details.veil > summary")?.click();
        break;
      case "h":
        post?.querySelector<HTMLElement>("[data-media]")?.click();
        break;
      case "n":
      case "c":
        if (!profile) return;
        ui.composer = {};
        break;
      case "/":
        void goto("/search").then(() => document.querySelector<HTMLElement>("main input[type=search]")?.focus());
        break;
      case ".":
        dispatchEvent(new Event("skein:newest"));
        break;
      case "?":
        ui.help = true;
        break;
      case "g":
        prefix = true;
        prefixTimer = setTimeout(() => {
          prefix = false;
        }, 1200);
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  document.addEventListener("keydown", onkeydown);
  return () => document.removeEventListener("keydown", onkeydown);
}

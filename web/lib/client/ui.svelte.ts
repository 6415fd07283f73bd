/** What the page shell shows on top of the page: one menu, one viewer, one composer, short messages. */
import type { MediaAttachment, Status } from "#web/lib/api/types.ts";
import { m } from "#web/lib/paraglide/messages.js";
import { CallError } from "./api.ts";

export interface ComposerRequest {
  replyTo?: Status;
  quote?: Status;
  edit?: Status;
  text?: string;
}

interface ToastMessage {
  id: number;
  text: string;
  href?: string | undefined;
  bad: boolean;
}

interface UiState {
  composer: ComposerRequest | null;
  menu: { status: Status; anchor: HTMLElement } | null;
  viewer: { media: MediaAttachment[]; index: number } | null;
  help: boolean;
  toasts: ToastMessage[];
  /** The post just written here, for the timeline that shows it. */
  posted: Status | null;
  /** Posts changed by a menu or a vote, by id. */
  changed: Record<string, Status>;
}

export const ui: UiState = $state({
  composer: null,
  menu: null,
  viewer: null,
  help: false,
  toasts: [],
  posted: null,
  changed: {},
});

/** Ids of posts and accounts which have just been removed from view. */
export const gone: Record<string, true> = $state({});

let toastId = 0;

/** Shows a short message for some seconds. */
export function toast(text: string, options: { href?: string; bad?: boolean } = {}): void {
  const id = ++toastId;
  ui.toasts.push({ id, text, href: options.href, bad: options.bad ?? false });
  setTimeout(
    () => {
      ui.toasts = ui.toasts.filter((item) => item.id !== id);
    },
    options.bad ? 9000 : 5000,
  );
}

/** Tells the reader that an action was taken back, and why. */
export function refused(cause: unknown): void {
  if (cause instanceof CallError && cause.status === 401) {
    location.href = `/login?next=${encodeURIComponent(location.pathname)}`;
    return;
  }
  toast(cause instanceof CallError && cause.status > 0 ? m.err_refused({ reason: cause.message }) : m.err_network(), {
    bad: true,
  });
}

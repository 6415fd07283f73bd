import type { HeadTags } from "#web/lib/server/head.ts";
import type { Context, SiteData } from "#web/loaders/context.ts";

declare global {
  namespace App {
    interface Error {
      status: number;
      message: string;
      id?: string;
    }
    interface Locals {
      context: Context;
      setCookies: string[];
      flash: string | null;
      head: HeadTags | null;
    }
    interface PageData extends SiteData {}
  }
}

export {};

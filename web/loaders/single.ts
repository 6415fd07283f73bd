/** Pages with a word as their address. They are one route, since the table of routes is part of what every reader's browser loads first. */
import { policy } from "./about.ts";
import type { Context } from "./context.ts";
import { Problem } from "./context.ts";
import { numbers, report, standing, type ReportData, type StandingData } from "./mod.ts";
import type { Transparency } from "#web/lib/api/moderation.ts";

export type Single =
  | ({ page: "standing" } & StandingData)
  | ({ page: "report" } & ReportData)
  | { page: "transparency"; numbers: Transparency }
  | { page: "policy"; policy: "privacy" | "terms"; text: string };

/** `/standing`, `/report`, `/transparency`, `/privacy` and `/terms` */
export async function single(context: Context): Promise<Single> {
  switch (context.params["page"]) {
    case "standing":
      return { page: "standing", ...(await standing(context)) };
    case "report":
      return { page: "report", ...(await report(context)) };
    case "transparency":
      return { page: "transparency", numbers: await numbers(context) };
    case "privacy":
      return { page: "policy", ...(await policy(context, "privacy")) };
    case "terms":
      return { page: "policy", ...(await policy(context, "terms")) };
    default:
      throw new Problem(404, "There is no such page.");
  }
}

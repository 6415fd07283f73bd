/** Which module owns which table, and which access across modules is agreed on: as ARCHITECTURE.md says. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export interface Ownership {
  /** Module by table. */
  owners: ReadonlyMap<string, string>;
  /** Tables of others by the module that may read them. */
  reads: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tables of others by the module that may write them. */
  writes: ReadonlyMap<string, ReadonlySet<string>>;
}

const names = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);

/** Reads the lists of the document: "Who owns which table", "Reads across modules", "Writes across modules". */
export function readOwnership(file = resolve(import.meta.dirname, "../../ARCHITECTURE.md")): Ownership {
  const text = readFileSync(file, "utf8");
  const rows = (heading: string): [string, string][] => {
    const [, after = ""] = text.split(new RegExp(`^#+ ${heading}$`, "m"));
    const [section = ""] = after.split(/^#/m);
    return [...section.matchAll(/^\| *(\w+) *\|([^|]+)\|/gm)].map(([, module = "", cell = ""]) => [module, cell]);
  };
  const owners = new Map<string, string>();
  for (const [module, cell] of rows("Who owns which table")) for (const table of names(cell)) owners.set(table, module);
  const agreed = (heading: string): Map<string, ReadonlySet<string>> =>
    new Map(rows(heading).map(([module, cell]) => [module, new Set(names(cell))]));
  return { owners, reads: agreed("Reads across modules"), writes: agreed("Writes across modules") };
}

/** What a statement does that its module may not. `name` starts with the module. */
export function foreignAccess(name: string, text: string, { owners, reads, writes }: Ownership): string[] {
  const module = name.split(".")[0] ?? "";
  const problems: string[] = [];
  const after = (words: string): Set<string> => {
    const found = new Set<string>();
    for (const [, table = ""] of text.matchAll(new RegExp(`\\b(?:${words})\\s+(?:only\\s+)?(\\w+)`, "gi"))) {
      if (owners.has(table)) found.add(table);
    }
    return found;
  };
  const written = after("insert\\s+into|update|delete\\s+from");
  for (const table of written) {
    if (owners.get(table) !== module && !writes.get(module)?.has(table))
      problems.push(`writes ${table}, which belongs to ${owners.get(table)}`);
  }
  for (const table of after("from|join|using")) {
    if (owners.get(table) === module || written.has(table) || reads.get(module)?.has(table)) continue;
    problems.push(`reads ${table} of ${owners.get(table)}, which ARCHITECTURE.md does not list`);
  }
  return problems;
}

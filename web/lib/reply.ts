import type { CredentialAccount, Status } from "./api/types.ts";

/** The mentions a reply begins with: the author and whoever takes part, without oneself. */
export function replyText(parent: Status, self: Pick<CredentialAccount, "id">): string {
  const names = new Set<string>();
  if (parent.account.id !== self.id) names.add(parent.account.acct);
  for (const mention of parent.mentions) if (mention.id !== self.id) names.add(mention.acct);
  return [...names].map((name) => `@${name} `).join("");
}

/** Shared by the benchmarks that read home timelines. */
import type { Client, Answer } from "./load.ts";
import type { Reader } from "./seed.ts";

interface Post {
  id: string;
  account: { id: string };
}

export const PAGE = 20;
export const HOME = `/api/v1/timelines/home?limit=${PAGE}`;

/**
 * Asserts before anything is timed: a full page, newest first, nothing twice, only people this reader follows.
 *
 * @returns the ids of the page.
 */
export function checkHome(answer: Answer, reader: Reader): string[] {
  const posts = JSON.parse(answer.text) as Post[];
  if (posts.length !== PAGE) throw new Error(`Home has ${posts.length} posts instead of ${PAGE}.`);
  let above: bigint | undefined;
  for (const { id, account } of posts) {
    if (above !== undefined && BigInt(id) >= above) throw new Error(`Home is not in order at post ${id}.`);
    above = BigInt(id);
    const author = BigInt(account.id);
    if (author !== reader.id && !reader.follows.has(author))
      throw new Error(`Home shows ${author}, who is not followed.`);
  }
  return posts.map(({ id }) => id);
}

/** Lets every reader open home once, which builds the timelines of people who were away, and checks each page. */
export async function openHomes(
  client: Client,
  readers: readonly Reader[],
): Promise<Map<Reader, { newest: string; text: string }>> {
  const pages = new Map<Reader, { newest: string; text: string }>();
  await client.run(
    readers.length,
    (n) => ({ path: HOME, token: at(readers, n).token }),
    (answer, n) => {
      const reader = at(readers, n);
      pages.set(reader, { newest: checkHome(answer, reader)[0] ?? "", text: answer.text });
    },
  );
  return pages;
}

/** The element at a position, counted round and round. */
export function at<T>(list: readonly T[], n: number): T {
  const found = list[n % list.length];
  if (found === undefined) throw new Error("The list is empty.");
  return found;
}

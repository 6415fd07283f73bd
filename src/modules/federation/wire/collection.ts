import { LIMITS } from "./limits.ts";
import type { IncomingCollection, IncomingObject, Uri } from "./types.ts";
import { count, each, firstOf, get, idOf, isObject, reference, uri, type Json } from "./values.ts";

const TYPES = new Set([
  "Collection",
  "OrderedCollection",
  "CollectionPage",
  "OrderedCollectionPage",
  // FEP-7aa9
  "FeaturedCollection",
]);

export function isCollectionType(type: string): boolean {
  return TYPES.has(type);
}

/**
 * Reads a collection or a page of one.
 *
 * @param embedded reads an embedded object, or gives undefined when it is too deep or unusable
 */
export function readCollection(
  object: Json,
  embedded: (entry: Json) => IncomingObject | undefined,
): IncomingCollection {
  const first = firstOf(get(object, "first"), (entry): Uri | IncomingCollection | undefined => {
    if (!isObject(entry)) return uri(entry);
    const read = embedded(entry);
    return read?.kind === "collection" ? read : idOf(entry);
  });
  return {
    kind: "collection",
    id: idOf(object),
    totalItems: count(get(object, "totalItems")),
    first,
    next: reference(get(object, "next")),
    partOf: reference(get(object, "partOf")),
    items: each(get(object, "orderedItems") ?? get(object, "items"), LIMITS.items, (entry) => {
      if (!isObject(entry)) return uri(entry);
      const read = embedded(entry);
      return read === undefined || read.kind === "unknown" ? (read?.id ?? reference(entry)) : read;
    }),
  };
}

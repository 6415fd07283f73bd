/**
 * A cache bounded in bytes: entries that were not used lately go first (the CLOCK approximation of "least recently used", so that a hit costs one look-up). `sizeOf` estimates an entry's bytes.
 */
export interface Lru<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
  readonly bytes: number;
  readonly size: number;
}

export function createLru<K, V>(maxBytes: number, sizeOf: (value: V) => number): Lru<K, V> {
  const entries = new Map<K, { value: V; bytes: number; used: boolean }>();
  let bytes = 0;
  function drop(key: K): void {
    const found = entries.get(key);
    if (!found) return;
    bytes -= found.bytes;
    entries.delete(key);
  }
  return {
    get(key) {
      const found = entries.get(key);
      if (!found) return undefined;
      found.used = true;
      return found.value;
    },
    set(key, value) {
      drop(key);
      const size = sizeOf(value) + 64;
      if (size > maxBytes) return;
      entries.set(key, { value, bytes: size, used: false });
      bytes += size;
      // A Map keeps insertion order: a used entry gets a second round at its end, an unused one goes.
      for (const [oldest, entry] of entries) {
        if (bytes <= maxBytes) break;
        if (entry.used) {
          entry.used = false;
          entries.delete(oldest);
          entries.set(oldest, entry);
        } else drop(oldest);
      }
    },
    delete: drop,
    clear() {
      entries.clear();
      bytes = 0;
    },
    get bytes() {
      return bytes;
    },
    get size() {
      return entries.size;
    },
  };
}

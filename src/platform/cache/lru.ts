/** A cache bounded in bytes: the least recently used entries go first. `sizeOf` estimates an entry's bytes. */
export interface Lru<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
  readonly bytes: number;
  readonly size: number;
}

export function createLru<K, V>(maxBytes: number, sizeOf: (value: V) => number): Lru<K, V> {
  const entries = new Map<K, { value: V; bytes: number }>();
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
      // A Map keeps insertion order: moving an entry to the end marks it as used.
      entries.delete(key);
      entries.set(key, found);
      return found.value;
    },
    set(key, value) {
      drop(key);
      const size = sizeOf(value) + 64;
      if (size > maxBytes) return;
      entries.set(key, { value, bytes: size });
      bytes += size;
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break;
        drop(oldest);
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

/**
 * WOFF 1.0 to the font inside it. The font packages ship nothing plainer, and the font library would inflate a table anew
 * for every glyph it reads.
 * @see https://www.w3.org/TR/WOFF/
 */

const WOFF_SIGNATURE = 0x774f4646;

/** The TrueType or OpenType file inside a WOFF file. Works wherever `DecompressionStream` does: Node and browsers. */
export async function sfntOf(woff: Uint8Array): Promise<Uint8Array> {
  const view = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  if (view.getUint32(0) !== WOFF_SIGNATURE) throw new Error("not a WOFF 1.0 file");
  const count = view.getUint16(12);
  const tables = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const entry = 44 + n * 20;
      const offset = view.getUint32(entry + 4);
      const packed = woff.slice(offset, offset + view.getUint32(entry + 8));
      const length = view.getUint32(entry + 12);
      return {
        tag: view.getUint32(entry),
        checksum: view.getUint32(entry + 16),
        data: packed.length < length ? await inflate(packed) : packed,
      };
    }),
  );
  const padded = (length: number): number => (length + 3) & ~3;
  const head = 12 + 16 * count;
  const out = new Uint8Array(tables.reduce((sum, { data }) => sum + padded(data.length), head));
  const directory = new DataView(out.buffer);
  const log2 = Math.floor(Math.log2(count));
  directory.setUint32(0, view.getUint32(4));
  directory.setUint16(4, count);
  directory.setUint16(6, 16 * 2 ** log2);
  directory.setUint16(8, log2);
  directory.setUint16(10, 16 * (count - 2 ** log2));
  let offset = head;
  for (const [n, { tag, checksum, data }] of tables.entries()) {
    const entry = 12 + n * 16;
    directory.setUint32(entry, tag);
    directory.setUint32(entry + 4, checksum);
    directory.setUint32(entry + 8, offset);
    directory.setUint32(entry + 12, data.length);
    out.set(data, offset);
    offset += padded(data.length);
  }
  return out;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

import { crc32 } from "node:zlib";

/** A fixed time, so that the same content is the same file: 1 January 1980, the first that the format knows. */
const DOS_TIME = 0;
const DOS_DATE = 0x21;
/** Names are UTF-8. */
const UTF8 = 0x0800;

/**
 * A ZIP archive without compression, for a handful of small files (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16). The same files give the same bytes. Throws a `RangeError`
 * above 4 GiB, which needs another form.
 */
export function zip(files: readonly { name: string; bytes: Uint8Array }[]): Buffer {
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const nameBytes = Buffer.from(name);
    // What both headers share, from "version needed" to "extra field length".
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(UTF8, 2);
    shared.writeUInt16LE(DOS_TIME, 6);
    shared.writeUInt16LE(DOS_DATE, 8);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(nameBytes.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    local.push(Buffer.from("PK\x03\x04", "latin1"), shared, nameBytes, bytes);
    central.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), shared, tail, nameBytes);
    offset += 30 + nameBytes.length + bytes.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

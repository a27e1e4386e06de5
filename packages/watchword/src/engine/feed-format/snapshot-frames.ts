/*
 * A snapshot begins with these bytes and goes on with frames: a byte for the type, four for the length, most significant
 * first, and so many bytes. See docs/protocol.md, "The feed".
 */
export const SNAPSHOT_MAGIC: Uint8Array = Uint8Array.of(0x57, 0x57, 0x46, 0x53, 0x01);

export const FRAME_HEAD = 0x01;
/** Cut-offs and keys, as JSON. */
export const FRAME_OTHERS = 0x02;
export const FRAME_SESSIONS = 0x03;
export const FRAME_TOKENS = 0x04;
export const FRAME_END = 0x0f;

export const FRAME_HEADER_BYTES = 5;
export const MOST_FRAME_BYTES = 1_048_576;

/** Writes what stands before a frame's content. */
export function writeFrameHeader(bytes: Uint8Array, at: number, type: number, length: number): void {
  bytes[at] = type;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at + 1, length);
}

export function frame(type: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + content.length);
  writeFrameHeader(bytes, 0, type, content.length);
  bytes.set(content, FRAME_HEADER_BYTES);
  return bytes;
}

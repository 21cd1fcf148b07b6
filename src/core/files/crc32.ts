/** CRC-32 as in zip and PNG (polynomial 0xedb88320); `sum` continues an earlier one. */
export function crc32(bytes: Uint8Array, sum = 0): number {
  let crc = ~sum;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** Base64 (RFC 4648 §4) of bytes, as ASCII bytes. */
export function base64(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(base64Length(bytes.length));
  let to = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]];
    text[to++] = ALPHABET[a >> 2]!;
    text[to++] = ALPHABET[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    text[to++] = b === undefined ? PAD : ALPHABET[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    text[to++] = c === undefined ? PAD : ALPHABET[c & 63]!;
  }
  return text;
}

export const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3);

const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d; // =

/** A ustar archive, as defined by POSIX. */
export interface TarFile {
  path: string;
  text?: string | Uint8Array;
  /** Type flag; `0`: a file. */
  type?: string;
  link?: string;
}

export function tarOf(files: readonly TarFile[], isEnded = true): Uint8Array {
  const blocks = files.flatMap(({ path, text = '', type = '0', link = '' }) => {
    const content = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const header = new Uint8Array(512);
    const put = (offset: number, words: string): void => header.set(new TextEncoder().encode(words), offset);
    put(0, path.slice(0, 100));
    put(100, '0000644\0');
    put(124, `${content.length.toString(8).padStart(11, '0')}\0`);
    put(136, '00000000000\0');
    put(148, '        ');
    put(156, type);
    put(157, link);
    put(257, 'ustar\x0000');
    const sum = header.reduce((all, byte) => all + byte, 0);
    put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
    const padded = new Uint8Array(Math.ceil(content.length / 512) * 512);
    padded.set(content);
    return [header, padded];
  });
  if (isEnded) blocks.push(new Uint8Array(1024));
  const archive = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    archive.set(block, at);
    at += block.length;
  }
  return archive;
}

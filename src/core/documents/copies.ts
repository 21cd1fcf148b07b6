/** Copy names of file managers and browsers: `x (1).txt`, `Copy of x.txt`, `x copy 2.txt`, `x - Copy.txt`. */

const COPY_PATTERNS = [/^copy (?:\(\d+\) )?of (.+)$/i, /^(.+?)(?: -)? copy(?: \d+| \(\d+\))?$/i, /^(.+?) ?\(\d+\)$/];

/** Path of the original that a copy's name refers to; undefined if the name isn't a copy's. */
export function originalOf(path: string): string | undefined {
  const [, folder = '', stem = '', ending = ''] = /^(.*\/)?(.+?)(\.[^./]*)?$/s.exec(path) ?? [];
  for (const pattern of COPY_PATTERNS) {
    const original = pattern.exec(stem)?.[1];
    if (original !== undefined) return `${folder}${original}${ending}`;
  }
  return undefined;
}

/** Moves each copy behind its original, because the first of equal files in a drop is kept. */
export function originalsFirst<F extends { name: string }>(files: readonly F[]): readonly F[] {
  const indices = new Map(files.map(({ name }, index) => [name, index]));
  const ranked = files.map((file, index) => {
    let [lastOriginal, copyDepth] = [index, 0];
    for (let name = originalOf(file.name); name !== undefined; name = originalOf(name)) {
      const originalIndex = indices.get(name);
      if (originalIndex === undefined) continue;
      lastOriginal = Math.max(lastOriginal, originalIndex);
      copyDepth++;
    }
    return { file, lastOriginal, copyDepth };
  });
  return ranked
    .toSorted((a, b) => a.lastOriginal - b.lastOriginal || a.copyDepth - b.copyDepth)
    .map(({ file }) => file);
}

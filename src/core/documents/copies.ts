/** Names of copies that file managers and browsers give: `x (1).txt`, `Copy of x.txt`, `x copy 2.txt`, `x - Copy.txt`. */

const COPIES = [/^copy (?:\(\d+\) )?of (.+)$/i, /^(.+?)(?: -)? copy(?: \d+| \(\d+\))?$/i, /^(.+?) ?\(\d+\)$/];

/** The path of what a file is called a copy of. */
export function originalOf(path: string): string | undefined {
  const [, folder = '', stem = '', ending = ''] = /^(.*\/)?(.+?)(\.[^./]*)?$/s.exec(path) ?? [];
  for (const copy of COPIES) {
    const original = copy.exec(stem)?.[1];
    if (original !== undefined) return `${folder}${original}${ending}`;
  }
  return undefined;
}

/** The files in their order, but a copy comes after its original. Of equal files in a drop, the first is kept. */
export function originalsFirst<F extends { name: string }>(files: readonly F[]): readonly F[] {
  const places = new Map(files.map(({ name }, place) => [name, place]));
  const rows = files.map((file, place) => {
    let [last, copies] = [place, 0];
    for (let name = originalOf(file.name); name !== undefined; name = originalOf(name)) {
      const original = places.get(name);
      if (original === undefined) continue;
      last = Math.max(last, original);
      copies++;
    }
    return { file, last, copies };
  });
  return rows.toSorted((a, b) => a.last - b.last || a.copies - b.copies).map(({ file }) => file);
}

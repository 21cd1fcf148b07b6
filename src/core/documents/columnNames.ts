/** Returns unique column names from a header row: an empty or repeated name gets the column's number. */
export function columnNames(cells: Iterable<readonly [place: number, text: string]>): Map<number, string> {
  const taken = new Set<string>();
  const names = new Map<number, string>();
  for (const [place, text] of cells) {
    const own = text.trim() === '' ? `Column ${place + 1}` : text.trim();
    const free = taken.has(own) ? `${own} (${place + 1})` : own;
    taken.add(free);
    names.set(place, free);
  }
  return names;
}

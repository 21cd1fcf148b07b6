/** Columns as the row of their names calls them: one without a name by its place, and of two of one name the second too. */
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

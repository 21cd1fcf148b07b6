/** Returns unique column names from a header row: an empty or repeated name gets the column's number. */
export function columnNames(cells: Iterable<readonly [index: number, text: string]>): Map<number, string> {
  const usedNames = new Set<string>();
  const names = new Map<number, string>();
  for (const [index, text] of cells) {
    const name = text.trim() === '' ? `Column ${index + 1}` : text.trim();
    const uniqueName = usedNames.has(name) ? `${name} (${index + 1})` : name;
    usedNames.add(uniqueName);
    names.set(index, uniqueName);
  }
  return names;
}

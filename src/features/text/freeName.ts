/** `Pasted text`, or with the first number that no text has. */
export function freeName(taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? 'Pasted text' : `Pasted text ${n}`;
    if (!taken.includes(name)) return name;
  }
}

/** `labeled.csv`, or `labeled 2.csv` with the first number that no text has. */
export function freeName(preferred: string, existing: readonly string[]): string {
  const [, stem, extension] = /^(.*?)(\.\w+)?$/.exec(preferred) as unknown as [string, string, string | undefined];
  for (let n = 1; ; n++) {
    const name = n === 1 ? preferred : `${stem} ${n}${extension ?? ''}`;
    if (!existing.includes(name)) return name;
  }
}

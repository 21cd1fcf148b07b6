/** `labeled.csv`, or `labeled 2.csv` with the first number that no text has. */
export function freeName(usual: string, taken: readonly string[]): string {
  const [, stem, extension] = /^(.*?)(\.\w+)?$/.exec(usual) as unknown as [string, string, string | undefined];
  for (let n = 1; ; n++) {
    const name = n === 1 ? usual : `${stem} ${n}${extension ?? ''}`;
    if (!taken.includes(name)) return name;
  }
}

/** The flag tables of docs/cli.md, from the same statements as --help. */
import { flagRows } from '../cli/help';
import type { Option, Options } from '../cli/options';

export const DOCUMENT = 'docs/cli.md';

interface Stated {
  name: string;
  options: Options;
}
type Commands = Readonly<Record<string, readonly Stated[]>>;

/** Marks the table of a command; `without grow` omits the flags that are the same in grow. */
const TABLE = /<!-- flags: ([a-z ]+?)(?: without ([a-z]+))? -->\n[^]*?<!-- end -->/g;

/** Returns the document with the table of each mark regenerated. @throws if a mark does not name a command */
export function withFlagTables(text: string, commands: Commands): string {
  const all = Object.values(commands).flat();
  const find = (name: string): Options => {
    const found = all.find((command) => command.name === name);
    if (!found) throw new Error(`${DOCUMENT} has a table for '${name}', which is not a command.`);
    return found.options;
  };
  return text.replace(TABLE, (mark: string, name: string, other?: string) => {
    const known = new Set((other === undefined ? [] : rowsOf(find(other))).map((row) => row.join('\n')));
    const rows = rowsOf(find(name)).filter((row) => !known.has(row.join('\n')));
    return `${mark.slice(0, mark.indexOf('\n'))}\n\n${table([['flag', 'meaning'], ...rows])}\n\n<!-- end -->`;
  });
}

/** Names of the commands with a table. */
export const tablesIn = (text: string): readonly string[] => [...text.matchAll(TABLE)].map(([, name]) => name!);

function rowsOf(options: Options): readonly (readonly [string, string])[] {
  const stated = Object.values(options);
  return flagRows(options).map(([flag, meaning], i) => [
    `\`${flag}\``,
    [meaning, ...valuesOf(stated[i]!)].join('<br>').replaceAll('|', '\\|').replaceAll('*', '\\*'),
  ]);
}

const valuesOf = (option: Option): readonly string[] =>
  option.kind === 'choice' && option.choices ? option.of.map((name, i) => `\`${name}\`: ${option.choices![i]!}`) : [];

/** Padded as the formatter pads tables. */
function table([head, ...rows]: readonly (readonly [string, string])[]): string {
  const all = [head!, ...rows];
  const widths = ([0, 1] as const).map((column) => Math.max(...all.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

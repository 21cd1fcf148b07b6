/** What is read: the files of --text, the tables of --pairs with which of their columns, or the documents of --data. */
import { tableCalled, tableFormatOf, type TextSource } from '../src/core/documents';
import { openData } from './data';
import { UsageError } from './options';
import { laidPaths, openLaid, type Past } from './resume';
import { textFile } from './sources';
import { stderr } from './terminal';
import { filesMeant, leftOutLines } from './texts';

export interface Given {
  path: string;
  source: TextSource;
}

interface Asked extends Record<'text' | 'pairs', readonly string[] | undefined> {
  data: string | undefined;
  'skip-bad-rows': boolean;
}

/** Of a run that goes on without any, its own. @throws UsageError; HomegrownError `bad-file` */
export async function filesToRead(asked: Asked, past: Past | null): Promise<readonly Given[]> {
  const files = await filesMeantBy(asked, past);
  if (!asked['skip-bad-rows']) return files;
  return files.map(({ path, source }) => ({
    path,
    source: { ...source, reading: { ...source.reading, skipBadRows: true } },
  }));
}

async function filesMeantBy({ text, pairs, data }: Asked, past: Past | null): Promise<readonly Given[]> {
  if (data !== undefined) return [await openData(data)];
  if (pairs) return Promise.all(pairs.map(pairsFile));
  const paths = text ? await pathsOf(text, past !== null) : past ? laidPaths(past) : [];
  const sources = past && !text ? await openLaid(past, paths) : await Promise.all(paths.map(textFile));
  return paths.map((path, i) => ({ path, source: sources[i]! }));
}

/** Of a run that continues, a folder stands for the files below it. */
async function pathsOf(text: readonly string[], mayBeFolders: boolean): Promise<readonly string[]> {
  if (!mayBeFolders) return text;
  const { files, ...others } = await filesMeant(text);
  for (const line of leftOutLines(others)) stderr.write(`${line}\n`);
  return files.map(({ path }) => path);
}

const parted = (meant: string): readonly [path: string, columns: string | undefined] => {
  const [, path, columns] = /^(.*?)(?::((?:input|target)=.*))?$/s.exec(meant)!;
  return [path!, columns];
};

/** Whether it is called as a table is. */
export const isTable = (meant: string): boolean => tableCalled(parted(meant)[0]) !== undefined;

/** With the columns of another, where it names none. */
export function withColumnsOf(other: string, meant: string): string {
  const [[path, own], [, columns]] = [parted(meant), parted(other)];
  return own === undefined && columns !== undefined ? `${path}:${columns}` : meant;
}

/** `FILE.csv` or `FILE.csv:input=COLUMN,target=COLUMN`. @throws UsageError; HomegrownError `bad-file` */
export async function pairsFile(meant: string): Promise<Given> {
  const [path, columns] = parted(meant);
  const source = await textFile(path);
  return {
    path,
    source: {
      ...source,
      table: { format: tableFormatOf(path), columns: columns === undefined ? null : columnsIn(columns) },
    },
  };
}

function columnsIn(words: string): { input: string; target: string } {
  const named = new Map(
    words.split(/,(?=(?:input|target)=)/).map((each) => {
      const at = each.indexOf('=');
      return [each.slice(0, at), each.slice(at + 1)] as const;
    }),
  );
  const [input, target] = [named.get('input'), named.get('target')];
  if (!input || !target)
    throw new UsageError(
      `--pairs must name both columns or none, such as FILE.csv:input=COLUMN,target=COLUMN, not '${words}'.`,
    );
  return { input, target };
}

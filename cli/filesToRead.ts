/** The files that a run reads: those of --text, the tables of --pairs, or the documents of --data. */
import { openData } from '../node/texts/data';
import { typedPairs } from './columns';
import { type SavedRun } from '../node/folders/savedRun';
import { type OpenedFile, textFile } from '../node/sources';
import { openTable } from '../node/texts/tables';
import { stderr } from '../node/output';
import { filesMeant, leftOutLines } from '../node/texts/texts';
import { laidPaths, openLaid } from '../node/texts/savedTexts';

interface Asked extends Record<'text' | 'pairs', readonly string[] | undefined> {
  data: string | undefined;
  'skip-bad-rows': boolean;
}

/** A run that resumes without any reads its own. @throws UsageError; HomegrownError `bad-file` */
export async function filesToRead(asked: Asked, past: SavedRun | null): Promise<readonly OpenedFile[]> {
  const files = await filesMeantBy(asked, past);
  if (!asked['skip-bad-rows']) return files;
  return files.map(({ path, source }) => ({
    path,
    source: { ...source, reading: { ...source.reading, skipBadRows: true } },
  }));
}

async function filesMeantBy({ text, pairs, data }: Asked, past: SavedRun | null): Promise<readonly OpenedFile[]> {
  if (data !== undefined) return [await openData(data)];
  if (pairs) return Promise.all(pairs.map(typedPairs).map(({ path, columns }) => openTable(path, columns)));
  const paths = text ? await pathsOf(text, past !== null) : past ? laidPaths(past) : [];
  const sources = past && !text ? await openLaid(past, paths) : await Promise.all(paths.map(textFile));
  return paths.map((path, i) => ({ path, source: sources[i]! }));
}

/** If a run resumes, a folder stands for the files below it. */
async function pathsOf(text: readonly string[], mayBeFolders: boolean): Promise<readonly string[]> {
  if (!mayBeFolders) return text;
  const { files, ...others } = await filesMeant(text);
  for (const line of leftOutLines(others)) stderr.write(`${line}\n`);
  return files.map(({ path }) => path);
}

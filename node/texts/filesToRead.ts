/** The files that a run reads: texts, tables of pairs, or prepared documents. */
import { openData } from './data';
import { type SavedRun } from '../folders/savedRun';
import { type OpenedFile, textFile } from '../sources';
import { type AskedPairs, openTable } from './tables';
import { stderr } from '../output';
import { findFiles, leftOutLines } from './texts';
import { trainingPaths, openTrainingFiles } from './savedTexts';

export interface AskedFiles {
  texts: readonly string[] | undefined;
  pairs: readonly AskedPairs[] | undefined;
  /** A folder of prepare. */
  data: string | undefined;
  skipBadRows: boolean;
}

/** Opens the files; a run that resumes without any reads its own. @throws HomegrownError `bad-file` */
export async function filesToRead(request: AskedFiles, past: SavedRun | null): Promise<readonly OpenedFile[]> {
  const files = await openRequestedFiles(request, past);
  if (!request.skipBadRows) return files;
  return files.map(({ path, source }) => ({
    path,
    source: { ...source, reading: { ...source.reading, skipBadRows: true } },
  }));
}

async function openRequestedFiles(
  { texts, pairs, data }: AskedFiles,
  past: SavedRun | null,
): Promise<readonly OpenedFile[]> {
  if (data !== undefined) return [await openData(data)];
  if (pairs) return Promise.all(pairs.map(({ path, columns }) => openTable(path, columns)));
  const paths = texts ? await pathsOf(texts, past !== null) : past ? trainingPaths(past) : [];
  const sources = past && !texts ? await openTrainingFiles(past, paths) : await Promise.all(paths.map(textFile));
  return paths.map((path, i) => ({ path, source: sources[i]! }));
}

/** If a run resumes, a folder stands for the files below it. */
async function pathsOf(texts: readonly string[], mayBeFolders: boolean): Promise<readonly string[]> {
  if (!mayBeFolders) return texts;
  const { files, ...skipped } = await findFiles(texts);
  for (const line of leftOutLines(skipped)) stderr.write(`${line}\n`);
  return files.map(({ path }) => path);
}

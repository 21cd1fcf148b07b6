/** A folder of documents that prepare wrote and grow reads. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, HomegrownError } from '../../src/core/base/errors';
import { z } from '../../src/core/base/zod';
import { columnsSchema } from '../../src/core/documents';
import { jsonOf } from '../json';
import { type OpenedFile, textFile } from '../sources';

/** One document per line: id, file, source, title, language, characters, text and other fields. */
export const DOCUMENTS = 'documents.jsonl';
/** Describes the documents and their origin. */
export const PREPARED = 'prepared.json';

const preparedSchema = z.object({ version: z.literal(1), columns: columnsSchema });

/** @throws HomegrownError `bad-file` if prepare didn't write the folder, `newer-version` */
export async function openData(folder: string): Promise<OpenedFile & { isOfPairs: boolean }> {
  const path = join(folder, PREPARED);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) {
    const isFolder = (await stat(folder).catch(() => null))?.isDirectory() ?? false;
    throw badFile(
      isFolder ? `${folder} has no ${PREPARED}, so prepare did not write it.` : `There is no folder ${folder}.`,
      'Name a folder that npm run prepare wrote, or files with --text.',
    );
  }
  const json = jsonOf(text);
  const parsed = preparedSchema.safeParse(json);
  if (!parsed.success) {
    const version = z.object({ version: z.int() }).safeParse(json);
    if (version.success && version.data.version > 1)
      throw new HomegrownError(
        'newer-version',
        `${path} has version ${version.data.version}, newer than this Homegrown reads`,
      );
    throw badFile(`${path} is damaged, or prepare did not write it.`, 'Run prepare again.');
  }
  const { columns } = parsed.data;
  const documents = join(folder, DOCUMENTS);
  const source = { ...(await textFile(documents)), table: { format: 'jsonl', columns } as const };
  return { path: documents, source, isOfPairs: 'input' in columns };
}

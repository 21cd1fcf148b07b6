/** local.json: paths of a run on this machine. No export copies it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, HomegrownError } from '../../src/core/base/errors';
import { listOf, MAX_TEXTS } from '../../src/core/base/limits';
import { z } from '../../src/core/base/zod';
import { BETWEEN, columnsSchema, isEncoding, isTable } from '../../src/core/documents';
import { type ByteStream, textFile } from '../../src/core/files/byteSource';
import { jsonOf } from '../json';

export const LOCAL = 'local.json';

export type Local = z.infer<typeof localSchema>;

const hex = z.string().regex(/^[0-9a-f]+$/);
const tableSchema = z.strictObject({
  format: z.string().refine(isTable),
  columns: z.union([columnsSchema, z.literal('recognised')]).nullable(),
});
const localSchema = z.strictObject({
  version: z.literal(1),
  /**
   * Absolute paths of the texts; a pipe has none. The hash is of the file, or of the pairs of a table. `table`: how it was
   * read; `skipBadRows`: without malformed rows.
   */
  texts: listOf(
    z.strictObject({
      path: z.string(),
      sha256: hex,
      table: tableSchema.exactOptional(),
      skipBadRows: z.literal(true).exactOptional(),
    }),
    MAX_TEXTS,
  ),
  /** Absolute paths of labeled texts, with the columns of tables, and renamed labels. */
  examples: z
    .strictObject({
      files: z.array(
        z.strictObject({
          path: z.string(),
          columns: columnsSchema.exactOptional(),
          trainOnly: z.literal(true).exactOptional(),
        }),
      ),
      /** Separator of several labels. */
      between: z.enum(BETWEEN).exactOptional(),
      renamed: z.record(z.string(), z.string()),
      /** Encoding of text that isn't UTF-8. */
      encoding: z.string().refine(isEncoding).exactOptional(),
      skipBadRows: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** Absolute path of the base model: an adapter needs its weights, and its text may be replayed. */
  base: z.string().exactOptional(),
  /** Absolute paths of old text that measures forgetting; absent: the validation set of the base. */
  old: listOf(z.string(), MAX_TEXTS).exactOptional(),
});

export const localFile = (local: Omit<Local, 'version'>): ByteStream =>
  textFile(LOCAL, `${JSON.stringify({ version: 1, ...local }, null, 2)}\n`);

/**
 * Null if there is none, as in a folder of an older build, an export or a zip.
 * @throws HomegrownError `bad-file`, `newer-version`
 */
export async function readLocal(folder: string): Promise<Local | null> {
  const path = join(folder, LOCAL);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  });
  if (text === null) return null;
  const json = jsonOf(text);
  const parsed = localSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const version = z.object({ version: z.int() }).safeParse(json);
  if (version.success && version.data.version > 1)
    throw new HomegrownError(
      'newer-version',
      `${path} has version ${version.data.version}, newer than this Homegrown reads`,
    );
  throw badFile(
    `${path} is damaged, or grow did not write it`,
    'Delete it, and name the texts of the run with --text.',
  );
}

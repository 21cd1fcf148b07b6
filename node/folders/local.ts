/** local.json: what a folder of grow tells on this machine alone. No export copies it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, HomegrownError } from '../../src/core/base/errors';
import { listOf, MOST_TEXTS } from '../../src/core/base/limits';
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
   * Where the texts lay, as whole paths; one that came through a pipe lies nowhere. The hash is of the file, of a table of its
   * pairs; `table`: what it was read as, and `skipBadRows`: without its malformed rows.
   */
  texts: listOf(
    z.strictObject({
      path: z.string(),
      sha256: hex,
      table: tableSchema.exactOptional(),
      skipBadRows: z.literal(true).exactOptional(),
    }),
    MOST_TEXTS,
  ),
  /** Where its texts with labels lay, as whole paths, of tables with the columns that were taken; and what became of their labels. */
  examples: z
    .strictObject({
      files: z.array(
        z.strictObject({
          path: z.string(),
          columns: columnsSchema.exactOptional(),
          trainOnly: z.literal(true).exactOptional(),
        }),
      ),
      /** What stands between several labels of a text. */
      between: z.enum(BETWEEN).exactOptional(),
      renamed: z.record(z.string(), z.string()),
      /** Of what is not UTF-8. */
      encoding: z.string().refine(isEncoding).exactOptional(),
      skipBadRows: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** Where the model lay that it began with, as a whole path: an adapter learns beside its weights, and its text may be replayed. */
  base: z.string().exactOptional(),
  /** Files of old text on which is measured what it forgets, as whole paths; absent: what the run of its base held out. */
  old: listOf(z.string(), MOST_TEXTS).exactOptional(),
});

export const localFile = (local: Omit<Local, 'version'>): ByteStream =>
  textFile(LOCAL, `${JSON.stringify({ version: 1, ...local }, null, 2)}\n`);

/**
 * Null where there is none: in a folder of an older build, an export, a zip.
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
  const read = localSchema.safeParse(json);
  if (read.success) return read.data;
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

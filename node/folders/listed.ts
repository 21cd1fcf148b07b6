/** Homegrown's list of its files in a folder: those that it may replace. All other files belong to the person. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { badSettings } from '../../src/core/base/errors';
import { type ByteStream, textFile } from '../../src/core/files/byteSource';
import { z } from '../../src/core/base/zod';
import { ADAPTER_FILES, inModel } from '../../src/core/export/adapterFiles';
import { RECIPE_FILE } from '../../src/core/export/format';
import { jsonOf } from '../json';
import { LOCAL } from './local';
import { recipeIn } from './recipe';

export const LIST = 'homegrown.files.json';

/** An unfinished run saves in this folder because another model is in its `--out`. */
export type Unfinished = z.infer<typeof unfinishedSchema>;
const unfinishedSchema = z.object({
  /** `--out` of the run, and the folder itself, without links. */
  out: z.string(),
  place: z.string(),
  step: z.int(),
  /** The process, as a lock names it. */
  holder: z.string(),
});

/** The list as a file of the folder; it includes itself. */
export function listOf(names: readonly string[], unfinished?: Unfinished): ByteStream {
  const list = { version: 1, files: [...names, LIST], ...(unfinished && { unfinished }) };
  return textFile(LIST, `${JSON.stringify(list, null, 2)}\n`);
}

/**
 * Returns the files of a folder that Homegrown wrote; null if the folder isn't ours. Builds without lists are
 * recognized by their files. No name leads outside the folder, whatever the list says.
 * @throws HomegrownError `bad-settings` if the list can't be read
 */
export async function listedIn(folder: string): Promise<readonly string[] | null> {
  const list = await readList(folder);
  if (!list) {
    for (const { knownBy, files } of BEFORE_LISTS)
      if ((await Promise.all(knownBy.map((name) => isFile(join(folder, name))))).every(Boolean))
        return [...files, ...(await recipesAmong(folder, files))];
    return null;
  }
  return [...new Set([...list.files, LIST])];
}

/** List entry of a folder's unfinished run. */
export const unfinishedIn = async (folder: string): Promise<Unfinished | undefined> =>
  (await readList(folder).catch(() => null))?.unfinished;

async function readList(folder: string): Promise<z.infer<typeof listSchema> | null> {
  const path = join(folder, LIST);
  const stats = await lstat(path).catch(() => null);
  if (!stats) return null;
  const list =
    stats.isFile() && stats.size <= MAX_LIST_BYTES ? listSchema.safeParse(jsonOf(await readFile(path, 'utf8'))) : null;
  if (list?.success) return list.data;
  throw badSettings(
    `${path} is damaged, or from a newer Homegrown.`,
    'Nothing in that folder was changed. Choose another --out.',
  );
}

/** The recipe next to a model; a foreign file of that name isn't one. */
async function recipesAmong(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const models = files.filter((name) => basename(name) === 'homegrown.json').map((name) => dirname(name));
  const recipes = await Promise.all(models.map((model) => recipeIn(join(folder, model)).catch(() => undefined)));
  return models.filter((_, i) => recipes[i]).map((model) => posix.join(model, RECIPE_FILE));
}

const listSchema = z.object({
  version: z.literal(1),
  files: z.array(z.string().max(1000).refine(leadsInside)).max(10_000),
  unfinished: unfinishedSchema.optional().catch(undefined),
});
const MAX_LIST_BYTES = 2 ** 20;

/** `onnx/model.onnx`, and not `../x`, `/x`, `C:\x` or `a//x`. */
function leadsInside(name: string): boolean {
  return !/[\\:\0]/.test(name) && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

const isFile = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null))?.isFile() ?? false;

/** Kind of a name in a folder; `outside` if a link or a file replaces one of its folders. */
export async function whatIs(folder: string, name: string): Promise<'nothing' | 'file' | 'folder' | 'outside'> {
  const parts = name.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const stats = await lstat(join(folder, ...parts.slice(0, depth))).catch(() => null);
    if (!stats) return 'nothing';
    if (depth === parts.length) return stats.isDirectory() ? 'folder' : 'file';
    if (!stats.isDirectory()) return 'outside';
  }
  return 'nothing';
}

/**
 * Refuses a folder that is neither empty nor ours, and one in which a foreign file has the name of a new one.
 */
export async function checkFolder(path: string, newFiles: readonly string[]): Promise<void> {
  const names = await readdir(path).catch((error: unknown): string[] => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw badSettings(`${path} can't be used as a folder.`, 'Choose another --out.');
  });
  const listed = await listedIn(path);
  if (names.length > 0 && listed === null)
    throw badSettings(`${path} is not empty and was not written by Homegrown.`, 'Choose another --out.');
  for (const name of newFiles) {
    const kind = await whatIs(path, name);
    if (kind === 'nothing' || (kind === 'file' && listed?.includes(name))) continue;
    throw badSettings(
      `Homegrown did not write ${join(path, name)}, and would overwrite it.`,
      'Nothing was written. Move that file, or choose another --out.',
    );
  }
}

/** Refuses a folder with another kind of our results, such as a model in the place of documents. */
export async function checkKind(path: string, newFiles: readonly string[]): Promise<void> {
  const listed = ((await listedIn(path)) ?? []).filter((name) => name !== LIST);
  if (listed.length === 0 || newFiles.length === 0 || newFiles.some((name) => listed.includes(name))) return;
  throw badSettings(
    `${path} contains another kind of result: ${listed.slice(0, 3).join(', ')}${listed.length > 3 ? ' and more' : ''}.`,
    'Nothing was written. Choose another --out.',
  );
}

/** Refuses a path inside a folder of ours. `path` is without links. */
export async function checkNotPart(path: string): Promise<void> {
  let [name, folder] = [basename(path), dirname(path)];
  for (; folder !== dirname(folder); [name, folder] = [`${basename(folder)}/${name}`, dirname(folder)]) {
    const listed = (await listedIn(folder).catch(() => null)) ?? [];
    if (listed.some((file) => file === name || file.startsWith(`${name}/`)))
      throw badSettings(
        `${path} is part of a Homegrown result in ${folder}.`,
        'Nothing was written. Choose another --out.',
      );
  }
}

/** Files of the format `hf`, which grow writes. */
export const MODEL_FILES = [
  'README.md',
  'DATASHEET.md',
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'homegrown.json',
  'trainer_state.json',
  'model.safetensors',
  'optimizer.safetensors',
];
export const GROWN_FILES = [...MODEL_FILES, RECIPE_FILE, LOCAL, ...ADAPTER_FILES.map(inModel)];
const DESCRIBING_FILES = MODEL_FILES.slice(0, 6);
const SERVICE_KNOWN_BY = ['server.mjs', 'model.json', 'model.gguf', 'MODEL_CARD.md'];
const SERVICE_FILES = [
  'README.md',
  'package.json',
  'Dockerfile',
  '.dockerignore',
  'server.mjs',
  'settings.mjs',
  'api.mjs',
  'completion.mjs',
  'engine.mjs',
  'text.mjs',
  'queue.mjs',
  'http.mjs',
  'errors.mjs',
  'MODEL_CARD.md',
  'DATASHEET.md',
  'model.json',
  'model.gguf',
];
const ONNX = ['onnx/model.onnx', 'onnx/model_fp16.onnx'];

/** Files of formats from builds without lists, and of the app's zips. This list is final. */
const BEFORE_LISTS: readonly { knownBy: readonly string[]; files: readonly string[] }[] = [
  { knownBy: ['homegrown.json'], files: MODEL_FILES },
  {
    knownBy: ['train.py', 'recipe.json', 'model/homegrown.json'],
    files: [
      'README.md',
      'cluster.md',
      'requirements.txt',
      'train.py',
      'model.py',
      'data.py',
      'checkpoint.py',
      'prepare.py',
      'recipe.json',
      ...MODEL_FILES.map((name) => `model/${name}`),
    ],
  },
  // If npm installed packages of an older service, the lock file isn't ours.
  { knownBy: [...SERVICE_KNOWN_BY, 'model.mjs'], files: [...SERVICE_FILES, 'model.mjs', 'package-lock.json'] },
  { knownBy: SERVICE_KNOWN_BY, files: SERVICE_FILES },
  ...ONNX.map((model) => ({
    knownBy: ['config.json', 'DATASHEET.md', 'tokenizer.json', model],
    files: [...DESCRIBING_FILES, model],
  })),
];

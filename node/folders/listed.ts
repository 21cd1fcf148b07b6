/** Homegrown's own list of its files in a folder: what it may replace there. Everything else is somebody's. */
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

/** Says of a folder that a run which hasn't ended saves there while another model is in its `--out`. */
export type Unfinished = z.infer<typeof unfinishedSchema>;
const unfinishedSchema = z.object({
  /** `--out` of the run, and the folder itself, without links. */
  out: z.string(),
  place: z.string(),
  step: z.int(),
  /** The process, as a lock names it. */
  holder: z.string(),
});

/** The list as a file of the folder; it names itself. */
export function listOf(names: readonly string[], unfinished?: Unfinished): ByteStream {
  const list = { version: 1, files: [...names, LIST], ...(unfinished && { unfinished }) };
  return textFile(LIST, `${JSON.stringify(list, null, 2)}\n`);
}

/**
 * The files of a folder that Homegrown has written, or would have before it kept lists; null where it is not ours.
 * Whatever the list says, every name leads into the folder.
 * @throws HomegrownError `bad-settings` when the list cannot be read
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

/** What the list of a folder says of a run that hasn't ended. */
export const unfinishedIn = async (folder: string): Promise<Unfinished | undefined> =>
  (await readList(folder).catch(() => null))?.unfinished;

async function readList(folder: string): Promise<z.infer<typeof listSchema> | null> {
  const path = join(folder, LIST);
  const found = await lstat(path).catch(() => null);
  if (!found) return null;
  const list =
    found.isFile() && found.size <= LARGEST ? listSchema.safeParse(jsonOf(await readFile(path, 'utf8'))) : null;
  if (list?.success) return list.data;
  throw badSettings(
    `${path} is damaged, or from a newer Homegrown.`,
    'Nothing in that folder was changed. Choose another --out.',
  );
}

/** A recipe beside a model, of a text that was cleaned; another's file of that name is none. */
async function recipesAmong(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const models = files.filter((name) => basename(name) === 'homegrown.json').map((name) => dirname(name));
  const found = await Promise.all(models.map((model) => recipeIn(join(folder, model)).catch(() => undefined)));
  return models.filter((_, i) => found[i]).map((model) => posix.join(model, RECIPE_FILE));
}

const listSchema = z.object({
  version: z.literal(1),
  files: z.array(z.string().max(1000).refine(leadsInside)).max(10_000),
  unfinished: unfinishedSchema.optional().catch(undefined),
});
const LARGEST = 2 ** 20;

/** `onnx/model.onnx`, and not `../x`, `/x`, `C:\x` or `a//x`. */
function leadsInside(name: string): boolean {
  return !/[\\:\0]/.test(name) && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

const isFile = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null))?.isFile() ?? false;

/** What is at a name of a folder: `outside` when a link, or a file, stands where a folder of the name should. */
export async function whatIs(folder: string, name: string): Promise<'nothing' | 'file' | 'folder' | 'outside'> {
  const parts = name.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const found = await lstat(join(folder, ...parts.slice(0, depth))).catch(() => null);
    if (!found) return 'nothing';
    if (depth === parts.length) return found.isDirectory() ? 'folder' : 'file';
    if (!found.isDirectory()) return 'outside';
  }
  return 'nothing';
}

/**
 * Refuses a folder that is not empty and not ours, and one where something of somebody's has the name of a file that is
 * to come.
 */
export async function checkFolder(path: string, coming: readonly string[]): Promise<void> {
  const names = await readdir(path).catch((error: unknown): string[] => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw badSettings(`${path} can't be used as a folder.`, 'Choose another --out.');
  });
  const listed = await listedIn(path);
  if (names.length > 0 && listed === null)
    throw badSettings(`${path} is not empty and was not written by Homegrown.`, 'Choose another --out.');
  for (const name of coming) {
    const found = await whatIs(path, name);
    if (found === 'nothing' || (found === 'file' && listed?.includes(name))) continue;
    throw badSettings(
      `Homegrown did not write ${join(path, name)}, and would overwrite it.`,
      'Nothing was written. Move that file, or choose another --out.',
    );
  }
}

/** Refuses a folder with another kind of result of ours, such as a model where documents are to come. */
export async function checkKind(path: string, coming: readonly string[]): Promise<void> {
  const listed = ((await listedIn(path)) ?? []).filter((name) => name !== LIST);
  if (listed.length === 0 || coming.length === 0 || coming.some((name) => listed.includes(name))) return;
  throw badSettings(
    `${path} contains another kind of result: ${listed.slice(0, 3).join(', ')}${listed.length > 3 ? ' and more' : ''}.`,
    'Nothing was written. Choose another --out.',
  );
}

/** Refuses a file, or a folder, that belongs to a folder of ours further up. `path` is without links. */
export async function checkNotPart(path: string): Promise<void> {
  let [name, at] = [basename(path), dirname(path)];
  for (; at !== dirname(at); [name, at] = [`${basename(at)}/${name}`, dirname(at)]) {
    const listed = (await listedIn(at).catch(() => null)) ?? [];
    if (listed.some((file) => file === name || file.startsWith(`${name}/`)))
      throw badSettings(
        `${path} is part of a Homegrown result in ${at}.`,
        'Nothing was written. Choose another --out.',
      );
  }
}

/** Of `hf`, and so of grow. */
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

/** What the terminal's formats wrote before there were lists, and what the app's zips of them hold. This does not change. */
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
  // Where npm has installed an older one, the lock file is not ours.
  { knownBy: [...SERVICE_KNOWN_BY, 'model.mjs'], files: [...SERVICE_FILES, 'model.mjs', 'package-lock.json'] },
  { knownBy: SERVICE_KNOWN_BY, files: SERVICE_FILES },
  ...ONNX.map((model) => ({
    knownBy: ['config.json', 'DATASHEET.md', 'tokenizer.json', model],
    files: [...DESCRIBING_FILES, model],
  })),
];

/** Files of a model to import: a folder, a zip of one, or a GGUF file. */
import { badFile, type HomegrownError } from '../base/errors';
import { MAX_JSON_BYTES } from '../base/limits';
import type { ByteSource } from '../files/byteSource';
import { openZip } from '../files/openZip';
import { modelIds, modelSpec } from '../models';
import { ADAPTER_CONFIG, adapterIn } from './adapterFiles';
import { holdsWeights } from './openWeights';

/** Files by name. */
export type Folder = ReadonlyMap<string, ByteSource>;
export interface GivenFile {
  name: string;
  source: ByteSource;
}

/** Files with readable weights, or of an adapter without its base. */
export type Found =
  | { kind: 'folder'; folder: Folder }
  | { kind: 'gguf'; name: string; source: ByteSource }
  | { kind: 'adapter'; folder: Folder };

/**
 * @param files one zip, or the files of a folder; reads only those that are needed
 * @throws HomegrownError `bad-file` if there are no weights, naming files of another format
 */
export async function openFiles(files: readonly GivenFile[]): Promise<Found> {
  const [first] = files;
  if (first === undefined) throw badFile('No file was chosen');
  const isZip = files.length === 1 && /\.zip$/i.test(first.name);
  const folder = new Map<string, ByteSource>();
  if (isZip) for (const [name, source] of await openZip(first.source, first.name)) folder.set(name, source);
  else {
    for (const { name, source } of files) {
      const fileName = name.split('/').at(-1)!;
      if (folder.has(fileName)) throw badFile(`${fileName} was chosen twice`, 'Choose the files of one folder.');
      folder.set(fileName, source);
    }
  }
  if (holdsWeights(folder)) return { kind: 'folder', folder };
  const modelFolder = isZip && innerFolder(folder);
  if (modelFolder) return { kind: 'folder', folder: modelFolder };
  const ggufs = [...folder].filter(([name]) => /\.gguf$/i.test(name));
  const [gguf, ...others] = ggufs;
  if (others.length > 0) {
    const names = ggufs.slice(0, 5).map(([name]) => name);
    throw badFile(
      `There are ${ggufs.length} GGUF files (${names.join(', ')})`,
      'Nothing was stored. Choose one of them.',
    );
  }
  if (gguf) return { kind: 'gguf', name: gguf[0], source: gguf[1] };
  const packedAdapter = isZip ? innerFolder(folder, adapterIn) : undefined;
  const adapter = adapterIn(packedAdapter ?? folder);
  if (adapter) return { kind: 'adapter', folder: adapter };
  const names = [...folder.keys()];
  for (const [pattern, advice] of OTHER_FORMATS) {
    const match = names.find((name) => pattern.test(name));
    if (match === undefined) continue;
    if (match.endsWith('.onnx') && HOMEGROWN_FILES.some((name) => folder.has(name)))
      throw badFile(
        `${first.name} contains a model as ${match}, which can't be imported`,
        'Nothing was stored. Export the run as a Hugging Face folder or a PyTorch bundle: those two can be imported.',
      );
    throw badFile(`${match} can’t be imported: ${advice}`, acceptedFiles());
  }
  throw badFile(
    `There is no model.safetensors among ${names.length} files (${names.slice(0, 5).join(', ')})`,
    acceptedFiles(),
  );
}

/** Uppermost folder in a zip that satisfies `matches`, such as the folder with the weights in a PyTorch export. */
function innerFolder(files: Folder, matches: (folder: Folder) => unknown = holdsWeights): Folder | undefined {
  const prefixes = new Set([...files.keys()].map((name) => name.slice(0, name.lastIndexOf('/') + 1)));
  return [...prefixes]
    .toSorted((a, b) => a.split('/').length - b.split('/').length)
    .map((prefix) => {
      const entries = [...files].filter(([name]) => name.startsWith(prefix));
      return new Map(entries.map(([name, source]) => [name.slice(prefix.length), source]));
    })
    .find(matches);
}

export async function readJson(folder: Folder, name: string): Promise<unknown> {
  const text = await readText(folder, name, MAX_JSON_BYTES);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badFile(`${name} is not JSON in UTF-8 (${error instanceof Error ? error.message : 'unknown'})`);
  }
}

export async function readText(folder: Folder, name: string, max: number): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readWhole(folder, name, max));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badFile(`${name} is not UTF-8`);
  }
}

export async function readWhole(folder: Folder, name: string, max: number): Promise<Uint8Array> {
  const source = folder.get(name);
  if (!source) throw badFile(`There is no ${name}`, acceptedFiles());
  if (source.size > max) throw badFile(`${name} has ${source.size} bytes; the maximum is ${max}`);
  return source.read(0, source.size);
}

/** Error for adapter files where a model is expected. */
export const adapterAlone = (): HomegrownError =>
  badFile(
    `${ADAPTER_CONFIG} belongs to an adapter, which needs its base model; \`tune\`, \`sample\` and \`export\` take it with --adapter, and the base with --from`,
    acceptedFiles(),
  );

const acceptedFiles = (): string =>
  'Nothing was stored. Use a Hugging Face folder or a PyTorch bundle exported by Homegrown; config.json, tokenizer.json and model.safetensors of a model ' +
  `with one of these values of model_type: ${importableTypes().join(', ')}; or one GGUF file of ${importableGgufs().join(', ')}.`;
const importableTypes = (): readonly string[] => modelIds().flatMap((id) => modelSpec(id).huggingFace?.types ?? []);
const importableGgufs = (): readonly string[] => modelIds().flatMap((id) => modelSpec(id).gguf?.reads?.names ?? []);
/** Every folder that Homegrown exports has at least one of these files. */
const HOMEGROWN_FILES = ['homegrown.json', 'DATASHEET.md', 'MODEL_CARD.md'];
const OTHER_FORMATS: readonly (readonly [RegExp, string])[] = [
  [/\.(pt|pth|bin|ckpt|pkl|pickle)$/i, 'such files can run code. Convert it to safetensors'],
  [/\.(h5|hdf5|keras)$/i, 'it is a Keras file. Convert it to safetensors'],
  [/\.onnx$/i, 'it is an ONNX file. Convert it to safetensors'],
  [/\.safetensors$/i, 'its name must be model.safetensors, or model-00001-of-00002.safetensors for shards'],
];

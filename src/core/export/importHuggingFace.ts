/** A Hugging Face folder, or a zip of one, as a model. Everything is checked before anything is handed back. */
import { z } from '../base/zod';
import { badFile } from '../base/errors';
import type { Job } from '../base/job';
import { LARGEST_JSON, LARGEST_LOG, LARGEST_TOKENIZER } from '../base/limits';
import type { ByteSource } from '../files/byteSource';
import type { Snapshot } from '../checkpoint/snapshot';
import { bytesOf, firstNonFinite, type HostTensor } from '../checkpoint/tensors';
import { type ModelId, modelIds, modelSpec } from '../models';
import type { HuggingFace } from '../models/interop';
import { fromTheirs, type Piece, theirShape } from '../models/layout';
import { sizeOf } from '../models/spec';
import { recipeOf } from '../runs/segments';
import { modelSchema } from '../runs/settings';
import { createTokenizer } from '../tokenizer/byteLevel';
import { namedRoles, readGpt2Files, readTokenizerJson } from '../tokenizer/json';
import { END_ALONE } from '../tokenizer/special';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { optimizerOf, stateName, stateOf } from '../optim';
import type { Recipe } from '../train/recipe';
import type { ModelChoice, TrainEvent } from '../train/run';
import { readRunInfo, type RunInfo } from './homegrownJson';
import { holdsWeights, INDEX, openTensors, openWeights, type Weights } from './openWeights';
import { parse } from './parse';
import { readTrainerState } from './trainerState';
import { openZip } from '../files/unzip';
import { hubLayout } from './weights';

export interface ImportedModel {
  model: ModelChoice;
  tokenizer: Tokenizer;
  /** Weights, and the optimizer's moments when the files have them: then training resumes exactly. */
  snapshot: Snapshot;
  resumable: boolean;
  /** Null when the folder is not ours. */
  info: RunInfo | null;
  /** The run's curve, where the folder holds it. */
  events: readonly TrainEvent[];
}

/**
 * The vocabulary is brought into our order: rows of the embedding (and of a classifier of its own) are moved to where our
 * tokenizer has their tokens, and rows that pad the vocabulary are left out.
 * @param files one zip, or the files of a folder; those that are not needed are not read
 * @throws HomegrownError `bad-file` naming file, place and reason
 */
export async function importHuggingFace(
  files: readonly { name: string; source: ByteSource }[],
  job: Job,
): Promise<ImportedModel> {
  const folder = await openFolder(files);
  const { model: described, format } = await readConfig(folder);
  const info = await readInfo(folder, described);
  const { tokenizer, rows } = await readTokenizer(folder, described, info);
  const model = { ...described, vocabulary: tokenizer.size };
  const index = folder.has(INDEX) ? await readJson(folder, INDEX) : null;
  const weights = await openWeights(folder, (name) => (format.rename ? format.rename(name) : name), index);
  const table = modelSpec(model.id).params(described.config, described.vocabulary);
  const layout = hubLayout(described);
  const shapes: Shapes = new Map(
    layout.map((piece) => [piece.name, { shape: theirShape(piece, table[piece.of]!.shape) }]),
  );
  const isCopied = !described.config.untied && weights.shapes.has(HEAD);
  const own = isCopied ? new Map([...weights.shapes].filter(([name]) => name !== HEAD)) : weights.shapes;
  compare(weights.file, shapes, own);
  await weights.check(job);
  if (isCopied) {
    const classifier = modelSpec(model.id).classifier(described.config);
    await checkCopy(weights, layout.find(({ of }) => of === classifier)!.name);
  }
  const moments =
    info && folder.has('optimizer.safetensors')
      ? await openTensors(folder, ['optimizer.safetensors'], (name) => name, 'optimizer.safetensors')
      : null;
  if (info && moments) compare('optimizer.safetensors', momentShapes(recipeOf(info), shapes), moments.shapes);
  await moments?.check(job);

  const tensors = new Map<string, HostTensor>();
  const all = [
    ...Object.keys(table).map((of) => ({ file: weights, of, slot: '' })),
    ...(moments ? owners(moments, layout) : []),
  ];
  for (const [done, { file, of, slot }] of all.entries()) {
    job.signal.throwIfAborted();
    const name = slot + of;
    job.report({ label: `Reading ${name}`, done, of: all.length, unit: 'tensors' });
    const pieces = layout.filter((piece) => piece.of === of);
    const loaded = await assembled(file, slot, pieces, table[of]!.shape);
    const tensor = rows && file === weights && table[of]!.perToken ? rowsOf(loaded, rows) : loaded;
    const bad = firstNonFinite(new Map([[name, tensor]]));
    if (bad !== undefined) throw badFile(`${file.file}: ${bad} is not a finite number`, DIVERGED);
    tensors.set(name, tensor);
  }
  const state = info?.state ?? { step: 0, tokensSeen: 0, activeMs: 0, best: null };
  const log =
    info && folder.has('trainer_state.json') ? await readText(folder, 'trainer_state.json', LARGEST_LOG) : null;
  const events = log === null ? [] : readTrainerState(log);
  return { model, tokenizer, snapshot: { state, tensors }, resumable: moments !== null, info, events };
}

type Folder = ReadonlyMap<string, ByteSource>;

async function openFolder(files: readonly { name: string; source: ByteSource }[]): Promise<Folder> {
  const [first] = files;
  if (first === undefined) throw badFile('No file was given');
  const isZip = files.length === 1 && /\.zip$/i.test(first.name);
  const folder = new Map<string, ByteSource>();
  if (isZip) for (const [name, source] of await openZip(first.source, first.name)) folder.set(name, source);
  else {
    for (const { name, source } of files) {
      const base = name.split('/').at(-1)!;
      if (folder.has(base)) throw badFile(`${base} was given twice`, 'Choose the files of one folder.');
      folder.set(base, source);
    }
  }
  if (holdsWeights(folder)) return folder;
  const inner = isZip && innerFolder(folder);
  if (inner) return inner;
  const names = [...folder.keys()];
  for (const [pattern, advice] of OTHER_FORMATS) {
    const found = names.find((name) => pattern.test(name));
    if (found === undefined) continue;
    if (/\.(onnx|gguf)$/.test(found) && OURS.some((name) => folder.has(name)))
      throw badFile(
        `${files[0]!.name} holds a model as ${found}, which goes into other programs and does not come back`,
        'Nothing was stored. Export the run as a Hugging Face folder, or as a cluster hand-over: those two come back.',
      );
    throw badFile(`${found} cannot be read: ${advice}`, wanted());
  }
  throw badFile(
    `There is no model.safetensors among ${names.length} files (${names.slice(0, 5).join(', ')})`,
    wanted(),
  );
}

/** The folder in a zip that holds the weights, as the one of a hand-over does: the uppermost. */
function innerFolder(files: Folder): Folder | undefined {
  const prefixes = new Set([...files.keys()].map((name) => name.slice(0, name.lastIndexOf('/') + 1)));
  return [...prefixes]
    .toSorted((a, b) => a.split('/').length - b.split('/').length)
    .map((prefix) => {
      const own = [...files].filter(([name]) => name.startsWith(prefix));
      return new Map(own.map(([name, source]) => [name.slice(prefix.length), source]));
    })
    .find(holdsWeights);
}

async function readConfig(folder: Folder): Promise<{ model: ModelChoice; format: HuggingFace }> {
  const json = await readJson(folder, 'config.json');
  const type = parse('config.json', z.object({ model_type: z.string().max(100) }), json).model_type;
  const known = knownFormats();
  const found = known.find(({ format }) => format.type === type);
  if (!found) {
    throw badFile(
      `config.json: the architecture ${JSON.stringify(type)} is not known here`,
      `Known: ${known.map(({ format }) => format.type).join(', ')}.`,
    );
  }
  const { id, format } = found;
  return { model: parse('config.json', modelSchema, { id, ...parse('config.json', format.schema, json) }), format };
}

const knownFormats = (): { id: ModelId; format: HuggingFace }[] =>
  modelIds().flatMap((id) => {
    const { huggingFace } = modelSpec(id);
    return huggingFace ? [{ id, format: huggingFace }] : [];
  });

async function readInfo(folder: Folder, model: ModelChoice): Promise<RunInfo | null> {
  if (!folder.has('homegrown.json')) return null;
  const json = await readJson(folder, 'homegrown.json');
  const info = await readRunInfo('homegrown.json', json);
  if (JSON.stringify(info.model) !== JSON.stringify(model)) {
    throw badFile(
      'homegrown.json and config.json describe models of different sizes',
      'Remove homegrown.json to bring in the model alone.',
    );
  }
  return info;
}

/** `rows`: [our id] -> row of the embedding; null where they are the same. */
async function readTokenizer(
  folder: Folder,
  { vocabulary }: ModelChoice,
  info: RunInfo | null,
): Promise<{ tokenizer: Tokenizer; rows: Uint32Array | null }> {
  const whole = (name: string): Promise<Uint8Array> => readWhole(folder, name, LARGEST_TOKENIZER);
  const roles = namedRoles(folder.has(TOKENIZER_CONFIG) ? await readJson(folder, TOKENIZER_CONFIG) : {});
  const isOld = !folder.has('tokenizer.json') && folder.has('vocab.json');
  const { model, ids } = isOld
    ? readGpt2Files(await whole('vocab.json'), await whole('merges.txt'), roles)
    : readTokenizerJson(await whole('tokenizer.json'), roles);
  const tokenizer = await createTokenizer({ ...model, ...(info && { kind: info.tokenizer }) });
  if (info && JSON.stringify(info.roles) !== JSON.stringify(model.roles)) {
    const words = ({ roles = END_ALONE }: Pick<RunInfo, 'roles'>): string => roles.slice(0, 20).join(', ');
    throw badFile(
      `The tokenizer has special tokens of the roles ${words(model)}, and homegrown.json says ${words(info)}`,
      'Remove homegrown.json to bring in the model alone.',
    );
  }
  const file = isOld ? 'vocab.json' : 'tokenizer.json';
  const isPadded = !info && PADDINGS.some((unit) => Math.ceil(tokenizer.size / unit) * unit === vocabulary);
  if (tokenizer.size !== vocabulary && !isPadded) {
    throw badFile(
      `${file} has ${tokenizer.size} tokens and config.json says ${vocabulary}`,
      'The two belong to different models.',
    );
  }
  const beyond = ids.findIndex((id) => id >= vocabulary);
  if (beyond !== -1)
    throw badFile(`${file} has a token ${ids[beyond]!}, and config.json says that there are ${vocabulary}`);
  const isOurs = ids.every((id, ours) => id === ours);
  if (info && !isOurs)
    throw badFile(
      `${file} has its tokens in another order than homegrown.json`,
      'Remove homegrown.json to bring in the model alone.',
    );
  return { tokenizer, rows: isOurs && !isPadded ? null : ids };
}
const TOKENIZER_CONFIG = 'tokenizer_config.json';
/** Vocabularies are made multiples of these, because products of such sizes are quick. */
const PADDINGS = [8, 16, 32, 64, 128, 256, 512, 1024];

/** Moments by the weight that each is of, and what stands before its name, in the file's order. */
function owners(moments: Weights, layout: readonly Piece[]): { file: Weights; of: string; slot: string }[] {
  const found = new Map<string, { file: Weights; of: string; slot: string }>();
  for (const theirs of moments.shapes.keys()) {
    const { name, of } = layout.find((piece) => theirs.endsWith(`.${piece.name}`))!;
    const slot = theirs.slice(0, -name.length);
    found.set(slot + of, { file: moments, of, slot });
  }
  return [...found.values()];
}

/** One of ours, made of theirs, which are held one at a time. */
async function assembled(
  file: Weights,
  slot: string,
  pieces: readonly Piece[],
  shape: readonly number[],
): Promise<HostTensor> {
  const [first] = pieces as [Piece];
  if (pieces.length === 1 && isWhole(first)) return file.load(slot + first.name);
  const ours = { shape, data: new Float32Array(sizeOf(shape)) };
  for (const piece of pieces) fromTheirs(piece, (await file.load(slot + piece.name)).data, ours);
  return ours;
}
const isWhole = ({ rows, columns, transposed, pairedHeads }: Piece): boolean =>
  !rows && !columns && !transposed && !pairedHeads;

function rowsOf({ shape, data }: HostTensor, rows: Uint32Array): HostTensor {
  const width = sizeOf(shape.slice(1));
  const picked = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) picked.set(data.subarray(row * width, (row + 1) * width), i * width);
  return { shape: [rows.length, ...shape.slice(1)], data: picked };
}

/** A model whose classifier is its embedding may still have it in the file, but then it must be the same. */
async function checkCopy(weights: Weights, classifier: string): Promise<void> {
  const [head, embedding] = [bytesOf(await weights.load(HEAD)), bytesOf(await weights.load(classifier))];
  if (head.length === embedding.length && head.every((byte, i) => byte === embedding[i])) return;
  throw badFile(
    `${weights.file}: ${HEAD} is not the embedding, and config.json says that it is (tie_word_embeddings)`,
    'If the model has a classifier of its own, set tie_word_embeddings to false in config.json.',
  );
}
const HEAD = 'lm_head.weight';

type Shapes = ReadonlyMap<string, { shape: readonly number[] }>;

/** Names and shapes must be exactly those of the model; the first twenty differences are told. */
function compare(file: string, expected: Shapes, found: Shapes): void {
  const show = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
  const differences: string[] = [];
  for (const [name, { shape }] of expected) {
    const other = found.get(name)?.shape;
    if (!other) differences.push(`${name} is missing`);
    else if (show(other) !== show(shape)) differences.push(`${name} is ${show(other)}, not ${show(shape)}`);
  }
  for (const name of found.keys())
    if (!expected.has(name)) differences.push(`${name.slice(0, 80)} is not part of the model`);
  if (differences.length === 0) return;
  throw badFile(
    `${file} does not fit config.json in ${differences.length} places: ${differences.slice(0, 20).join('; ')}`,
    'The two belong to different models.',
  );
}

function momentShapes({ optimizer }: Recipe, shapes: Shapes): Shapes {
  return new Map(
    stateOf(optimizerOf(optimizer), shapes)
      .flat()
      .map((spec) => [stateName(spec), spec]),
  );
}

async function readJson(folder: Folder, name: string): Promise<unknown> {
  const text = await readText(folder, name, LARGEST_JSON);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badFile(`${name} is not JSON in UTF-8 (${error instanceof Error ? error.message : 'unknown'})`);
  }
}

async function readText(folder: Folder, name: string, most: number): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readWhole(folder, name, most));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badFile(`${name} is not UTF-8`);
  }
}

async function readWhole(folder: Folder, name: string, most: number): Promise<Uint8Array> {
  const source = folder.get(name);
  if (!source) throw badFile(`There is no ${name}`, wanted());
  if (source.size > most) throw badFile(`${name} has ${source.size} bytes, and at most ${most} are read`);
  return source.read(0, source.size);
}

const wanted = (): string =>
  'Nothing was stored. Give the Hugging Face folder or the cluster hand-over that Homegrown wrote, or config.json, tokenizer.json and model.safetensors of a model ' +
  `whose model_type is one of these: ${knownFormats()
    .map(({ format }) => format.type)
    .join(', ')}.`;
/** One of them is in each folder that Homegrown writes. */
const OURS = ['homegrown.json', 'DATASHEET.md', 'MODEL_CARD.md'];
const DIVERGED = 'Nothing was stored. The training that wrote it had diverged; use an earlier step.';
const OTHER_FORMATS: readonly (readonly [RegExp, string])[] = [
  [/\.(pt|pth|bin|ckpt|pkl|pickle)$/i, 'such files can run code; convert it to safetensors'],
  [/\.(h5|hdf5|keras)$/i, 'it is a Keras file; convert it to safetensors'],
  [/\.onnx$/i, 'it is an ONNX file; convert it to safetensors'],
  [/\.gguf$/i, 'it is a GGUF file; convert it to safetensors'],
  [/\.safetensors$/i, 'it must be called model.safetensors, or its pieces model-00001-of-00002.safetensors'],
];

/** Imports a Hugging Face folder, or a zip of one. Checks everything before it returns a model. */
import { z } from '../../../base/zod';
import { partsOf } from '../../../adapters/trainable';
import { badFile, isBadFile } from '../../../base/errors';
import type { Job } from '../../../base/job';
import { MAX_JSON_BYTES, MAX_LOG_BYTES, MAX_TOKENIZER_BYTES } from '../../../base/limits';
import { counted } from '../../../base/units';
import { bytesOf } from '../../../checkpoint/tensors';
import { type ModelId, modelIds, modelSpec, paramsOf } from '../../../models';
import { isReadFromFirst, usualPooling, withClasses } from '../../../models/classes';
import { areUnnamed, classesSchema, isClassifier, plainType } from '../../../models/hubClasses';
import { type FolderFormat, OWN_TYPE, ownFormat } from '../../../models/folderFormat';
import { drawn } from '../../../models/initial';
import type { Copy, HuggingFace } from '../../../models/interop';
import type { Piece } from '../../../models/layout';
import type { Classes } from '../../../models/spec';
import { dataOf, recipeOf } from '../../../runs/segments';
import { modelSchema } from '../../../runs/settings';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import {
  checkChatTemplates,
  readAnyTokenizerJson,
  readGpt2Files,
  readTokenizerConfig,
} from '../../../tokenizer/readJson';
import { END_ALONE } from '../../../tokenizer/special';
import { isApplied, type Tokenizer } from '../../../tokenizer/tokenizer';
import type { ModelChoice } from '../../../train/run';
import { adapterIn } from '../../adapterFiles';
import { RECIPE_FILE } from '../../format';
import { readRunInfo, type RunInfo } from '../../homegrownJson';
import {
  adapterAlone,
  type Folder,
  type GivenFile,
  openFiles,
  readJson,
  readText,
  readWhole,
} from '../../importFolder';
import { laidMoments, momentsIn } from './importMoments';
import { readPeft } from '../peft/import';
import { compare, readTensors, shapesOf, type Wanted } from '../../importTensors';
import type { ImportedModel, Incoming } from '../../incoming';
import { licenceIn } from '../../licenceIn';
import { INDEX, openTensors, openWeights, type Weights } from '../../openWeights';
import { parse } from '../../parse';
import { readTrainerState } from './trainerState';
import { normalizerWords } from '../../normalizerWords';
import { folderLayout, inFolder } from '../../weights';

const INFO = 'homegrown.json';

/** Opens and reads a folder, or a zip of one. @throws HomegrownError as `openHuggingFace` and its `read` do */
export async function importHuggingFace(files: readonly GivenFile[], job: Job): Promise<ImportedModel> {
  const opened = await openFiles(files);
  if (opened.kind === 'adapter') throw adapterAlone();
  if (opened.kind !== 'folder') throw badFile(`${opened.name} is not a Hugging Face folder`);
  return (await openHuggingFace(opened.folder)).read(job);
}

/**
 * Opens a folder without reading its weights. Requires exactly the model's tensor names and shapes.
 * @throws HomegrownError `bad-file` naming file, place and reason
 */
export async function openHuggingFace(folder: Folder): Promise<Incoming> {
  const { model: statedModel, format, name } = await readConfig(folder);
  const info = folder.has(INFO) ? await readRunInfo(INFO, await readJson(folder, INFO)) : null;
  const tokenizer = await readTokenizer(folder, statedModel, info);
  const index = folder.has(INDEX) ? await readJson(folder, INDEX) : null;
  const rename = (name: string): string | null => (format.rename ? format.rename(name, statedModel.config) : name);
  const weights = await openWeights(folder, rename, index);
  const config = format.seen?.(statedModel.config, new Set(weights.shapes.keys())) ?? statedModel.config;
  const describedModel = { ...statedModel, config };
  if (info && !isSame(info.model, describedModel, format)) {
    throw badFile(
      'homegrown.json and config.json describe models of different sizes',
      'Remove homegrown.json to import only the model.',
    );
  }
  const model = info?.model ?? describedModel;
  const layout = folderLayout(model, format);
  const [table, own] = [paramsOf(inFolder(model, format)), paramsOf(model)];
  const isOwn = ({ of }: Piece): boolean => Object.hasOwn(own, of);
  const copies = (format.copies?.(config) ?? []).filter(({ name }) => weights.shapes.has(name));
  const shapesInFile = [...weights.shapes].filter(([name]) => !copies.some((copy) => copy.name === name));
  const { classes } = model.config;
  const head = classes ? undefined : format.head;
  const isOfHead = ({ name }: Pick<Piece, 'name'>): boolean => head !== undefined && name.startsWith(head.prefix);
  const lacksHead = head !== undefined && !shapesInFile.some(([name]) => isOfHead({ name }));
  const presentPieces = lacksHead ? layout.filter((piece) => !isOfHead(piece)) : layout;
  compare(weights.file, shapesOf(presentPieces, table), new Map(shapesInFile));
  const moments =
    info && folder.has('optimizer.safetensors')
      ? await openTensors(folder, ['optimizer.safetensors'], (name) => name, 'optimizer.safetensors')
      : null;
  const optimizerState = info && moments && laidMoments(recipeOf(info), layout.filter(isOwn), own, info.trainable);
  if (optimizerState) compare('optimizer.safetensors', optimizerState.shapes, moments.shapes);
  const adapterFolder = info?.trainable?.adapter && !moments ? adapterIn(folder) : undefined;
  const licence = await licenceIn(folder);
  return {
    model,
    tokenizer,
    info,
    stated: {
      format: format.isOwn ? 'Homegrown folder' : 'Hugging Face folder',
      precision: weights.precision,
      bytes: weights.bytes,
      ...(name && { name }),
      ...(licence && { licence }),
      ...(lacksHead && { lacks: head.words }),
      ...(classes && !info && areUnnamed(classes) && { lacks: namesLacking(classes) }),
    },
    async read(job) {
      await weights.check(job);
      for (const copy of copies) await checkCopy(weights, copy);
      for (const { name } of layout.filter((piece) => !isOwn(piece))) await checkZeros(weights, name);
      await moments?.check(job);
      const isInFile = (name: string): boolean => presentPieces.some((piece) => piece.of === name);
      const namesInFile = Object.keys(own).filter(isInFile);
      const missingNames = Object.keys(own).filter((name) => !isInFile(name));
      const wanted = namesInFile.map((of): Wanted => ({ file: weights, of, slot: '' }));
      const tensors = await readTensors(wanted, layout, table, job);
      if (optimizerState) {
        const { layout: laid, table: of } = optimizerState;
        for (const [name, value] of await readTensors(momentsIn(moments, laid), laid, of, job))
          tensors.set(name, value);
      }
      if (adapterFolder) {
        const { tensors: added } = await readPeft(adapterFolder, model, job, format);
        compare('adapter/', new Map(Object.entries(partsOf(own, info?.trainable).added)), added, INFO);
        for (const [name, value] of added) tensors.set(name, value);
      }
      for (const [name, value] of drawn(Object.fromEntries(missingNames.map((name) => [name, own[name]!])), 0))
        tensors.set(name, value);
      const state = info?.state ?? { step: 0, tokensSeen: 0, activeMs: 0, best: null };
      const events = info ? await readEvents(folder) : [];
      const recipe = info && folder.has(RECIPE_FILE) ? await ownRecipe(info, folder) : undefined;
      const snapshot = { state, tensors };
      return { model, tokenizer, snapshot, resumable: moments !== null, info, events, ...(recipe && { recipe }) };
    },
  };
}

/** Training log of the run; empty if the folder has none. */
async function readEvents(folder: Folder): Promise<ReturnType<typeof readTrainerState>> {
  if (!folder.has('trainer_state.json')) return [];
  return readTrainerState(await readText(folder, 'trainer_state.json', MAX_LOG_BYTES));
}

const namesLacking = ({ labels }: Classes): string =>
  `names for its ${counted(labels.length, 'label')}, which are called ${[...new Set([labels[0]!, labels.at(-1)!])].join(' to ')} by default`;

/** Recipe that cleaned the run's text; undefined if the file is invalid or another recipe. */
async function ownRecipe(info: RunInfo, folder: Folder): Promise<object | undefined> {
  const { readRecipe, recipeHash } = await import('../../../documents/clean/recipe');
  const text = await readText(folder, RECIPE_FILE, MAX_JSON_BYTES);
  try {
    const recipe = readRecipe(RECIPE_FILE, text);
    const hash = await recipeHash(recipe);
    return dataOf(info)?.texts.some(({ cleaned }) => cleaned?.recipe === hash) ? recipe : undefined;
  } catch (error) {
    if (isBadFile(error)) return undefined;
    throw error;
  }
}

/** Model that a config.json describes. */
interface ConfigFile {
  model: ModelChoice;
  format: FolderFormat;
  name?: string;
}

async function readConfig(folder: Folder): Promise<ConfigFile> {
  const json = await readJson(folder, 'config.json');
  const { model_type, _name_or_path: name } = parse('config.json', typeSchema, json);
  if (model_type === OWN_TYPE) return readOwnConfig(json);
  const type = plainType(model_type);
  const match = knownFormats().find(({ format }) => format.types.includes(type));
  if (!match) {
    throw badFile(
      `config.json: the architecture ${JSON.stringify(type)} is not supported`,
      `Nothing was stored. Supported values of model_type: ${knownTypes()}.`,
    );
  }
  const { id, format } = match;
  const sized = { id, ...parse('config.json', format.schema, { ...(json as object), model_type: type }) };
  const model = isClassifier(json)
    ? withClasses(sized, parse('config.json', classesSchema(usualPooling(sized) ?? 'last'), json))
    : sized;
  return { model: parse('config.json', modelSchema, model), format, ...(name && { name }) };
}
const typeSchema = z.object({
  model_type: z.string().max(100),
  _name_or_path: z.string().max(1000).optional().catch(undefined),
});

/** Reads a config.json of our layout. @throws HomegrownError `bad-file` for an unknown architecture */
function readOwnConfig(json: unknown): ConfigFile {
  const { architecture, vocab_size: vocabulary, config } = parse('config.json', ownSchema, json);
  const id = modelIds().find((id) => id === architecture);
  if (!id) {
    throw badFile(
      `config.json: the architecture ${JSON.stringify(architecture)} is not supported`,
      `Nothing was stored. Supported architectures: ${modelIds().join(', ')}.`,
    );
  }
  return { model: parse('config.json', modelSchema, { id, config, vocabulary }), format: ownFormat(id) };
}
const ownSchema = z.object({ architecture: z.string().max(100), vocab_size: z.int(), config: z.looseObject({}) });

const knownFormats = (): { id: ModelId; format: HuggingFace }[] =>
  modelIds().flatMap((id) => {
    const { huggingFace } = modelSpec(id);
    return huggingFace ? [{ id, format: huggingFace }] : [];
  });

/** Whether config.json is the same for both models; ours may leave out a size that the file states. */
function isSame(ours: ModelChoice, theirs: ModelChoice, { config }: FolderFormat): boolean {
  const inFile = (model: ModelChoice): string => JSON.stringify(config(model, { begin: 0, end: 0 }));
  return ours.id === theirs.id && inFile(ours) === inFile(theirs);
}

const knownTypes = (): string =>
  knownFormats()
    .flatMap(({ format }) => format.types)
    .join(', ');

async function readTokenizer(folder: Folder, statedModel: ModelChoice, info: RunInfo | null): Promise<Tokenizer> {
  const { vocabulary } = statedModel;
  const readFile = (name: string): Promise<Uint8Array> => readWhole(folder, name, MAX_TOKENIZER_BYTES);
  const configText = folder.has(TOKENIZER_CONFIG)
    ? await readText(folder, TOKENIZER_CONFIG, MAX_JSON_BYTES)
    : undefined;
  const configJson = folder.has(TOKENIZER_CONFIG) ? ((await readJson(folder, TOKENIZER_CONFIG)) as object) : {};
  // transformers stores the template here since 4.52.
  const template = folder.has(CHAT_TEMPLATE) ? await readText(folder, CHAT_TEMPLATE, MAX_JSON_BYTES) : undefined;
  if (template === undefined) checkChatTemplates(configJson);
  const configWithTemplate = template === undefined ? configJson : { ...configJson, chat_template: template };
  const config = template === undefined ? configText : JSON.stringify(configWithTemplate);
  const isGpt2Format = !folder.has('tokenizer.json') && folder.has('vocab.json');
  const file = isGpt2Format ? 'vocab.json' : 'tokenizer.json';
  const model = isGpt2Format
    ? readGpt2Files(
        await readFile('vocab.json'),
        await readFile('merges.txt'),
        readTokenizerConfig(configWithTemplate),
        vocabulary,
      )
    : readAnyTokenizerJson(await readFile('tokenizer.json'), config, vocabulary, isReadFromFirst(statedModel));
  if (info && (model.applied || isApplied(info.tokenizer)) && info.tokenizer !== model.kind)
    throw badFile(
      `${file} has the kind ${model.kind}, but homegrown.json says ${info.tokenizer}`,
      'Remove homegrown.json to import only the model.',
    );
  const tokenizer = await createTokenizer({ ...model, ...(info && { kind: info.tokenizer }) });
  const tokens = tokensOf(tokenizer);
  if (!isPadded(tokens, vocabulary) || (info && !model.elsewhere && !model.applied && tokens !== vocabulary)) {
    throw badFile(
      `${file} has ${tokens} tokens, but config.json says ${vocabulary}`,
      'The two belong to different models.',
    );
  }
  if (info && JSON.stringify(info.roles) !== JSON.stringify(model.roles)) {
    const words = ({ roles = END_ALONE }: Pick<RunInfo, 'roles'>): string => roles.slice(0, 20).join(', ');
    throw badFile(
      `The tokenizer’s special tokens have the roles ${words(model)}, but homegrown.json says ${words(info)}`,
      'Remove homegrown.json to import only the model.',
    );
  }
  if (info && JSON.stringify(info.normalizers) !== JSON.stringify(model.normalizers)) {
    const words = ({ normalizers = [] }: Pick<RunInfo, 'normalizers'>): string =>
      normalizerWords(normalizers) || 'nothing';
    throw badFile(
      `${file} normalizes text by: ${words(model)}; homegrown.json by: ${words(info)}`,
      'Remove homegrown.json to import only the model.',
    );
  }
  return tokenizer;
}
const TOKENIZER_CONFIG = 'tokenizer_config.json';
const CHAT_TEMPLATE = 'chat_template.jinja';

/** Number of ids up to the last one that has a token. */
function tokensOf(tokenizer: Tokenizer): number {
  let tokens = tokenizer.size;
  while (tokens > 0 && tokenizer.bytes(tokens - 1).length === 0 && !tokenizer.specialOf(tokens - 1)) tokens--;
  return tokens;
}

/** Whether the vocabulary is padded to a multiple of 8, which makes matrix products faster. */
const isPadded = (tokens: number, vocabulary: number): boolean =>
  tokens === vocabulary || (vocabulary % 8 === 0 && vocabulary > tokens && vocabulary - tokens <= MAX_PADDING);
const MAX_PADDING = 1024;

/** Requires equal values where a file stores a tensor twice, such as a tied output layer. */
async function checkCopy(weights: Weights, { name, of }: Copy): Promise<void> {
  const [copy, original] = [bytesOf(await weights.load(name)), bytesOf(await weights.load(of))];
  if (copy.length === original.length && copy.every((byte, i) => byte === original[i])) return;
  throw badFile(
    `${weights.file}: ${name} differs from ${of}, but config.json ties them (tie_word_embeddings)`,
    'If the model has its own output layer, set tie_word_embeddings to false in config.json.',
  );
}

/** Requires zeros in a tensor that only the file has; otherwise the file holds another model. */
async function checkZeros(weights: Weights, name: string): Promise<void> {
  if ((await weights.load(name)).data.every((x) => x === 0)) return;
  throw badFile(
    `${weights.file}: ${name} is not 0, but homegrown.json says that the model doesn't have it`,
    'Remove homegrown.json to import only the model.',
  );
}

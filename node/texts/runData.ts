/** Data of a run: reads, tokenizes and splits its texts. */
import { realpath, stat } from 'node:fs/promises';
import { type BlobStore, memoryStore } from '../../src/core/base/blobStore';
import type { Document } from '../../src/core/base/document';
import type { Job } from '../../src/core/base/job';
import type { Normalizer } from '../../src/core/base/normalizer';
import {
  importDrop,
  importText,
  trainingFacts,
  isOpened,
  labeledAs,
  openText,
  promptFrom,
  type TextRecord,
  type TextSource,
} from '../../src/core/documents';
import { compiled, type ChatTemplate } from '../../src/core/chat/template';
import { usualTemplate } from '../../src/core/chat/usual';
import type { Recipe } from '../../src/core/documents/clean/recipe';
import type { SplitChoice } from '../../src/core/documents/split';
import type { StoredBaselines } from '../../src/core/evaluate/ofPart';
import { trainingSource } from '../../src/core/objectives';
import { factsOf } from '../../src/core/runs/facts';
import { recipeOf } from '../../src/core/runs/segments';
import { storedBaselines } from '../../src/core/runs/storedBaselines';
import type { DataFacts, DocumentLists } from '../../src/core/runs/settings';
import type { PartSource, ShardManifest } from '../../src/core/shards/manifest';
import { openPart } from '../../src/core/shards/read';
import { createTokenizer } from '../../src/core/tokenizer/byteLevel';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { trainTokenizer, type TrainSettings } from '../../src/core/tokenizer/train';
import type { HeldOutPart } from '../../src/jobs/heldOutPart';
import { tokenizeData } from '../../src/jobs/tokenizeData';
import { readChats } from './readChats';
import { type Examples, rereadExamples } from './examples';
import { cleanAgain, type CleanedTexts, cleanTogether, type Files } from './cleanedTexts';
import type { Local } from '../folders/local';
import { readers } from './readers';
import { type SavedRun } from '../folders/savedRun';
import { withOriginalReading, checkSameData, checkSameTexts, inRunOrder, differentText } from './savedTexts';

/** Makes the tokenizer of a new run from its text. */
type TokenizerMaker = (documents: readonly Document[], job: Job) => Promise<Tokenizer>;

/** Trains a tokenizer on the text. @param normalizers that it applies */
export const trainedTokenizer =
  (
    choose: (documents: readonly Document[], job: Job) => TrainSettings | Promise<TrainSettings>,
    normalizers: readonly Normalizer[] = [],
  ): TokenizerMaker =>
  async (documents, job) =>
    createTokenizer(await trainTokenizer({ ...(await choose(documents, job)), normalizers }, documents, job));

export interface RunData {
  tokenizer: Tokenizer;
  data: DataFacts;
  train: PartSource;
  validation: PartSource;
  /** Absent if the split has none. */
  test?: PartSource;
  /** Baselines on the validation set. */
  measured: StoredBaselines;
  /** Start of the first text, as a prompt of samples; undefined if it has no sentence. */
  prompt: string | undefined;
  /** Paths of the files. */
  places: Local['texts'];
  /** Documents of texts that have several. */
  documentLists: DocumentLists;
  /** Name of the file or text of each document, in order. */
  sources: readonly string[];
}

type RunParts = Pick<RunData, 'data' | 'train' | 'validation' | 'test' | 'measured' | 'sources'>;

/** Returns a held-out part for an evaluation; undefined if the data have no test set. */
export function heldOutIn(
  { data, train, measured, sources, ...parts }: RunParts,
  run: HeldOutPart['run'],
  part: HeldOutPart['part'],
): HeldOutPart | undefined {
  const heldOut = parts[part];
  const sourceOf = (place: number): string => sources[place] ?? '';
  return heldOut && { run, part, heldOut, train, facts: data, parts: data, sourceOf, counts: () => measured.counts };
}

/** Settings of a new run. */
interface NewRun {
  tokenizer: TokenizerMaker;
  split: SplitChoice;
  recipe?: Recipe;
  /** Template, if the files are chats. */
  chats?: ChatTemplate;
  /** Labeled texts, which are already read. */
  examples?: Examples;
}

/**
 * @param files in order; a copy of an earlier file is skipped
 * @param source a new run, or a saved one, which has its tokenizer and split
 * @param note receives notes about how files were read
 * @throws HomegrownError `bad-file`, `bad-settings` if they aren't the texts of the saved run
 */
export async function prepareRunData(
  files: Files,
  source: SavedRun | NewRun,
  note: (words: string) => void,
  job: Job,
): Promise<RunData> {
  const isResuming = 'folder' in source;
  const exampleSources = isResuming ? source.local?.examples : undefined;
  const examples = isResuming ? exampleSources && (await rereadExamples(exampleSources, note, job)) : source.examples;
  const store = examples?.store ?? memoryStore();
  const template = isResuming ? await templateOf(source) : source.chats;
  const { documents, texts, names, documentLists, places } = examples
    ? textsOfExamples(examples)
    : template
      ? await readConversations(store, files, template, isResuming ? source : null, note, job)
      : isResuming
        ? await rereadTexts(store, files, source, note, job)
        : await readTexts(store, files, source.recipe, note, job);
  const tokenizer = isResuming ? source.tokenizer : await source.tokenizer(documents, job);
  const { validation, test, seed } = isResuming ? source.data.split : source.split;
  const labelKind = examples && labeledAs(examples.texts);
  const split = { validation, test, seed, ...(labelKind && { labelKind }) };
  const toTokenize = { documents, tokenizer, split, isOfChats: template !== undefined };
  const knownBaselines =
    isResuming &&
    ((built: ShardManifest) =>
      storedBaselines(
        { model: source.info.model, objective: recipeOf(source.info).objective },
        source.data,
        built,
        'validation',
      ));
  const { manifest, baselines, counts } = await tokenizeData(
    store,
    { ...toTokenize, ...(knownBaselines && { knownBaselines }) },
    job,
  );
  const data = factsOf({ manifest, ...baselines }, texts);
  if (isResuming && (template ?? examples) && data.textHash !== source.data.textHash)
    throw differentText(source, texts[0]!.name);
  if (isResuming) checkSameData(source, data);
  return {
    tokenizer,
    data,
    train: openPart(store, manifest, 'train'),
    validation: openPart(store, manifest, 'validation'),
    measured: { facts: baselines, counts: counts.train },
    ...(manifest.parts.test && { test: openPart(store, manifest, 'test') }),
    prompt: template || examples ? undefined : promptFrom(await startOfDocument(documents[0])),
    places,
    documentLists,
    // A row of a table has no name.
    sources: documents.map(({ title, text, spans }) => (spans ? undefined : title) ?? names.get(text) ?? ''),
  };
}

async function startOfDocument(document: Document | undefined): Promise<string> {
  let text = '';
  for await (const chunk of document?.chunks() ?? []) {
    text += chunk;
    if (text.length > 20_000) break;
  }
  return text;
}

interface ReadTexts extends Pick<RunData, 'places' | 'documentLists'> {
  documents: readonly Document[];
  texts: DataFacts['texts'];
  /** Names of the texts, by the text that a document names. */
  names: ReadonlyMap<string | undefined, string>;
}

/** Returns the chat template of a saved run; undefined if it wasn't trained on chats. */
async function templateOf({ info, tokenizer }: SavedRun): Promise<ChatTemplate | undefined> {
  return trainingSource(recipeOf(info).objective) === 'chats'
    ? compiled(usualTemplate(tokenizer), tokenizer)
    : undefined;
}

async function readConversations(
  store: BlobStore,
  files: Files,
  template: ChatTemplate,
  past: SavedRun | null,
  note: (words: string) => void,
  job: Job,
): Promise<ReadTexts> {
  const chats = await readChats(store, files, { template, isResuming: past !== null, note }, job);
  if (!past) return { ...(await withPlaces(chats)), documentLists: [] };
  // Builds identify files of chats differently; the hash of the documents shows whether they are the same.
  const { texts } = past.data;
  if (texts.length !== chats.texts.length) throw differentText(past, chats.texts[0]!.name);
  const places = chats.files.map((file, i) => ({ ...file, sha256: texts[i]!.sha256 }));
  return { ...(await withPlaces({ ...chats, files: places })), texts, documentLists: [] };
}

const textsOfExamples = ({ documents, texts }: Examples): ReadTexts => ({
  documents,
  texts: texts.map(trainingFacts),
  names: new Map(texts.map(({ id, name }) => [id, name])),
  places: [],
  documentLists: [],
});

/** Each file is a text: one document, or the rows of a table. A recipe cleans all files as one text. */
async function readTexts(
  store: BlobStore,
  files: Files,
  recipe: Recipe | undefined,
  note: (words: string) => void,
  job: Job,
): Promise<ReadTexts> {
  if (recipe?.steps.some(({ isOn }) => isOn)) return withPlaces(await cleanTogether(store, files, recipe, note, job));
  const texts: TextRecord[] = [];
  const places: Local['texts'] = [];
  for (const [i, { path, source }] of files.entries()) {
    const imported = await importText(source, store, { addedAt: i, readers }, job);
    if (imported.kind !== 'added') continue;
    const { text } = imported;
    texts.push(text);
    places.push(...(await localPathOf(path, text.sha256, source)));
    for (const words of text.notes) note(`${text.name}: ${words}.`);
  }
  return {
    documents: (await Promise.all(texts.map(({ id }) => openText(store, id)))).flat(),
    texts: texts.map(trainingFacts),
    names: new Map(texts.map(({ id, name }) => [id, name])),
    places,
    documentLists: [],
  };
}

/** Each file is a document of one of the run's texts; a file with several documents is a text. */
async function rereadTexts(
  store: BlobStore,
  files: Files,
  past: SavedRun,
  note: (words: string) => void,
  job: Job,
): Promise<ReadTexts> {
  if (past.recipe) return withPlaces(await cleanAgain(store, files, past, note, job));
  const originalFiles = await withOriginalReading(past, files);
  const haveSeveralDocuments = await Promise.all(
    originalFiles.map(async ({ source }) => source.table ?? (await isOpened(source))),
  );
  if (haveSeveralDocuments.some(Boolean)) {
    const texts = await readTexts(store, originalFiles, undefined, note, job);
    checkSameTexts(past, texts.texts);
    return texts;
  }
  const sources = originalFiles.map(({ path, source }) => ({ ...source, name: path }));
  const { text, refused } = await importDrop(sources, store, { addedAt: 0, readers }, job);
  if (refused[0]) throw refused[0].error;
  for (const words of text!.notes) note(files.length > 1 ? `${words}.` : `${text!.name}: ${words}.`);
  const documents = await openText(store, text!.id);
  const places = await Promise.all(documents.map(({ title, sha256 }) => localPathOf(title!, sha256)));
  const { texts } = past.data;
  const names = new Map(texts.map(({ sha256, name }) => [sha256, name]));
  return { ...(await inRunOrder(past, documents)), texts, names, places: places.flat() };
}

async function withPlaces<R>({ files, ...read }: R & Pick<CleanedTexts, 'files'>) {
  const places = await Promise.all(files.map(({ path, source, sha256 }) => localPathOf(path, sha256, source)));
  return { ...read, places: places.flat() };
}

/** Returns the path of a file; a pipe has none. */
async function localPathOf(
  path: string,
  sha256: string,
  { table, reading }: Pick<TextSource, 'table' | 'reading'> = {},
): Promise<Local['texts']> {
  const place = await realpath(path).catch(() => null);
  if (place === null || !(await stat(place)).isFile()) return [];
  return [{ path: place, sha256, ...(table && { table }), ...(reading?.skipBadRows && { skipBadRows: true }) }];
}

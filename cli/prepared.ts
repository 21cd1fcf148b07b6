/** Texts as what a run learns from: read, cut into tokens, parted, and told. */
import { realpath, stat } from 'node:fs/promises';
import { type BlobStore, memoryStore } from '../src/core/base/blobStore';
import type { Document } from '../src/core/base/document';
import type { Job } from '../src/core/base/job';
import { importDrop, importText, openText, promptFrom, type TextRecord, type TextSource } from '../src/core/documents';
import type { SplitChoice } from '../src/core/documents/split';
import { measureFacts } from '../src/core/objectives/facts';
import { factsOf } from '../src/core/runs/facts';
import type { DataFacts, ToldDocuments } from '../src/core/runs/settings';
import { buildShards } from '../src/core/shards/build';
import type { TokenSource } from '../src/core/shards/manifest';
import { openPart, readCounts } from '../src/core/shards/read';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import { trainTokenizer, type TrainSettings } from '../src/core/tokenizer/train';
import type { Local } from './local';
import { checkSameData, inItsOrder, type Past } from './resume';

/** What the tokenizer is to be, where that depends on the text. */
type Chooser = (documents: readonly Document[], job: Job) => Promise<TrainSettings>;

export interface Prepared {
  tokenizer: Tokenizer;
  data: DataFacts;
  train: TokenSource;
  validation: TokenSource;
  /** Words of the first text to go on from, if it has a sentence. */
  prompt: string | undefined;
  /** Where the files lie. */
  places: Local['texts'];
  /** Which documents those texts are that are several. */
  told: ToldDocuments;
}

/**
 * @param files in their order, with where each was found; a copy of one before is passed over
 * @param wanted of a run that is begun; one that goes on has its own tokenizer and parts
 * @param note is told what was done to a text to read it
 * @throws HomegrownError `bad-file`, `bad-settings` where they are not those of the run that goes on
 */
export async function prepare(
  files: readonly { path: string; source: TextSource }[],
  wanted: { tokenizer: TrainSettings | Chooser; split: SplitChoice },
  past: Past | null,
  note: (words: string) => void,
  job: Job,
): Promise<Prepared> {
  const store = memoryStore();
  const { documents, texts, told, places } = past
    ? await readAgain(store, files, past, note, job)
    : await read(store, files, note, job);
  const train = async ({ tokenizer: asked }: typeof wanted): Promise<Tokenizer> => {
    const settings = typeof asked === 'function' ? await asked(documents, job) : asked;
    return createTokenizer(await trainTokenizer(settings, documents, job));
  };
  const tokenizer = past?.tokenizer ?? (await train(wanted));
  const { validation, test, seed } = past?.data.split ?? wanted.split;
  const manifest = await buildShards(documents, tokenizer, { validation, test, seed }, store, job);
  const [trainCounts, validationCounts] = [
    await readCounts(store, manifest, 'train'),
    await readCounts(store, manifest, 'validation'),
  ];
  const data = factsOf({ manifest, ...measureFacts(trainCounts, validationCounts) }, texts);
  if (past) checkSameData(past, data);
  return {
    tokenizer,
    data,
    train: openPart(store, manifest, 'train'),
    validation: openPart(store, manifest, 'validation'),
    prompt: promptFrom(await beginning(documents[0])),
    places,
    told,
  };
}

async function beginning(document: Document | undefined): Promise<string> {
  let start = '';
  for await (const chunk of document?.chunks() ?? []) {
    start += chunk;
    if (start.length > 20_000) break;
  }
  return start;
}

type Files = readonly { path: string; source: TextSource }[];
interface Read extends Pick<Prepared, 'places' | 'told'> {
  documents: readonly Document[];
  texts: DataFacts['texts'];
}

/** Each file is a text of one document. */
async function read(store: BlobStore, files: Files, note: (words: string) => void, job: Job): Promise<Read> {
  const texts: TextRecord[] = [];
  const places: Local['texts'] = [];
  for (const [i, { path, source }] of files.entries()) {
    const imported = await importText(source, store, { addedAt: i }, job);
    if (imported.kind !== 'added') continue;
    const { text } = imported;
    texts.push(text);
    places.push(...(await placeOf(path, text.sha256)));
    for (const words of text.notes) note(`${text.name}: ${words}.`);
  }
  return {
    documents: (await Promise.all(texts.map(({ id }) => openText(store, id)))).flat(),
    texts: texts.map(({ name, characters, sha256 }) => ({ name, characters, sha256 })),
    places,
    told: [],
  };
}

/** Each file is a document of the run's, of the text that it has it in. */
async function readAgain(
  store: BlobStore,
  files: Files,
  past: Past,
  note: (words: string) => void,
  job: Job,
): Promise<Read> {
  const sources = files.map(({ path, source }) => ({ ...source, name: path }));
  const { text, refused } = await importDrop(sources, store, { addedAt: 0 }, job);
  if (refused[0]) throw refused[0].error;
  for (const words of text!.notes) note(files.length > 1 ? `${words}.` : `${text!.name}: ${words}.`);
  const found = await openText(store, text!.id);
  const places = await Promise.all(found.map(({ title, sha256 }) => placeOf(title!, sha256)));
  return { ...(await inItsOrder(past, found)), texts: past.data.texts, places: places.flat() };
}

/** Of a file that can be read again; a pipe has none. */
async function placeOf(path: string, sha256: string): Promise<Local['texts']> {
  const place = await realpath(path).catch(() => null);
  return place !== null && (await stat(place)).isFile() ? [{ path: place, sha256 }] : [];
}

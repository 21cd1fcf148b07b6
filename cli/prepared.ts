/** Texts as what a run learns from: read, cut into tokens, parted, and told. */
import { realpath, stat } from 'node:fs/promises';
import { memoryStore } from '../src/core/base/blobStore';
import type { Job } from '../src/core/base/job';
import { importText, openText, type TextRecord, type TextSource } from '../src/core/documents';
import type { SplitChoice } from '../src/core/documents/split';
import { measureFacts } from '../src/core/objectives/facts';
import { factsOf } from '../src/core/runs/facts';
import type { DataFacts } from '../src/core/runs/settings';
import { buildShards } from '../src/core/shards/build';
import type { TokenSource } from '../src/core/shards/manifest';
import { openPart, readCounts } from '../src/core/shards/read';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import { trainTokenizer, type TrainSettings } from '../src/core/tokenizer/train';
import type { Local } from './local';
import { checkSameData, inItsOrder, type Past } from './resume';

export interface Prepared {
  tokenizer: Tokenizer;
  data: DataFacts;
  train: TokenSource;
  validation: TokenSource;
  /** Where the texts lie. */
  places: Local['texts'];
}

/**
 * @param files in their order, with where each was found; a copy of one before is passed over
 * @param wanted of a run that is begun; one that goes on has its own tokenizer and parts
 * @param note is told what was done to a text to read it
 * @throws HomegrownError `bad-file`, `bad-settings` where they are not those of the run that goes on
 */
export async function prepare(
  files: readonly { path: string; source: TextSource }[],
  wanted: { tokenizer: TrainSettings; split: SplitChoice },
  past: Past | null,
  note: (words: string) => void,
  job: Job,
): Promise<Prepared> {
  const store = memoryStore();
  const read: TextRecord[] = [];
  const places: Local['texts'] = [];
  for (const [i, { path, source }] of files.entries()) {
    const imported = await importText(source, store, { addedAt: i }, job);
    if (imported.kind !== 'added') continue;
    const { text } = imported;
    read.push(text);
    const place = await placeOf(path);
    if (place !== null) places.push({ path: place, sha256: text.sha256 });
    for (const words of text.notes) note(`${text.name}: ${words}.`);
  }
  const texts = past ? inItsOrder(past, read) : read;
  const documents = (await Promise.all(texts.map(({ id }) => openText(store, id)))).flat();
  const tokenizer = past?.tokenizer ?? (await createTokenizer(await trainTokenizer(wanted.tokenizer, documents, job)));
  const { validation, test, seed } = past?.data.split ?? wanted.split;
  const manifest = await buildShards(documents, tokenizer, { validation, test, seed }, store, job);
  const [trainCounts, validationCounts] = [
    await readCounts(store, manifest, 'train'),
    await readCounts(store, manifest, 'validation'),
  ];
  const data = factsOf(
    { manifest, ...measureFacts(trainCounts, validationCounts) },
    texts.map(({ name, characters, sha256 }) => ({ name, characters, sha256 })),
  );
  if (past) checkSameData(past, data);
  return {
    tokenizer,
    data,
    train: openPart(store, manifest, 'train'),
    validation: openPart(store, manifest, 'validation'),
    places,
  };
}

/** Of a file that can be read again; null for a pipe. */
async function placeOf(path: string): Promise<string | null> {
  const place = await realpath(path).catch(() => null);
  return place !== null && (await stat(place)).isFile() ? place : null;
}

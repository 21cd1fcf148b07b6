/** Which documents the texts are that a run learnt from, and what they were cleaned by: what it can go on by from files, besides hashes. */
import type { BlobStore } from '../base/blobStore';
import { LARGEST_JSON } from '../base/limits';
import { isUnreadable } from '../base/record';
import { asRead, documentsOf, learntOf, listTexts, type TextRecord } from '../documents';
import { cleanedRecordOf } from '../documents/clean/cleaned';
import type { CleanedRecord } from '../documents/clean/record';
import type { DataFacts, ToldDocuments } from './settings';

type Learnt = Pick<DataFacts, 'texts'>;
type LearntText = Learnt['texts'][number];

/** Of texts that are stored as they were learnt from; not of so many documents that the file could not be read again. */
export async function toldDocuments(store: BlobStore, data: Learnt | null): Promise<ToldDocuments> {
  const there = await listTexts(store);
  const told: ToldDocuments = [];
  let left = MOST_BYTES;
  for (const learnt of data?.texts ?? []) {
    const text = there.find((each) => isStill(each, learnt));
    const { cleaned, sha256 } = learnt;
    if (!text || (cleaned ? text.documents : learntOf(text).documents) === 1) continue;
    await ifReadable(async () => {
      const documents = await documentsOf(store, cleaned ? asRead(text) : text);
      const title = documents.map((document) => document.title!.slice(0, LONGEST_TITLE));
      left -= title.reduce((sum, each) => sum + 4 * each.length + BYTES_A_DOCUMENT, 0);
      if (left <= 0) return;
      const leftOut = cleaned && text.leftOut?.places;
      told.push({
        text: cleaned?.from ?? sha256,
        title,
        sha256: documents.map((document) => document.sha256),
        ...(leftOut && { leftOut }),
      });
    });
  }
  return told;
}
const MOST_BYTES = LARGEST_JSON / 2;
const BYTES_A_DOCUMENT = 100;
const LONGEST_TITLE = 1000;

/**
 * The recipe of those that were cleaned; undefined where none was, where they were by several, and where none of them is
 * stored any more as it was learnt from.
 */
export async function toldRecipe(store: BlobStore, data: Learnt | null): Promise<CleanedRecord['recipe'] | undefined> {
  const learnt = (data?.texts ?? []).filter(({ cleaned }) => cleaned);
  if (new Set(learnt.map(({ cleaned }) => cleaned!.recipe)).size !== 1) return undefined;
  for (const text of await listTexts(store)) {
    if (!learnt.some((each) => isStill(text, each))) continue;
    const record = await ifReadable(() => cleanedRecordOf(store, text.cleaned!.id, text.name));
    if (record) return record.recipe;
  }
  return undefined;
}

const isStill = (text: TextRecord, { sha256, cleaned }: LearntText): boolean =>
  learntOf(text).sha256 === sha256 &&
  (!cleaned || (text.sha256 === cleaned.from && text.cleaned?.recipe === cleaned.recipe));

/** The run does not depend on it. */
async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}

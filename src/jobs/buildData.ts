/** Builds the data of a run from texts. */
import type { BlobStore } from '../core/base/blobStore';
import type { Documents } from '../core/base/document';
import { badSettings } from '../core/base/errors';
import type { Job } from '../core/base/job';
import { loaded } from '../core/base/load';
import { unigramDivergence } from '../core/objectives/unigram';
import type { SplitChoice } from '../core/documents/split';
import { documentsIn, labeledAs, trainingSize, textOf, textRef, type TextRecord } from '../core/documents';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { tokenizeData } from './tokenizeData';
import type { DataRecord } from '../core/runs/project';

export async function buildData(
  store: BlobStore,
  texts: readonly string[],
  given: Tokenizer,
  split: SplitChoice,
  job: Job,
): Promise<DataRecord> {
  const { documents, refs, tokenizer, isOfChats, labelKind } = await openToLearn(store, texts, given);
  const settings = { ...split, ...(labelKind && { labelKind }) };
  const toTokenize = { documents, tokenizer, split: settings, isOfChats };
  const { manifest, baselines, counts } = await tokenizeData(store, toTokenize, job);
  return {
    texts: refs,
    tokenizerHash: tokenizer.hash,
    manifest,
    ...baselines,
    divergence: unigramDivergence(counts.train, counts.validation),
  };
}

/** Like `openTexts`, with conversations as the chat template writes them, and the tokenizer with that template. */
async function openToLearn(store: BlobStore, ids: readonly string[], tokenizer: Tokenizer) {
  const { texts, documents, refs } = await openTexts(store, ids);
  const labeled = labeledAs(texts);
  if (!texts.some(({ conversations }) => conversations))
    return { documents, refs, tokenizer, isOfChats: false, labelKind: labeled };
  const { conversationsOf, renderedDocuments, spokenBy } = await chats();
  const template = await spokenBy(tokenizer);
  const opened = texts.map((text) =>
    text.conversations
      ? renderedDocuments(conversationsOf(store, [text]), template, leftOut)
      : documentsIn(store, text),
  );
  return { documents: joined(opened), refs, tokenizer: template.tokenizer, isOfChats: true, labelKind: labeled };
}
/** The preview already counts chats that the template refuses. */
const leftOut = (): undefined => undefined;

/** Loaded when chats are first used. */
const chats = () => loaded('The chat reader', import('./chats'));

const joined = (all: readonly Documents[]): Documents => ({
  async *[Symbol.asyncIterator]() {
    for (const documents of all) yield* documents;
  },
});

/** Returns the documents of texts by their ids, and the version of each text. */
export async function openTexts(store: BlobStore, ids: readonly string[]): Promise<OpenTexts> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  if (texts.length > 0 && texts.every((text) => trainingSize(text).documents === 0))
    throw badSettings('Cleaning removed all text.', 'Turn off a rule that removes documents.');
  const documents = joined(texts.map((text) => documentsIn(store, text)));
  return { texts, documents, refs: texts.map(textRef) };
}
interface OpenTexts {
  texts: readonly TextRecord[];
  documents: Documents;
  refs: readonly string[];
}

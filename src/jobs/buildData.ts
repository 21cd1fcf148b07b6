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
  baseTokenizer: Tokenizer,
  split: SplitChoice,
  job: Job,
): Promise<DataRecord> {
  const { documents, refs, tokenizer, isOfChats, labelKind } = await openTrainingTexts(store, texts, baseTokenizer);
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
async function openTrainingTexts(store: BlobStore, ids: readonly string[], tokenizer: Tokenizer) {
  const { texts, documents, refs } = await openTexts(store, ids);
  const labelKind = labeledAs(texts);
  if (!texts.some(({ conversations }) => conversations))
    return { documents, refs, tokenizer, isOfChats: false, labelKind };
  const { conversationsOf, renderedDocuments, spokenBy } = await loadChatReader();
  const template = await spokenBy(tokenizer);
  const opened = texts.map((text) =>
    text.conversations
      ? renderedDocuments(conversationsOf(store, [text]), template, ignoreRefused)
      : documentsIn(store, text),
  );
  return { documents: concatenate(opened), refs, tokenizer: template.tokenizer, isOfChats: true, labelKind };
}
/** The preview already counts chats that the template refuses. */
const ignoreRefused = (): undefined => undefined;

/** Loaded when chats are first used. */
const loadChatReader = () => loaded('The chat reader', import('./chats'));

const concatenate = (parts: readonly Documents[]): Documents => ({
  async *[Symbol.asyncIterator]() {
    for (const documents of parts) yield* documents;
  },
});

/** Returns the documents of texts by their ids, and the version of each text. */
export async function openTexts(store: BlobStore, ids: readonly string[]): Promise<OpenTexts> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  if (texts.length > 0 && texts.every((text) => trainingSize(text).documents === 0))
    throw badSettings('Cleaning removed all text.', 'Turn off a rule that removes documents.');
  const documents = concatenate(texts.map((text) => documentsIn(store, text)));
  return { texts, documents, refs: texts.map(textRef) };
}
interface OpenTexts {
  texts: readonly TextRecord[];
  documents: Documents;
  refs: readonly string[];
}

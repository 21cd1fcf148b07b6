/** Labels of texts: counted, shown with their texts, and changed. */
import type { BlobStore } from '../core/base/blobStore';
import type { Document, Documents } from '../core/base/document';
import { type Job, yieldUntil } from '../core/base/job';
import { labelField } from '../core/base/labels';
import { type LongTexts, longTexts } from '../core/base/longTexts';
import { documentsIn, labeledAs, trainingSize, sharedNormalizers, textOf, type TextRecord } from '../core/documents';
import {
  changeLabelling,
  joinedLabels,
  type LabelChanges,
  labellingOf,
  relabeled,
  unlabeledAre,
  withUnlabeled,
  type Unlabeled,
} from '../core/documents/labels/labelChanges';
import { ofExample } from '../core/documents/labels/examples';
import { splitAtWord } from '../core/documents/labels/leaks';
import { type LeakWords, leakWordsIn } from '../core/documents/labels/leakWords';
import { type LabelProblem, labelProblems } from '../core/documents/labels/problems';
import { type LabelSurvey, surveyLabels } from '../core/documents/labels/survey';
import { isReadFromFirst } from '../core/models/classes';
import { textOf as learnedText } from '../core/objectives/pairRows';
import { manifestIfKept } from '../core/runs/data';
import { readKnownRun } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { openPart } from '../core/shards/read';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { aroundText } from '../core/tokenizer/prompt';
import { preTokenEnd } from '../core/tokenizer/split';
import type { TokenizerModel, TrainedKind } from '../core/tokenizer/tokenizer';
import { rolesOf } from '../core/objectives';
import { trainTokenizer } from '../core/tokenizer/train';

export interface LabelsSummary extends LabelSurvey {
  /** Whether a text has several labels. */
  several: boolean;
  /** Meaning of a text without a label; absent: not answered, or each text has one label. */
  unlabeledAre?: Unlabeled;
  /** Tokens beyond which a text is long; absent without a tokenizer. `isAtLeast`: the count is a lower bound. */
  room?: number;
  isAtLeast?: boolean;
  /** Tokenizer that the start will train on these texts: its settings and its entries. */
  trained?: YetToBeMade & { entries: number };
  /** The most serious first. */
  problems: readonly LabelProblem[];
}

/** Texts to survey, and the model whose tokens are counted; absent: none are. */
export interface ToSurvey {
  texts: readonly string[];
  /** Labels with fewer texts raise a question. */
  fewest: number;
  reader?: { tokenizer: TokenizerModel | YetToBeMade; context: number; isEncoder: boolean };
}

/** A tokenizer that is trained on the texts. For large texts only a lower bound of tokens is known. */
export interface YetToBeMade {
  made: TrainedKind;
  vocabulary: number;
}

export interface LabeledTextsInput {
  texts: readonly string[];
  at: { from: number; count: number } | { places: readonly number[] };
  /** Characters of each text's start. */
  characters: number;
  /** In lower case: returns only labeled documents with this word, each from shortly before it. */
  word?: string;
}

export interface LabeledText {
  textId: string;
  /** `place`: among all documents of its imported text; `at`: among all documents of the texts. */
  place: number;
  at: number;
  title: string;
  text: string;
  /** May be empty if several are possible; absent: not labeled yet. */
  labels?: readonly string[];
}

export type LabelChange =
  /** Null: not labeled. */
  | { kind: 'relabel'; place: number; labels: readonly string[] | null }
  | { kind: 'join'; labels: readonly string[]; as: string }
  | { kind: 'unlabeled'; are: Unlabeled }
  | { kind: 'restore'; labelling: LabelChanges };

export async function surveyed(
  store: BlobStore,
  { texts: ids, fewest, reader }: ToSurvey,
  job: Job,
): Promise<LabelsSummary> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  const labeled = labeledAs(texts) ?? 'one';
  const documents: Documents = {
    async *[Symbol.asyncIterator]() {
      for (const text of texts) yield* documentsIn(store, text);
    },
  };
  const counting = reader && (await tokenCounter(reader, texts, documents, job));
  const survey = await surveyLabels(documents, { labelKind: labeled, ...counting }, job);
  const several = labeled === 'several';
  const [meaning, ...otherMeanings] = texts.filter((text) => text.labelled === 'several').map(unlabeledAre);
  const isMeaningKnown = several && meaning !== undefined && otherMeanings.every((other) => other === meaning);
  const isNoneOpen = several && [meaning, ...otherMeanings].includes(undefined);
  return {
    ...survey,
    several,
    ...(isMeaningKnown && { unlabeledAre: meaning }),
    ...(counting && { room: counting.room, isAtLeast: counting.isAtLeast }),
    ...(counting?.trained && { trained: counting.trained }),
    problems: labelProblems(survey, { fewest, isNoneOpen, ...counting }),
  };
}

async function tokenCounter(
  { tokenizer: source, context, isEncoder }: NonNullable<ToSurvey['reader']>,
  texts: readonly TextRecord[],
  documents: Documents,
  job: Job,
) {
  const characters = texts.reduce((sum, text) => sum + trainingSize(text).characters, 0);
  // Our tokenizers put a token before an encoder's text.
  if ('made' in source && (source.made === 'bytes' || characters > MAX_TRAINED_CHARACTERS))
    return { tokensOf: MIN_TOKENS[source.made], room: context - (isEncoder ? 1 : 0), isAtLeast: source.made === 'bpe' };
  // On few texts the start's tokenizer is trained at once, so lengths and entries are exact.
  const model =
    'made' in source
      ? await trainTokenizer(
          {
            kind: source.made,
            vocabulary: source.vocabulary,
            roles: rolesOf('labels'),
            normalizers: sharedNormalizers(texts),
          },
          documents,
          job,
        )
      : source;
  const tokenizer = await createTokenizer(model);
  const room = context - aroundText(tokenizer, isEncoder).flat().length;
  return {
    tokensOf: (text: string) => tokenizer.encode(text).length,
    room,
    isAtLeast: false,
    ...('made' in source && { trained: { ...source, entries: tokenizer.size } }),
  };
}

/** Characters of texts up to which the survey trains a tokenizer. */
const MAX_TRAINED_CHARACTERS = 500_000;

/** Lower bound of a text's tokens: each word may become one. */
const MIN_TOKENS: Readonly<Record<TrainedKind, (text: string) => number>> = {
  bpe(text) {
    let words = 0;
    for (let offset = 0; offset < text.length; offset = preTokenEnd(text, offset)) words++;
    return words;
  },
  characters: (text) => Array.from(text).length,
  bytes: (text) => new TextEncoder().encode(text).length,
};

export async function labeledTexts(
  store: BlobStore,
  { texts: ids, at: selection, characters, word }: LabeledTextsInput,
): Promise<readonly LabeledText[]> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  const places = 'places' in selection ? new Set(selection.places) : undefined;
  const isSelected = (index: number): boolean =>
    'places' in selection ? places!.has(index) : index >= selection.from && index < selection.from + selection.count;
  const count = 'places' in selection ? places!.size : selection.count;
  const results: LabeledText[] = [];
  let matchCount = 0;
  for await (const { document, textId, at, labels } of placedTexts(store, texts)) {
    if (results.length >= count) break;
    if (word === undefined ? !isSelected(at) : !labels) continue;
    const text =
      word === undefined ? await beginningOf(document, characters) : await textAround(document, word, characters);
    if (text === undefined || (word !== undefined && !isSelected(matchCount++))) continue;
    results.push({ textId, place: document.place!, at, title: document.title ?? '', text, ...(labels && { labels }) });
  }
  return results;
}

/** Returns a document from shortly before the first use of a word; undefined if it lacks the word. */
async function textAround(document: Document, word: string, characters: number): Promise<string | undefined> {
  const [before = '', ...following] = splitAtWord(await beginningOf(document, Infinity), word);
  if (following.length === 0) return undefined;
  const start = before.length > MAX_CHARACTERS_BEFORE ? `…${before.slice(-MAX_CHARACTERS_BEFORE)}` : before;
  return `${start}${following.join('')}`.slice(0, characters).toWellFormed();
}
/** Code units. */
const MAX_CHARACTERS_BEFORE = 60;

async function* placedTexts(store: BlobStore, texts: readonly TextRecord[]) {
  let at = 0;
  // As in training: together with multi-label texts, single-label texts count as multi-label, too.
  const labeled = labeledAs(texts) ?? 'one';
  for (const text of texts)
    for await (const document of documentsIn(store, text))
      yield { document, textId: text.id, at: at++, labels: ofExample(document.fields, labeled) };
}

export async function beginningOf(document: Document, characters: number): Promise<string> {
  let text = '';
  for await (const piece of document.chunks()) {
    text += piece;
    if (text.length >= characters) break;
  }
  return text.slice(0, characters).toWellFormed();
}

export async function changeLabels(
  store: BlobStore,
  id: string,
  change: LabelChange,
): Promise<{ text: TextRecord; before: LabelChanges }> {
  const { labelled } = await textOf(store, id);
  let before: LabelChanges | undefined;
  const text = await changeLabelling(store, id, (current) => {
    before = current;
    switch (change.kind) {
      case 'relabel':
        return relabeled(current, change.place, change.labels ? labelField(change.labels) : '');
      case 'join':
        return joinedLabels(current, change.labels, change.as, labelled);
      case 'unlabeled':
        return withUnlabeled(current, change.are);
      case 'restore':
        return change.labelling;
    }
  });
  return { text, before: before ?? labellingOf(text) };
}

/** Returns texts of both parts that the run's classifier can't read whole. */
export async function longTextsOf(store: BlobStore, runId: string): Promise<LongTexts | null> {
  const record = await readKnownRun(store, runId);
  const { config } = record.model;
  const manifest = config.classes?.inWindows ? null : await manifestIfKept(store, record);
  if (!config.classes || !manifest) return null;
  const tokenizer = await createTokenizer(await readTokenizer(store, record));
  const surroundingTokens = aroundText(tokenizer, isReadFromFirst(record.model)).flat().length;
  const lengths: number[] = [];
  for (const part of ['train', 'validation'] as const)
    for (const { label, tokens } of (await openPart(store, manifest, part).documents()) ?? [])
      if (label !== null) lengths.push(tokens);
  return longTexts(lengths, config.context - surroundingTokens) ?? null;
}

/** Words that reveal labels of a run's texts, counted in both parts of its data; null if the data is gone. */
export async function leaksOf(
  store: BlobStore,
  runId: string,
  { signal }: Pick<Job, 'signal'>,
): Promise<readonly LeakWords[] | null> {
  const record = await readKnownRun(store, runId);
  const { classes } = record.model.config;
  const manifest = classes ? await manifestIfKept(store, record) : null;
  if (!classes || !manifest) return null;
  const tokenizer = await createTokenizer(await readTokenizer(store, record));
  const parts = [openPart(store, manifest, 'train'), openPart(store, manifest, 'validation')];
  const pause = yieldUntil(signal);
  async function* texts() {
    for (const part of parts)
      for (const [index, { start, tokens, label }] of ((await part.documents()) ?? []).entries()) {
        if (index % TEXTS_PER_TURN === 0) await pause();
        if (label === null || tokens === 0) continue;
        yield { text: learnedText(tokenizer, await part.read(start, tokens)), label };
      }
  }
  return leakWordsIn(texts(), classes.several === true);
}
/** Texts between two turns of the event loop. */
const TEXTS_PER_TURN = 64;

/** Labels texts, whole files, and texts that have no label yet. */
import type { BlobStore } from '../core/base/blobStore';
import { csvOf } from '../core/base/csv';
import { badFile, badSettings } from '../core/base/errors';
import { documentsIn, FORMATS, textInRow, textOf } from '../core/documents';
import { allOf } from '../core/documents/badRows';
import type { Readers } from '../core/documents/guard/readers';
import { type Decided, decided } from '../core/evaluate/decided';
import type { EvaluationJob } from '../core/evaluate/evaluate';
import { readKnownRun } from '../core/runs/record';
import type { Decision } from '../core/runs/settings';
import { spread } from '../core/objectives/pairRows';
import { mostHelpful } from '../core/sample/activeLearning';
import { type Classified, type Classifier, classifier } from '../core/sample/classify';
import { labeledHeader, labeledRow } from '../core/sample/labeledTable';
import { labelsOf } from '../core/sample/labelsOf';
import type { EncodingId, TableFormatId } from '../core/documents';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { blobSource } from './blobSource';
import { beginningOf } from './label';
import { decisionAt } from './evaluationDecision';
import type { LoadedModel } from './loadedModel';

export interface GivenLabels {
  /** In the order of the classifier's labels. */
  probabilities: readonly number[];
  /** Labels of the text; none if the classifier is not sure. */
  labels: readonly string[];
  /** Tokens of the text, and tokens that were read. */
  tokens: number;
  read: number;
}

export interface ClassifyFileInput {
  runId: string;
  which: WhichSnapshot;
  file: File;
  /** Columns of a table that are joined as the text, in order; absent: each line is a text. */
  table?: { format: TableFormatId; columns: readonly string[] };
  /** Encoding of a file that isn't UTF-8. */
  encoding?: EncodingId;
}

/** Numbers of texts, of unsure ones, and of ones without tokens, which get no label. */
export interface FileOfLabels {
  file: Blob;
  texts: number;
  unsure: number;
  empty: number;
}

export interface TextToLabel {
  textId: string;
  /** Among all documents of the imported text. */
  place: number;
  title: string;
  /** Its start. */
  text: string;
  probabilities: readonly number[];
}

/** @throws HomegrownError `bad-settings` if the model is no classifier */
async function withClassifier<T>(
  store: BlobStore,
  { runId, step, network, tokenizer }: LoadedModel,
  work: (reader: Classifier, decision: Decision) => Promise<T>,
): Promise<T> {
  const { name, decision } = await readKnownRun(store, runId);
  if (!network.choice.config.classes) throw badSettings(`${name} is not a classifier.`, 'Choose a classifier run.');
  const reader = classifier(network, tokenizer);
  try {
    return await work(reader, decisionAt(decision, step));
  } finally {
    reader.dispose();
  }
}

const toGivenLabels = (
  { classes }: Classifier,
  { atLeast }: Decision,
  { probabilities, tokens, read }: Classified,
): GivenLabels => ({
  probabilities: [...probabilities],
  labels: labelsOf(classes, probabilities, atLeast),
  tokens,
  read,
});

/** @throws HomegrownError `bad-settings` if a text has no token */
export const classifyTexts = (
  store: BlobStore,
  model: LoadedModel,
  { texts }: { texts: readonly string[] },
  { pause, report }: EvaluationJob,
): Promise<readonly GivenLabels[]> =>
  withClassifier(store, model, async (reader, decision) => {
    const { temperature } = decision;
    const ids = texts.map((text) => model.tokenizer.encode(text));
    const empty = ids.findIndex(({ length }) => length === 0);
    if (empty >= 0) throw badSettings(`Text ${empty + 1} of ${texts.length} is empty.`, 'Add some words.');
    const results = await reader.classify(ids, { temperature, report, ...(pause && { pause }) });
    return results.map((result) => toGivenLabels(reader, decision, result));
  });

export const decidedBy = (
  store: BlobStore,
  model: LoadedModel,
  { text, label }: { text: string; label: number },
  { pause }: EvaluationJob,
): Promise<Decided> =>
  withClassifier(store, model, (_, { temperature }) =>
    decided(model.network, model.tokenizer, text, label, { temperature, ...(pause && { pause }) }),
  );

/** Reads, classifies and writes rows in batches, so memory doesn't grow with the file. */
export const classifyFile = (
  store: BlobStore,
  model: LoadedModel,
  { file, table, encoding }: Pick<ClassifyFileInput, 'file' | 'table' | 'encoding'>,
  readers: Readers,
  { pause, report, signal }: EvaluationJob,
): Promise<FileOfLabels> =>
  withClassifier(store, model, async (reader, decision) => {
    const { temperature } = decision;
    const { labels } = reader.classes;
    // The browser moves large blobs to the disk.
    const parts: Blob[] = [];
    let [texts, unsure, empty] = [0, 0, 0];
    let columns: readonly string[] | undefined;
    for await (const rows of inBatches(rowsOf(file, table, encoding, readers, signal))) {
      if (!columns) {
        columns = [...new Set(rows.flatMap((cells) => [...cells.keys()]))];
        const missing = table?.columns.find((name) => !columns!.includes(name));
        if (missing !== undefined)
          throw badFile(`${file.name} has no column ${missing}.`, `Its columns: ${columns.join(', ')}.`);
        parts.push(blobOf([labeledHeader(columns, labels)]));
      }
      const names = table?.columns ?? [LINE_COLUMN];
      const ids = rows.map((cells) => model.tokenizer.encode(textInRow(cells, names)));
      const nonEmpty = [...ids.keys()].filter((index) => ids[index]!.length > 0);
      const classified = await reader.classify(
        nonEmpty.map((index) => ids[index]!),
        { temperature, ...(pause && { pause }) },
      );
      const results = new Map(nonEmpty.map((index, i) => [index, toGivenLabels(reader, decision, classified[i]!)]));
      empty += rows.length - nonEmpty.length;
      parts.push(
        blobOf(
          rows.map((cells, i) => {
            const result = results.get(i);
            if (result?.labels.length === 0) unsure++;
            return labeledRow(cells, columns!, result, labels.length);
          }),
        ),
      );
      texts += rows.length;
      report({ label: 'Classifying', done: texts, unit: 'texts' });
    }
    if (texts === 0) throw badFile(`${file.name} has no text to classify.`, 'Use a table, or one text per line.');
    return { file: new Blob(parts, CSV), texts, unsure, empty };
  });
const CSV = { type: 'text/csv' };
const blobOf = (rows: Parameters<typeof csvOf>[0]): Blob => new Blob([csvOf(rows)], CSV);

/** Name of the column of a file without columns. */
const LINE_COLUMN = 'text';

type Cells = ReadonlyMap<string, string>;

/** @throws HomegrownError `bad-file`, `bad-encoding` */
async function* rowsOf(
  file: File,
  table: ClassifyFileInput['table'],
  encoding: ClassifyFileInput['encoding'],
  readers: Readers,
  signal: AbortSignal,
): AsyncGenerator<Cells> {
  const { name } = file;
  const encodingOption = encoding && { encoding };
  const source = { name, bytes: bytesOf(file), note: () => undefined, places: blobSource(file), ...encodingOption };
  if (!table) {
    let pending = '';
    for await (const { text } of FORMATS.txt.read(source)) {
      const lines = (pending + text).split(/\r?\n/);
      pending = lines.pop()!;
      for (const line of lines) if (line.trim() !== '') yield new Map([[LINE_COLUMN, line]]);
    }
    if (pending.trim() !== '') yield new Map([[LINE_COLUMN, pending]]);
    return;
  }
  // Every row gets a result; none is skipped.
  for await (const { cells } of allOf(name, readers('rows', table.format, source, signal))) yield cells;
}

async function* bytesOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < file.size; offset += PIECE)
    yield new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer());
}
const PIECE = 2 ** 20;

/** Returns rows in batches. */
async function* inBatches<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    if (batch.push(item) < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
/** Enough that texts of similar length fill a batch. */
const BATCH_ROWS = 1024;

export const toLabel = (
  store: BlobStore,
  model: LoadedModel,
  { texts, count: max }: { texts: readonly string[]; count: number },
  { pause, report }: EvaluationJob,
): Promise<{ texts: readonly TextToLabel[]; of: number }> =>
  withClassifier(store, model, async (reader, { temperature }) => {
    const { tokenizer } = model;
    const records = await Promise.all(texts.map((id) => textOf(store, id)));
    async function* unlabeled() {
      for (const text of records)
        for await (const document of documentsIn(store, text))
          if (!document.fields?.['label']) yield { document, textId: text.id };
    }
    let count = 0;
    for await (const _ of unlabeled()) if (++count % TEXTS_PER_TURN === 0) await pause?.();
    // If there are too many, samples all of them evenly: a table may be sorted.
    const sampled = new Set(spread(Math.min(MAX_READ_TEXTS, count), count));
    const candidates: (Omit<TextToLabel, 'probabilities'> & { ids: Uint32Array })[] = [];
    let index = 0;
    for await (const { document, textId } of unlabeled()) {
      if (!sampled.has(index++)) continue;
      const text = await beginningOf(document, MAX_CHARACTERS);
      const ids = Uint32Array.from(tokenizer.encode(text));
      if (ids.length === 0) continue;
      candidates.push({ textId, place: document.place!, title: document.title ?? '', text, ids });
      if (candidates.length % TEXTS_PER_TURN === 0) await pause?.();
    }
    const classified = await reader.classify(
      candidates.map(({ ids }) => ids),
      { temperature, report, ...(pause && { pause }) },
    );
    const scored = candidates.map(({ ids }, i) => ({ ids, probabilities: classified[i]!.probabilities }));
    const helpful = mostHelpful(scored, reader.classes.several === true, max);
    return {
      texts: helpful.map((position) => {
        const { ids: _, ...text } = candidates[position]!;
        return { ...text, probabilities: [...classified[position]!.probabilities] };
      }),
      of: candidates.length,
    };
  });
/** Number of texts: more would hardly change which ones help most. */
const MAX_READ_TEXTS = 5000;
/** Characters of a text's start, as its title. */
const MAX_CHARACTERS = 8000;
const TEXTS_PER_TURN = 64;

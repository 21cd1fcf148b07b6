/** What a classifier makes of texts: of some, of a whole file, and of those that have no label yet. */
import type { BlobStore } from '../core/base/blobStore';
import { csvOf } from '../core/base/csv';
import { badFile, badSettings } from '../core/base/errors';
import { documentsIn, FORMATS, textOf } from '../core/documents';
import { type Decided, decided } from '../core/evaluate/decided';
import type { EvaluationJob } from '../core/evaluate/evaluate';
import { readKnownRun } from '../core/runs/record';
import { type Decision, PLAIN_DECISION, temperatureAt } from '../core/runs/settings';
import { mostHelpful } from '../core/sample/activeLearning';
import { type Classified, type Classifier, classifier } from '../core/sample/classify';
import { labelsOf } from '../core/sample/labelsOf';
import type { ClassifyFileInput, GivenLabels, GpuApi, TextToLabel } from '../protocol/gpu';
import { blobSource } from './blobSource';
import { beginningOf } from './labelling';
import type { LoadedModel } from './models';

/** @throws HomegrownError `bad-settings` of a model that scores no labels */
async function using<T>(
  store: BlobStore,
  { runId, step, network, tokenizer }: LoadedModel,
  work: (reader: Classifier, decision: Decision) => Promise<T>,
): Promise<T> {
  const { name, decision = PLAIN_DECISION } = await readKnownRun(store, runId);
  if (!network.choice.config.classes)
    throw badSettings(
      `${name} scores tokens, and no labels: it is no classifier.`,
      'Choose a run that tells texts apart.',
    );
  const reader = classifier(network, tokenizer);
  try {
    return await work(reader, { ...decision, temperature: temperatureAt(decision, step) });
  } finally {
    reader.dispose();
  }
}

const given = (
  { classes }: Classifier,
  { atLeast }: Decision,
  { probabilities, tokens, read }: Classified,
): GivenLabels => ({
  probabilities: [...probabilities],
  labels: labelsOf(classes, probabilities, atLeast),
  tokens,
  read,
});

export const classifyTexts = (
  store: BlobStore,
  model: LoadedModel,
  { texts }: Pick<GpuApi['classify']['input'], 'texts'>,
  { pause, report }: EvaluationJob,
): Promise<readonly GivenLabels[]> =>
  using(store, model, async (reader, decision) => {
    const { temperature } = decision;
    const found = await reader.classify(texts, { temperature, report, ...(pause && { pause }) });
    return found.map((one) => given(reader, decision, one));
  });

export const decidedBy = (
  store: BlobStore,
  model: LoadedModel,
  { text, label }: Pick<GpuApi['decided']['input'], 'text' | 'label'>,
  { pause }: EvaluationJob,
): Promise<Decided> => using(store, model, () => decided(model.network, model.tokenizer, text, label, pause));

/** Rows are read, told and written some at a time: of a file of any size no more is in memory than of one of these. */
export const classifyFile = (
  store: BlobStore,
  model: LoadedModel,
  { file, table }: Pick<ClassifyFileInput, 'file' | 'table'>,
  { pause, report }: EvaluationJob,
): Promise<GpuApi['classifyFile']['output']> =>
  using(store, model, async (reader, decision) => {
    const { temperature } = decision;
    const { labels } = reader.classes;
    const parts: string[] = [];
    let [texts, unsure] = [0, 0];
    let columns: readonly string[] | undefined;
    for await (const rows of some(rowsOf(file, table))) {
      if (!columns) {
        columns = [...rows[0]!.keys()];
        const free = (name: string): string => (columns!.includes(name) ? free(`${name}_given`) : name);
        parts.push(csvOf([[...columns, free('label'), free('sure'), ...labels.map((label) => free(`p(${label})`))]]));
      }
      const of = rows.map((cells) =>
        (table ? table.columns : [LINE]).map((name) => cells.get(name) ?? '').join('\n\n'),
      );
      const found = await reader.classify(of, { temperature, ...(pause && { pause }) });
      parts.push(
        csvOf(
          rows.map((cells, i) => {
            const { probabilities, labels: own } = given(reader, decision, found[i]!);
            if (own.length === 0) unsure++;
            const told = [own.join('|'), digits(Math.max(...probabilities)), ...probabilities.map(digits)];
            return [...columns!.map((name) => cells.get(name) ?? ''), ...told];
          }),
        ),
      );
      texts += rows.length;
      report({ label: 'Classifying', done: texts, unit: 'texts' });
    }
    if (texts === 0) throw badFile(`${file.name} holds no text to classify.`, 'Give a table, or a text a line.');
    return { file: new Blob(parts, { type: 'text/csv' }), texts, unsure };
  });
/** Of a probability. */
const digits = (p: number): number => Number(p.toPrecision(6));
/** What the column of a file without columns is called. */
const LINE = 'text';

type Cells = ReadonlyMap<string, string>;

/** Rows with text in what is read. @throws HomegrownError `bad-file`, `bad-encoding` */
async function* rowsOf(file: File, table: ClassifyFileInput['table']): AsyncGenerator<Cells> {
  const open = { name: file.name, bytes: bytesOf(file), note: () => undefined, places: blobSource(file) };
  if (!table) {
    let rest = '';
    for await (const { text } of FORMATS.txt.read(open)) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop()!;
      for (const line of lines) if (line.trim() !== '') yield new Map([[LINE, line]]);
    }
    if (rest.trim() !== '') yield new Map([[LINE, rest]]);
    return;
  }
  let isFirst = true;
  for await (const { cells } of FORMATS[table.format].rows(open)) {
    const missing = isFirst && table.columns.find((name) => !cells.has(name));
    if (missing) throw badFile(`${file.name} has no column ${missing}.`, `It has ${[...cells.keys()].join(', ')}.`);
    isFirst = false;
    yield cells;
  }
}

async function* bytesOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += PIECE) yield new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
}
const PIECE = 2 ** 20;

/** As they come, so many at a time. */
async function* some<T>(all: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let held: T[] = [];
  for await (const one of all) {
    if (held.push(one) < AT_ONCE) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}
/** Enough that those of about a length fill a batch. */
const AT_ONCE = 1024;

export const toLabel = (
  store: BlobStore,
  model: LoadedModel,
  { texts, count }: Pick<GpuApi['toLabel']['input'], 'texts' | 'count'>,
  { pause, report }: EvaluationJob,
): Promise<GpuApi['toLabel']['output']> =>
  using(store, model, async (reader, { temperature }) => {
    const { tokenizer } = model;
    const found: (Omit<TextToLabel, 'probabilities'> & { ids: Uint32Array })[] = [];
    for (const textId of texts) {
      for await (const document of documentsIn(store, await textOf(store, textId))) {
        if (found.length >= MOST_READ) break;
        if (document.fields?.['label']) continue;
        const text = await beginningOf(document, MOST_CHARACTERS);
        const ids = Uint32Array.from(tokenizer.encode(text));
        if (ids.length === 0) continue;
        found.push({ textId, place: document.place!, title: document.title ?? '', text, ids });
        if (found.length % A_TURN === 0) await pause?.();
      }
    }
    const given = await reader.classify(
      found.map(({ ids }) => ids),
      { temperature, report, ...(pause && { pause }) },
    );
    const asked = found.map(({ ids }, i) => ({ ids, probabilities: given[i]!.probabilities }));
    const helpful = mostHelpful(asked, reader.classes.several === true, count);
    return {
      texts: helpful.map((at) => {
        const { ids: _, ...text } = found[at]!;
        return { ...text, probabilities: [...given[at]!.probabilities] };
      }),
      of: found.length,
    };
  });
/** Texts: more tell little more of which would help. */
const MOST_READ = 5000;
/** Of each: what a person reads before a label is given, and more than a context holds. */
const MOST_CHARACTERS = 4000;
const A_TURN = 64;

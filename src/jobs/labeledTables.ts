/** Labeled texts as new texts to classify, and corrections of labels. */
import type { BlobStore } from '../core/base/blobStore';
import { type Job } from '../core/base/job';
import { csvOf } from '../core/base/csv';
import { MOST_LABELS } from '../core/base/limits';
import { documentsIn, type ImportOutcome, importText, textOf, type TextRecord } from '../core/documents';
import type { ImportSettings } from '../core/documents/import';

/** A text to learn from whose documents have labels. */
export interface TextWithLabels {
  id: string;
  name: string;
  /** Documents with a label, and different labels. */
  documents: number;
  labels: number;
}

/** A text with its right label. */
export interface CorrectionInput {
  /** Of an earlier table of corrections, whose rows come first. */
  textId?: string;
  name: string;
  text: string;
  /** Null: the row of that text is left out. */
  label: string | null;
}

/** Of texts to learn from, those whose documents have labels: of how many, and which. */
export async function labeledIn(store: BlobStore, ids: readonly string[]): Promise<readonly TextWithLabels[]> {
  const found: TextWithLabels[] = [];
  for (const id of ids) {
    const text = await textOf(store, id);
    const labels = new Set<string>();
    let documents = 0;
    for await (const { fields } of documentsIn(store, text)) {
      const label = fields?.['label']?.trim();
      if (!label) continue;
      documents++;
      if (labels.size <= MOST_LABELS) labels.add(label);
    }
    // One label tells nothing apart, and more than a classifier has are no labels.
    if (labels.size >= 2 && labels.size <= MOST_LABELS)
      found.push({ id, name: text.name, documents, labels: labels.size });
  }
  return found;
}

/** The labeled documents of a text that is learned from, as a text to classify. */
export async function importLabeled(
  store: BlobStore,
  id: string,
  settings: ImportSettings,
  job: Job,
): Promise<ImportOutcome> {
  const text = await textOf(store, id);
  const source = tableOf(text.name, text.bytes, () => labeledRows(store, text));
  return importText(source, store, { ...settings, ...LABELED, licence: text.licence }, job);
}

/** A table with a correction: a new text, since texts don't change. */
export async function importCorrection(
  store: BlobStore,
  { textId, name, text, label }: CorrectionInput,
  settings: ImportSettings,
  job: Job,
): Promise<{ text: TextRecord | null; before: string | null }> {
  const rows: (readonly [text: string, label: string])[] = [];
  let before: string | null = null;
  if (textId !== undefined)
    for await (const row of labeledRows(store, await textOf(store, textId))) {
      if (row[0] === text) before = row[1];
      else rows.push(row);
    }
  if (label === before && textId !== undefined) return { text: null, before };
  if (label !== null) rows.push([text, label]);
  if (rows.length === 0) return { text: null, before };
  const bytes = rows.reduce((sum, row) => sum + row.join().length, 0);
  const outcome = await importText(
    tableOf(name, bytes, () => rows),
    store,
    { ...settings, ...LABELED, trainOnly: true },
    job,
  );
  return { text: outcome.kind === 'added' ? outcome.text : outcome.of, before };
}

const LABELED = { isTuned: true, labelled: {} } as const;

/** Texts of labeled documents, each with the label that it has now. */
async function* labeledRows(
  store: BlobStore,
  text: TextRecord,
): AsyncGenerator<readonly [text: string, label: string]> {
  for await (const { fields, chunks } of documentsIn(store, text)) {
    const label = fields?.['label']?.trim();
    if (!label) continue;
    let all = '';
    for await (const chunk of chunks()) all += chunk;
    yield [all, label];
  }
}

/** Rows as a table that is imported. @param size in bytes, for the progress */
function tableOf(
  name: string,
  size: number,
  rows: () => Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
) {
  async function* stream(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    yield encoder.encode(csvOf([['text', 'label']]));
    for await (const row of rows()) yield encoder.encode(csvOf([row]));
  }
  return { name, size, stream, table: { format: 'csv', columns: { text: 'text', label: 'label' } } as const };
}

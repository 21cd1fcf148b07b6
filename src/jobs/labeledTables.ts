/** Labeled texts as new texts to classify, and corrections of labels. */
import type { BlobStore } from '../core/base/blobStore';
import { type Job } from '../core/base/job';
import { csvOf } from '../core/base/csv';
import { MAX_CLASSIFIER_LABELS } from '../core/base/limits';
import { documentsIn, type ImportOutcome, importText, textOf, type TextRecord } from '../core/documents';
import type { ImportSettings } from '../core/documents/import';

/** A text whose documents have labels. */
export interface TextWithLabels {
  id: string;
  name: string;
  /** Number of labeled documents, and of labels. */
  documents: number;
  labels: number;
}

/** A text with its right label. */
export interface CorrectionInput {
  /** Earlier table of corrections, whose rows come first. */
  textId?: string;
  name: string;
  text: string;
  /** Null removes the row of that text. */
  label: string | null;
}

/** Returns those texts whose documents have labels. */
export async function labeledIn(store: BlobStore, ids: readonly string[]): Promise<readonly TextWithLabels[]> {
  const results: TextWithLabels[] = [];
  for (const id of ids) {
    const text = await textOf(store, id);
    const labels = new Set<string>();
    let documents = 0;
    for await (const { fields } of documentsIn(store, text)) {
      const label = fields?.['label']?.trim();
      if (!label) continue;
      documents++;
      if (labels.size <= MAX_CLASSIFIER_LABELS) labels.add(label);
    }
    // One label separates nothing, and more than a classifier's maximum aren't labels.
    if (labels.size >= 2 && labels.size <= MAX_CLASSIFIER_LABELS)
      results.push({ id, name: text.name, documents, labels: labels.size });
  }
  return results;
}

/** Imports the labeled documents of a text as a text to classify. */
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

/** Imports a table with a correction as a new text: texts don't change. */
export async function importCorrection(
  store: BlobStore,
  { textId, name, text, label }: CorrectionInput,
  settings: ImportSettings,
  job: Job,
): Promise<{ text: TextRecord | null; before: string | null }> {
  const rows: (readonly [text: string, label: string])[] = [];
  let previousLabel: string | null = null;
  if (textId !== undefined)
    for await (const row of labeledRows(store, await textOf(store, textId))) {
      if (row[0] === text) previousLabel = row[1];
      else rows.push(row);
    }
  if (label === previousLabel && textId !== undefined) return { text: null, before: previousLabel };
  if (label !== null) rows.push([text, label]);
  if (rows.length === 0) return { text: null, before: previousLabel };
  const bytes = rows.reduce((sum, row) => sum + row.join().length, 0);
  const outcome = await importText(
    tableOf(name, bytes, () => rows),
    store,
    { ...settings, ...LABELED, trainOnly: true },
    job,
  );
  return { text: outcome.kind === 'added' ? outcome.text : outcome.of, before: previousLabel };
}

const LABELED = { isTuned: true, labeledAs: {} } as const;

/** Returns labeled documents, each with its current label. */
async function* labeledRows(
  store: BlobStore,
  text: TextRecord,
): AsyncGenerator<readonly [text: string, label: string]> {
  for await (const { fields, chunks } of documentsIn(store, text)) {
    const label = fields?.['label']?.trim();
    if (!label) continue;
    let content = '';
    for await (const chunk of chunks()) content += chunk;
    yield [content, label];
  }
}

/** Rows as a table to import. @param size in bytes, for progress */
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

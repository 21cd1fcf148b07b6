/** Files as texts, read as grow reads them. */
import { memoryStore } from '../../src/core/base/blobStore';
import type { Document } from '../../src/core/base/document';
import { unwatched } from '../../src/core/base/job';
import { type Failure, paragraph } from '../../src/core/base/errors';
import {
  type DropReport,
  dropSummary,
  type ImportOutcome,
  importText,
  joinedReports,
  openText,
  type Reading,
  reportOf,
  skippedLines,
  skippedOf,
} from '../../src/core/documents';
import { readers } from './readers';
import { type AskedPairs, openTable } from './tables';
import { stderr } from '../output';
import { failedOf, failureOf, refusedWords, openSources } from './texts';

/** A document, and the name of the file that has it. */
export interface Named {
  name: string;
  text: string;
}

/**
 * Documents of each file, without empty ones. A copy of an earlier file is skipped.
 * @param report receives the outcome of the files; by default, standard error lists files that aren't read
 * @throws HomegrownError `bad-file`
 */
export async function textsOf(
  paths: readonly string[],
  signal: AbortSignal,
  reading: Reading = {},
  report: (of: DropReport) => void = listLeftOut,
): Promise<readonly Named[]> {
  const store = memoryStore();
  const texts: Named[] = [];
  const { files, refused, passedOver } = await openSources(paths);
  let outcome: DropReport = { added: 0, skipped: passedOver.map(skippedOf), failed: refused.map(failedOf) };
  for (const [i, { source, ...file }] of files.entries()) {
    const imported = await importText(
      { ...source, reading: { ...source.reading, ...reading } },
      store,
      { addedAt: i, readers },
      { ...unwatched, signal },
    ).catch((error: unknown) => ({ kind: 'refused', failure: failureOf(file, error) }) as const);
    outcome = joinedReports(outcome, reportOfFile(file.name, imported));
    if (imported.kind !== 'added') continue;
    for (const words of imported.text.notes) stderr.write(`${imported.text.name}: ${words}.\n`);
    for (const document of await openText(store, imported.text.id)) {
      let text = '';
      for await (const chunk of document.chunks()) text += chunk;
      if (text !== '') texts.push({ name: imported.text.name, text });
    }
  }
  report(outcome);
  return texts;
}

function reportOfFile(name: string, imported: ImportOutcome | { kind: 'refused'; failure: Failure }): DropReport {
  const none = { added: 0, duplicates: [], passedOver: [], refused: [] };
  if (imported.kind === 'added') return reportOf({ ...none, added: 1 });
  if (imported.kind === 'refused') return reportOf({ ...none, refused: [{ name, failure: imported.failure }] });
  return reportOf({ ...none, duplicates: [{ ...imported, name }] });
}

/** Prints files that aren't read. */
function listLeftOut(report: DropReport): void {
  for (const { name, failure } of report.failed)
    stderr.write(`${refusedWords({ name, reason: paragraph(failure.message, failure.remedy) })}\n`);
  const skipped = report.skipped.filter(({ reason }) => reason !== 'hidden');
  for (const line of skippedLines({ ...report, skipped })) stderr.write(`${line}\n`);
}

/** Prints files that aren't read, and the number of files that are. */
export function listAll(report: DropReport): void {
  listLeftOut(report);
  stderr.write(`${dropSummary(report)}.\n`);
}

/** A row of a table, and the name of the file that has it. */
interface NamedPair {
  name: string;
  input: string;
  target: string;
}

/** Rows of tables, as grow reads them. A copy of an earlier table is skipped. @throws HomegrownError `bad-file` */
export async function pairsOf(
  tables: readonly AskedPairs[],
  signal: AbortSignal,
  reading: Reading = {},
): Promise<readonly NamedPair[]> {
  const store = memoryStore();
  const pairs: NamedPair[] = [];
  for (const [i, { path, columns }] of tables.entries()) {
    const { source } = await openTable(path, columns);
    const imported = await importText(
      { ...source, reading: { ...source.reading, ...reading } },
      store,
      { addedAt: i, readers },
      { ...unwatched, signal },
    );
    if (imported.kind !== 'added') continue;
    for (const words of imported.text.notes) stderr.write(`${imported.text.name}: ${words}.\n`);
    for (const document of await openText(store, imported.text.id))
      pairs.push({ name: imported.text.name, ...(await pairIn(document)) });
  }
  return pairs;
}

/** Returns input and target of a row. */
async function pairIn({ chunks, spans }: Document): Promise<Omit<NamedPair, 'name'>> {
  let text = '';
  for await (const chunk of chunks()) text += chunk;
  const bytes = Buffer.from(text);
  const fieldText = (name: string): string => bytes.subarray(...(spans?.[name] ?? EMPTY_SPAN)).toString();
  return { input: fieldText('input'), target: fieldText('target') };
}
const EMPTY_SPAN = [0, 0] as const;

/** Prepares documents: reads files of many formats, cleans them by a recipe, and writes them as rows of a folder. */
import type { BlobStore } from '../../src/core/base/blobStore';
import { badFile, type BadRowList, paragraph, toFailure } from '../../src/core/base/errors';
import type { Job } from '../../src/core/base/job';
import { counted, formatCount } from '../../src/core/base/units';
import {
  type DropOutcome,
  type DropReport,
  documentsIn,
  importDrop,
  isBadEncoding,
  joinedReports,
  reportOf,
  skippedLines,
  skippedOf,
  type TextSource,
} from '../../src/core/documents';
import { cleanText } from '../../src/core/documents/clean/cleanText';
import { leftOutOf } from '../../src/core/documents/clean/cleaned';
import type { Recipe } from '../../src/core/documents/clean/recipe';
import type { CleanedRecord, LeftOut } from '../../src/core/documents/clean/record';
import { type DuplicateCounts, findDuplicates } from '../../src/core/documents/duplicates/findDuplicates';
import { languageDetector } from '../../src/core/documents/language';
import { MAX_LINE_LENGTH } from '../../src/core/documents/limits';
import { countPersonal, type PersonalCounts } from '../../src/core/documents/personal/count';
import { RECIPE_FILE } from '../../src/core/export/format';
import { type ByteStream, textFile as streamOf } from '../../src/core/files/byteSource';
import { recipeFile } from '../folders/recipe';
import { checkOutFolder, codeOf, writeFolder } from '../folders/write';
import { beginCleaners } from './cleaners';
import { DOCUMENTS, PREPARED } from './data';
import { SET_ENCODING } from './encodingRemedy';
import { type PreparedLines, surveyLines } from './preparedLines';
import { readers } from './readers';
import { spillStore } from './spillStore';
import { failedOf, type OpenedSources, type Refused } from './texts';

/** Marks of the folders, which show a write whether others wrote there meanwhile. */
interface Marks {
  out: string;
  report: string | undefined;
}

interface PrepareRequest {
  meant: OpenedSources;
  /** Files of `meant`, and how to read them. */
  sources: readonly TextSource[];
  recipe: Recipe;
  /** Folder of the documents, and of the report. */
  out: string;
  reportTo: string | undefined;
  marks: Marks;
}

interface PrepareReporter {
  say(line: string): void;
  /** Called when all files are read and nothing is cleaned yet. */
  imported(): void;
  refused(files: readonly RefusedFile[]): void;
}

export interface RefusedFile extends Refused {
  /** Unreadable rows. */
  rows?: BadRowList;
}

interface PreparedFacts {
  documents: number;
  read: number;
  characters: number;
  refused: readonly RefusedFile[];
  removed: Readonly<Record<string, number>>;
  languages: Readonly<Record<string, number>>;
  /** Number of findings by kind, before any rule changed a document. */
  personal: PersonalCounts;
  /** Number of copies in the original text, files that equal an earlier one included. */
  duplicates: DuplicateCounts;
}

export interface PreparedDocuments {
  facts: PreparedFacts & { out: string };
  report: DropReport;
  drop: DropOutcome;
  cleaned: CleanedRecord;
  lines: PreparedLines;
  /** Documents that the recipe removed. */
  left: readonly LeftOut[];
  /** Exit code. */
  code: number;
}

/** @throws HomegrownError `bad-settings` if a folder can't be written, or has other files */
export const checkPreparedFolders = async (out: string, reportTo: string | undefined): Promise<Marks> => ({
  out: await checkOutFolder(out, [], [DOCUMENTS, PREPARED, RECIPE_FILE]),
  report: reportTo === undefined ? undefined : await checkOutFolder(reportTo, [], [DOCUMENTS, REPORT]),
});

/** @throws HomegrownError `bad-file` if no document remains */
export async function prepareDocuments(
  request: PrepareRequest,
  reporter: PrepareReporter,
  job: Job,
): Promise<PreparedDocuments> {
  const { meant, sources, recipe } = request;
  const store = await spillStore(request.out);
  try {
    const drop = await importDrop(sources, store, { addedAt: 0, readers }, job);
    reporter.imported();
    const personal: PersonalCounts = {};
    if (drop.text)
      for await (const document of documentsIn(store, drop.text)) {
        job.signal.throwIfAborted();
        await countPersonal(document.chunks(), personal);
      }
    const duplicates = await countDuplicates(store, drop, job);
    const cleaned = drop.text && (await cleanText(store, drop.text, recipe, { at: 0 }, job, beginCleaners));
    const lines = cleaned?.text ? await surveyLines(store, cleaned.text, await languageDetector(), job) : undefined;
    const withoutDocument = tooLongFiles(lines);
    const failed: readonly RefusedFile[] = [...meant.refused, ...refusedOf(drop), ...withoutDocument];
    const refused: readonly RefusedFile[] = [...failed, ...skippedIn(drop)];
    const report = joinedReports(dropReport(drop), {
      added: -withoutDocument.length,
      skipped: meant.passedOver.map(skippedOf),
      failed: [...meant.refused, ...withoutDocument].map(failedOf),
    });
    reporter.refused(failed);
    for (const line of skippedLines(report)) reporter.say(line);
    const left: LeftOut[] = [];
    if (cleaned) for await (const document of leftOutOf(store, cleaned)) left.push(document);
    if (!cleaned || lines === undefined || lines.documents === 0) throw noDocumentsError(meant, left, refused);
    for (const words of drop.text!.notes) reporter.say(`${words}.`);
    const facts = { ...factsOf(lines, drop, left, refused), personal, duplicates };
    return {
      report,
      drop,
      cleaned,
      lines,
      left,
      ...(await writePrepared(request, { facts, lines, cleaned, left }, job)),
    };
  } finally {
    await store.close();
  }
}

async function countDuplicates(
  store: BlobStore,
  { text, duplicates }: DropOutcome,
  job: Job,
): Promise<DuplicateCounts> {
  const documents = text ? documentsIn(store, text) : [];
  const { exact, near } = (await findDuplicates(documents, {}, job)).counts;
  return { exact: exact + duplicates.length, near };
}

const REPORT = 'report.json';
const jsonFile = (name: string, value: object): ByteStream => streamOf(name, `${JSON.stringify(value, null, 2)}\n`);

interface ToWrite extends Pick<PreparedDocuments, 'lines' | 'cleaned' | 'left'> {
  facts: PreparedFacts;
}

/** Writes the documents and the report. */
async function writePrepared(
  { meant, recipe, out, reportTo, marks }: PrepareRequest,
  { facts, lines, cleaned, left }: ToWrite,
  { signal }: Job,
): Promise<Pick<PreparedDocuments, 'facts' | 'code'>> {
  const documents: ByteStream = { name: DOCUMENTS, size: lines.bytes, chunks: () => lines.chunks(signal) };
  const files = meant.files.map(({ name }) => name);
  const prepared = jsonFile(PREPARED, { version: 1, columns: lines.columns, ...facts, files });
  const folder = await writeFolder(out, [documents, prepared, recipeFile(recipe)], marks.out);
  const finalFacts = { ...facts, out: folder.place };
  const reportFiles = [documents, jsonFile(REPORT, { ...finalFacts, rules: cleaned.tallies, left })];
  const reportCode =
    reportTo === undefined ? 0 : codeOf(reportTo, await writeFolder(reportTo, reportFiles, marks.report));
  return { facts: finalFacts, code: Math.max(codeOf(out, folder), reportCode) };
}

const noDocumentsError = (
  { files }: OpenedSources,
  [first, ...more]: readonly LeftOut[],
  [refused]: readonly Refused[],
): Error =>
  first
    ? badFile(
        `The recipe removes all of ${counted(more.length + 1, 'document')}. Reason for the first: ${first.reason}.`,
        CHANGE_RECIPE,
      )
    : badFile(`No documents in ${counted(files.length, 'file')}.`, refused?.reason);

const CHANGE_RECIPE = 'Change the recipe, or use --recipe none.';

function factsOf(
  { documents, characters, languages, long }: PreparedLines,
  { empty }: DropOutcome,
  left: readonly LeftOut[],
  refused: readonly RefusedFile[],
): Omit<PreparedFacts, 'personal' | 'duplicates'> {
  const removed = removedOf(empty, long.length, left);
  return {
    documents,
    read: documents + Object.values(removed).reduce((sum, n) => sum + n, 0),
    ...{ characters, refused, removed },
    languages: Object.fromEntries([...languages].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
  };
}

/** Number of removed documents, by reason: empty, too long, or the rule. */
function removedOf(empty: number, long: number, left: readonly LeftOut[]): Record<string, number> {
  const removed = new Map<string, number>();
  const add = (why: string, n: number): unknown => n > 0 && removed.set(why, (removed.get(why) ?? 0) + n);
  add('empty', empty);
  add('long', long);
  for (const { rule } of left) add(rule ?? 'empty', 1);
  return Object.fromEntries(removed);
}

const dropReport = ({ refused, ...drop }: DropOutcome): DropReport =>
  reportOf({ ...drop, refused: refused.map(({ name, error }) => ({ name, failure: toFailure(error) })) });

/** Files with text that can't be read. */
const refusedOf = ({ refused }: DropOutcome): RefusedFile[] =>
  refused
    .filter(({ error }) => error.noText === undefined)
    .map(({ name, error }) => ({
      name,
      reason: paragraph(
        error.message,
        error.remedy,
        isBadEncoding(error) ? SET_ENCODING : undefined,
        error.rows && `--skip-bad-rows skips ${error.rows.count === 1 ? 'it' : 'them'}`,
      ),
      ...(error.rows && { rows: error.rows }),
    }));

/** Files without text, and duplicates. */
const skippedIn = ({ refused, duplicates }: DropOutcome): Refused[] => [
  ...refused
    .filter(({ error }) => error.noText !== undefined)
    .map(({ name, error }) => ({ name, reason: paragraph(error.message, error.remedy) })),
  ...duplicates.map(({ name, equals }) => ({ name, reason: `Duplicate of ${equals}; added once.` })),
];

/** Files whose documents are all too long. */
function tooLongFiles({ long, names }: Pick<PreparedLines, 'long' | 'names'> = NO_LINES): Refused[] {
  const reason = (characters: number): string =>
    `A document has ${formatCount(characters)} characters; the limit is ${MAX_LENGTH_WORDS}. Split it into several files, or use grow --text, which has no limit.`;
  const reasons = new Map(
    long.filter(({ name }) => !names.has(name)).map(({ name, characters }) => [name, reason(characters)]),
  );
  return [...reasons].map(([name, reason]) => ({ name, reason }));
}
const NO_LINES = { long: [], names: new Set<string>() };
const MAX_LENGTH_WORDS = `${formatCount(MAX_LINE_LENGTH)} characters, or ${formatCount(MAX_LINE_LENGTH / 2)} if any is outside Latin-1`;

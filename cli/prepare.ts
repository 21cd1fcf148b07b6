/** npm run prepare: reads and cleans files of many formats as documents for grow. */
import { badFile, type BadRowList, paragraph, toFailure } from '../src/core/base/errors';
import type { Job } from '../src/core/base/job';
import { counted, formatCount } from '../src/core/base/units';
import type { ByteStream } from '../src/core/files/byteSource';
import { textFile as streamOf } from '../src/core/files/byteSource';
import {
  archiveCalled,
  type DropOutcome,
  type DropReport,
  dropSummary,
  importDrop,
  isBadEncoding,
  joinedReports,
  reportOf,
  skippedLines,
  skippedOf,
  type TableChoice,
  tableCalled,
  tableFormatOf,
  type TextSource,
} from '../src/core/documents';
import { cleanText } from '../src/core/documents/clean/cleanText';
import { leftOutOf } from '../src/core/documents/clean/cleaned';
import type { CleanedRecord, LeftOut } from '../src/core/documents/clean/record';
import { type RuleId, ruleOf } from '../src/core/documents/clean/rules';
import { RECIPE_FILE } from '../src/core/export/format';
import { languageDetector } from '../src/core/documents/language';
import { MAX_LINE_LENGTH } from '../src/core/documents/limits';
import { beginCleaners } from '../node/texts/cleaners';
import { DOCUMENTS, PREPARED } from '../node/texts/data';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { ENCODING, encodingOf } from './encoding';
import { SET_ENCODING } from '../node/texts/encodingRemedy';
import { rowLines } from './failure';
import { isMeant, type Mapping, mappingOf } from './mapping';
import { UsageError, type Values } from './options';
import { Progress } from './progress';
import { readers } from '../node/texts/readers';
import { ownRecipe, recipeCalled, recipeFile } from '../node/folders/recipe';
import { type PreparedLines, surveyLines } from '../node/texts/preparedLines';
import { command, interruptible, print, stderr } from './terminal';
import { spillStore } from '../node/texts/spillStore';
import { failedOf, type MeantSources, type Refused, refusedWords, sourcesMeant } from '../node/texts/texts';
import { checkOutFolder, codeOf, writeFolder } from '../node/folders/write';

const OPTIONS = {
  from: {
    kind: 'texts',
    path: 'reads',
    help: 'Files, folders or archives (ZIP, tar, gzip, bzip2): text, Markdown, web pages (HTML, MHTML), PDFs, Word and OpenDocument texts, PowerPoint presentations, books (EPUB), tables (CSV, TSV, JSON, JSON Lines, Excel workbooks, Parquet), subtitles, notebooks, mail (mbox, eml), chats (WhatsApp, Telegram, Slack, Discord), exports of X, Mastodon and Reddit, web crawls (WARC, WET), Wikipedia dumps (XML), code',
  },
  map: {
    kind: 'texts',
    path: 'none',
    otherwise: 'columns are recognized by their names',
    help: 'Columns of a table: NAME.csv:text=COLUMN,label=COLUMN, or input and target; also title, date and language; a row is a document',
  },
  'whole-pages': {
    kind: 'switch',
    help: 'Keep all text of a web page, with menus and footers, not only the main part',
  },
  'whole-messages': {
    kind: 'switch',
    help: 'Keep all text of an email, with quoted replies and the signature',
  },
  encoding: ENCODING,
  'skip-bad-rows': SKIP_BAD_ROWS,
  recipe: {
    kind: 'text',
    path: 'reads',
    pathIn: ownRecipe,
    initial: 'recommended',
    help: 'Cleaning recipe: recommended (short and safe; saved to recipe.json), a recipe file, such as the recipe.json of other documents, or none',
  },
  report: {
    kind: 'text',
    path: 'writes',
    otherwise: 'none',
    help: 'Folder for a report: report.json, with the changes and removals of each rule, and documents.jsonl with the documents that remain, one per line',
  },
  out: { kind: 'text', path: 'writes', help: 'Folder for the documents, for grow --data' },
  json: { kind: 'switch', help: 'Print one JSON object: counts, refused files, languages' },
} as const;

async function prepare(values: Values<typeof OPTIONS>): Promise<number> {
  const { out, report: reportTo } = values;
  const mappings = (values.map ?? []).map(mappingOf);
  const progress = new Progress(stderr, !values.json);
  const meant = await sourcesMeant(values.from, (words) => progress.say(words));
  // From here on an interruption releases the locks.
  const job: Job = { signal: interruptible(), report: (at) => progress.show(at) };
  const since = await checkOutFolder(out, [], [DOCUMENTS, PREPARED, RECIPE_FILE]);
  const reportSince = reportTo === undefined ? undefined : await checkOutFolder(reportTo, [], [DOCUMENTS, REPORT]);
  for (const { name } of mappings)
    if (!meant.files.some((file) => archiveCalled(file.name) ?? isMeant({ name }, file.name, file.path)))
      throw notAmong(name);
  const recipe = await recipeCalled(values.recipe);
  const met = new Set<string>();
  const sources = sourcesOf(values, meant, mappings, met);
  const store = await spillStore(out);
  try {
    const drop = await importDrop(sources, store, { addedAt: 0, readers }, job);
    const unmet = mappings.find(({ name }) => !met.has(name));
    if (unmet) throw notAmong(unmet.name);
    const cleaned = drop.text && (await cleanText(store, drop.text, recipe, { at: 0 }, job, beginCleaners));
    const lines = cleaned?.text ? await surveyLines(store, cleaned.text, await languageDetector(), job) : undefined;
    const withoutDocument = tooLong(lines);
    const failed: readonly RefusedFile[] = [...meant.refused, ...refusedOf(drop), ...withoutDocument];
    const refused: readonly RefusedFile[] = [...failed, ...skippedIn(drop)];
    const report = joinedReports(inReport(drop), {
      added: -withoutDocument.length,
      skipped: meant.passedOver.map(skippedOf),
      failed: [...meant.refused, ...withoutDocument].map(failedOf),
    });
    sayRefused(failed, progress);
    for (const line of skippedLines(report)) progress.say(line);
    const left: LeftOut[] = [];
    if (cleaned) for await (const one of leftOutOf(store, cleaned)) left.push(one);
    if (lines === undefined || lines.documents === 0) throw nothingLeft(meant, left, refused);
    for (const words of drop.text!.notes) progress.say(`${words}.`);
    const facts = factsOf(lines, drop, left, refused);
    const documents: ByteStream = { name: DOCUMENTS, size: lines.bytes, chunks: () => lines.chunks(job.signal) };
    const files = meant.files.map(({ name }) => name);
    const prepared = jsonFile(PREPARED, { version: 1, columns: lines.columns, ...facts, files });
    const written = await writeFolder(out, [documents, prepared, recipeFile(recipe)], since);
    const told = { ...facts, out: written.place };
    const reportFiles = [documents, jsonFile(REPORT, { ...told, rules: cleaned!.tallies, left })];
    const reported =
      reportTo === undefined ? 0 : codeOf(reportTo, await writeFolder(reportTo, reportFiles, reportSince));
    progress.end();
    print(values.json ? JSON.stringify(told) : summaryOf(told, dropSummary(report), drop, left, cleaned!, lines));
    return Math.max(codeOf(out, written), reported);
  } finally {
    await store.close();
  }
}
const REPORT = 'report.json';
const jsonFile = (name: string, value: object): ByteStream => streamOf(name, `${JSON.stringify(value, null, 2)}\n`);

/** @param met receives the names of mappings that match a file */
function sourcesOf(
  values: Values<typeof OPTIONS>,
  { files }: MeantSources,
  mappings: readonly Mapping[],
  met: Set<string>,
): readonly TextSource[] {
  const encoding = encodingOf(values.encoding);
  const reading = {
    wholePages: values['whole-pages'],
    wholeMessages: values['whole-messages'],
    ...(encoding && { encoding }),
    ...skipping(values['skip-bad-rows']),
  };
  const tableIn = (name: string, path?: string): TableChoice | undefined => {
    const mapping = mappings.find((each) => isMeant(each, name, path));
    if (mapping) met.add(mapping.name);
    const format = mapping ? tableFormatOf(name) : tableCalled(name);
    return format && { format, columns: mapping?.columns ?? 'recognised' };
  };
  return files.map(({ path, name, source }): TextSource => {
    const table = archiveCalled(name) ? undefined : tableIn(name, path);
    return { ...source, name, tableIn, reading, ...(table && { table }) };
  });
}

function sayRefused(refused: readonly RefusedFile[], progress: Progress): void {
  for (const one of refused) {
    for (const line of one.rows ? rowLines(one.rows) : []) progress.say(line);
    progress.say(refusedWords(one));
  }
}

const nothingLeft = (
  { files }: MeantSources,
  [first, ...more]: readonly LeftOut[],
  [refused]: readonly Refused[],
): Error =>
  first
    ? badFile(
        `The recipe removes all of ${counted(more.length + 1, 'document')}. Reason for the first: ${first.reason}.`,
        NONE,
      )
    : badFile(`No documents in ${counted(files.length, 'file')}.`, refused?.reason);

interface PreparedFacts {
  documents: number;
  read: number;
  characters: number;
  refused: readonly RefusedFile[];
  removed: Readonly<Record<string, number>>;
  languages: Readonly<Record<string, number>>;
}

function factsOf(
  { documents, characters, languages, long }: PreparedLines,
  { empty }: DropOutcome,
  left: readonly LeftOut[],
  refused: readonly RefusedFile[],
): PreparedFacts {
  const removed = removedOf(empty, long.length, left);
  return {
    documents,
    read: documents + Object.values(removed).reduce((sum, n) => sum + n, 0),
    ...{ characters, refused, removed },
    languages: Object.fromEntries([...languages].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
  };
}

const summaryOf = (
  { documents, characters, languages, out }: PreparedFacts & { out: string },
  files: string,
  { empty }: DropOutcome,
  left: readonly LeftOut[],
  cleaned: CleanedRecord,
  { long }: PreparedLines,
): string =>
  paragraph(
    files,
    `Saved ${counted(documents, 'document')} (${formatCount(characters)} characters) in ${out}`,
    `Languages: ${Object.entries(languages)
      .map(([code, n]) => `${code} ${formatCount(n)}`)
      .join(', ')}`,
    empty > 0 ? `Skipped ${counted(empty, 'row')} without text` : undefined,
    left.length > 0 ? `The recipe removed ${counted(left.length, 'document')}` : undefined,
    changedBy(cleaned),
    long.length > 0 ? `Skipped ${counted(long.length, 'document')}: too long for one line of the output` : undefined,
    `To train on them: npm run grow -- --data ${out}`,
  );

const NONE = 'Change the recipe, or use --recipe none.';

/** Number of changed places, by rule. */
function changedBy({ tallies }: CleanedRecord): string | undefined {
  const changing = tallies.filter(({ places }) => places > 0);
  const places = changing.map(({ rule, places }) => `${ruleOf(rule as RuleId).label}: ${counted(places, 'place')}`);
  return places.length > 0 ? `Changes by the recipe: ${places.join(', ')}` : undefined;
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

const notAmong = (name: string): Error => new UsageError(`--map names ${name}, which isn't a file of --from.`);

const inReport = ({ refused, ...drop }: DropOutcome): DropReport =>
  reportOf({ ...drop, refused: refused.map(({ name, error }) => ({ name, failure: toFailure(error) })) });

/** Files that have text and can't be read. */
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

interface RefusedFile extends Refused {
  /** Unreadable rows. */
  rows?: BadRowList;
}

/** Files whose documents are all too long. */
function tooLong({ long, names }: Pick<PreparedLines, 'long' | 'names'> = NO_LINES): Refused[] {
  const reason = (characters: number): string =>
    `A document has ${formatCount(characters)} characters; the limit is ${MOST}. Split it into several files, or use grow --text, which has no limit.`;
  const found = new Map(
    long.filter(({ name }) => !names.has(name)).map(({ name, characters }) => [name, reason(characters)]),
  );
  return [...found].map(([name, reason]) => ({ name, reason }));
}
const NO_LINES = { long: [], names: new Set<string>() };
const MOST = `${formatCount(MAX_LINE_LENGTH)} characters, or ${formatCount(MAX_LINE_LENGTH / 2)} if any is outside Latin-1`;

const examples = [
  '--from my-folder --out documents --json',
  '--from reviews.csv --map reviews.csv:text=review,label=stars --report report --out documents',
];
const about = 'Reads and cleans documents from files of many formats, and reports skipped files.';
export const prepareCommand = command({ name: 'prepare', about, options: OPTIONS, examples, run: prepare });

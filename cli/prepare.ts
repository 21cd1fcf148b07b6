/** npm run prepare: files as people have them in, documents out, which grow learns from. */
import { memoryStore } from '../src/core/base/blobStore';
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
import { LONGEST_LINE } from '../src/core/documents/limits';
import { beginCleaners } from './cleaners';
import { DOCUMENTS, PREPARED } from './data';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { ENCODING, encodingOf, SAYS_WHICH } from './encoding';
import { rowLines } from './failure';
import { isMeant, mappingOf } from './mapping';
import { UsageError, type Values } from './options';
import { Progress } from './progress';
import { readers } from './readers';
import { ownRecipe, recipeCalled, recipeFile } from './recipe';
import { columnsOf, type Line, linesOf, type Long } from './preparedLines';
import { command, interruptible, print, stderr } from './terminal';
import { failedOf, type Refused, refusedWords, sourcesMeant } from './texts';
import { checkOutFolder, codeOf, writeFolder } from './write';

const OPTIONS = {
  from: {
    kind: 'texts',
    path: 'reads',
    help: 'Files, or folders of them, also packed (ZIP, tar, gzip, bzip2): text, Markdown, web pages (HTML, MHTML), PDFs, Word and OpenDocument texts, PowerPoint presentations, books (EPUB), tables (CSV, TSV, JSON, JSON Lines, Excel workbooks, Parquet), subtitles, notebooks, mail (mbox, eml), chats (WhatsApp, Telegram, Slack, Discord), archives that X, Mastodon and Reddit give, crawls of the web (WARC, WET), dumps of Wikipedia (XML), code',
  },
  map: {
    kind: 'texts',
    path: 'none',
    otherwise: 'columns are recognised by their names',
    help: 'What columns of a table are: NAME.csv:text=COLUMN,label=COLUMN, or input and target; title, date and language too; a row is a document',
  },
  'whole-pages': {
    kind: 'switch',
    help: 'All text of a web page, menus and footers too, and not only what it is about',
  },
  'whole-messages': {
    kind: 'switch',
    help: 'All text of a message of mail: what it quotes of others and its signature, too',
  },
  encoding: ENCODING,
  'skip-bad-rows': SKIP_BAD_ROWS,
  recipe: {
    kind: 'text',
    path: 'reads',
    pathIn: ownRecipe,
    initial: 'recommended',
    help: 'What cleans the documents: recommended, a short and safe recipe, which it writes; the file of a recipe, such as recipe.json that was written with others; or none',
  },
  report: {
    kind: 'text',
    path: 'writes',
    otherwise: 'none',
    help: 'Folder to write a report to: report.json, with what each rule of the recipe did and left out, and documents.jsonl with what remained, a document a line',
  },
  out: { kind: 'text', path: 'writes', help: 'Folder to write the documents to, for grow --data' },
  json: { kind: 'switch', help: 'One object at the end: counts, what was refused, languages; or the error' },
} as const;

async function prepare(values: Values<typeof OPTIONS>): Promise<number> {
  const { out, report: reportTo } = values;
  const mappings = (values.map ?? []).map(mappingOf);
  const progress = new Progress(stderr, !values.json);
  const { files, refused: unopened, passedOver } = await sourcesMeant(values.from, (words) => progress.say(words));
  // What is looked into from here on is not left with a lock.
  const signal = interruptible();
  const since = await checkOutFolder(out, [], [DOCUMENTS, PREPARED, RECIPE_FILE]);
  const reportSince = reportTo === undefined ? undefined : await checkOutFolder(reportTo, [], [DOCUMENTS, REPORT]);
  for (const { name } of mappings)
    if (!files.some((file) => archiveCalled(file.name) ?? isMeant({ name }, file.name, file.path)))
      throw notAmong(name);
  const encoding = encodingOf(values.encoding);
  const recipe = await recipeCalled(values.recipe);
  const reading = {
    wholePages: values['whole-pages'],
    wholeMessages: values['whole-messages'],
    ...(encoding && { encoding }),
    ...skipping(values['skip-bad-rows']),
  };
  const met = new Set<string>();
  const tableIn = (name: string, path?: string): TableChoice | undefined => {
    const mapping = mappings.find((each) => isMeant(each, name, path));
    if (mapping) met.add(mapping.name);
    const format = mapping ? tableFormatOf(name) : tableCalled(name);
    return format && { format, columns: mapping?.columns ?? 'recognised' };
  };
  const sources = files.map(({ path, name, source }): TextSource => {
    const table = archiveCalled(name) ? undefined : tableIn(name, path);
    return { ...source, name, tableIn, reading, ...(table && { table }) };
  });
  const job: Job = { signal, report: (at) => progress.show(at) };
  const store = memoryStore();
  const drop = await importDrop(sources, store, { addedAt: 0, readers }, job);
  const unmet = mappings.find(({ name }) => !met.has(name));
  if (unmet) throw notAmong(unmet.name);
  const cleaned = drop.text && (await cleanText(store, drop.text, recipe, { at: 0 }, job, beginCleaners));
  const { lines, long } = cleaned?.text
    ? await linesOf(store, cleaned.text, await languageDetector(), job)
    : { lines: [], long: [] };
  const withoutDocument = tooLong(long, lines);
  const failed: readonly RefusedFile[] = [...unopened, ...refusedOf(drop), ...withoutDocument];
  const refused: readonly RefusedFile[] = [...failed, ...skippedIn(drop)];
  const report = joinedReports(inReport(drop), {
    added: -withoutDocument.length,
    skipped: passedOver.map(skippedOf),
    failed: [...unopened, ...withoutDocument].map(failedOf),
  });
  for (const one of failed) {
    for (const line of one.rows ? rowLines(one.rows) : []) progress.say(line);
    progress.say(refusedWords(one));
  }
  for (const line of skippedLines(report)) progress.say(line);
  const left: LeftOut[] = [];
  if (cleaned) for await (const one of leftOutOf(store, cleaned)) left.push(one);
  if (lines.length === 0)
    throw left[0]
      ? badFile(
          `The recipe leaves out all of ${counted(left.length, 'document')}. Of the first: ${left[0].reason}.`,
          NONE,
        )
      : badFile(`No document was found in ${counted(files.length, 'file')}.`, refused[0]?.reason);
  for (const words of drop.text!.notes) progress.say(`${words}.`);
  const languages = new Map<string, number>();
  for (const { language } of lines) languages.set(language, (languages.get(language) ?? 0) + 1);
  const removed = removedOf(drop.empty, long.length, left);
  const facts = {
    documents: lines.length,
    read: lines.length + Object.values(removed).reduce((sum, n) => sum + n, 0),
    characters: lines.reduce((sum, { characters }) => sum + characters, 0),
    refused,
    removed,
    languages: Object.fromEntries([...languages].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
  };
  const documents = jsonLines(lines, job.signal);
  const jsonFile = (name: string, value: object): ByteStream => streamOf(name, `${JSON.stringify(value, null, 2)}\n`);
  const prepared = {
    version: 1,
    columns: columnsOf(lines),
    ...facts,
    files: files.map(({ name }) => name),
  };
  const written = await writeFolder(out, [documents, jsonFile(PREPARED, prepared), recipeFile(recipe)], since);
  const told = { ...facts, out: written.place };
  const reportFiles = [documents, jsonFile(REPORT, { ...told, rules: cleaned!.tallies, left })];
  const reported = reportTo === undefined ? 0 : codeOf(reportTo, await writeFolder(reportTo, reportFiles, reportSince));
  progress.end();
  if (values.json) print(JSON.stringify(told));
  else
    print(
      paragraph(
        dropSummary(report),
        `${counted(told.documents, 'document')} of ${formatCount(told.characters)} characters in ${written.place}`,
        `Languages: ${Object.entries(told.languages)
          .map(([code, n]) => `${code} ${formatCount(n)}`)
          .join(', ')}`,
        drop.empty > 0 ? `${counted(drop.empty, 'row')} without text left out` : undefined,
        left.length > 0 ? `The recipe left out ${counted(left.length, 'document')}` : undefined,
        changedBy(cleaned!),
        long.length > 0 ? `${counted(long.length, 'document')} longer than ${MOST} left out` : undefined,
        `npm run grow -- --data ${written.place} learns from them`,
      ),
    );
  return Math.max(codeOf(out, written), reported);
}
const REPORT = 'report.json';

const NONE = 'Change the recipe, or give --recipe none.';

/** In places, by rule. */
function changedBy({ tallies }: CleanedRecord): string | undefined {
  const changing = tallies.filter(({ places }) => places > 0);
  const places = changing.map(({ rule, places }) => `${ruleOf(rule as RuleId).label}: ${counted(places, 'place')}`);
  return places.length > 0 ? `The recipe changed, by ${places.join(', by ')}` : undefined;
}

/** In documents: rows without text, and documents of which nothing is left; too long ones; by rule those that it leaves out. */
function removedOf(empty: number, long: number, left: readonly LeftOut[]): Record<string, number> {
  const removed = new Map<string, number>();
  const add = (why: string, n: number): unknown => n > 0 && removed.set(why, (removed.get(why) ?? 0) + n);
  add('empty', empty);
  add('long', long);
  for (const { rule } of left) add(rule ?? 'empty', 1);
  return Object.fromEntries(removed);
}

const notAmong = (name: string): Error =>
  new UsageError(`--map names ${name}, which is not among the files of --from.`);

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
        isBadEncoding(error) ? SAYS_WHICH : undefined,
        error.rows && `--skip-bad-rows leaves ${error.rows.count === 1 ? 'it' : 'them'} out`,
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
  /** Where it is refused for these. */
  rows?: BadRowList;
}

/** Files that have given nothing but documents that are too long. */
function tooLong(long: readonly Long[], lines: readonly Line[]): { name: string; reason: string }[] {
  const given = new Set(lines.map(({ name }) => name));
  const reason = (characters: number): string =>
    `It holds a document of ${formatCount(characters)} characters, and a line of at most ${MOST} is read again. Split it into several files, or give it to grow with --text, which has no such limit.`;
  const found = new Map(
    long.filter(({ name }) => !given.has(name)).map(({ name, characters }) => [name, reason(characters)]),
  );
  return [...found].map(([name, reason]) => ({ name, reason }));
}
const MOST = `${formatCount(LONGEST_LINE)} characters`;

/** Its size is known before it is written, so each line is made twice. */
function jsonLines(lines: readonly Line[], signal: AbortSignal): ByteStream {
  const bytes = function* (): Generator<Uint8Array> {
    for (const line of lines) {
      signal.throwIfAborted();
      yield Buffer.from(`${JSON.stringify(line)}\n`);
    }
  };
  let size = 0;
  for (const { length } of bytes()) size += length;
  return { name: DOCUMENTS, size, chunks: bytes };
}

const examples = [
  '--from my-folder --out documents --json',
  '--from reviews.csv --map reviews.csv:text=review,label=stars --report report --out documents',
];
const about = 'Takes documents out of files as people have them, and says what was read and what was not.';
export const prepareCommand = command({ name: 'prepare', about, options: OPTIONS, examples, run: prepare });

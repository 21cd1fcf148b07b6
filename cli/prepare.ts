/** npm run prepare: files as people have them in, documents out, which grow learns from. */
import { stat } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import { memoryStore } from '../src/core/base/blobStore';
import { badFile, type BadRowList, paragraph } from '../src/core/base/errors';
import { visibleName } from '../src/core/base/fileName';
import type { Job } from '../src/core/base/job';
import { counted, formatCount } from '../src/core/base/units';
import type { ByteStream } from '../src/core/files/byteSource';
import { textFile as streamOf } from '../src/core/files/byteSource';
import {
  archiveCalled,
  type DropOutcome,
  importDrop,
  isBadEncoding,
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
import { recipeCalled, recipeFile } from './recipe';
import { columnsOf, type Line, linesOf, type Long } from './preparedLines';
import { isWithin, realPath } from './target';
import { command, interruptible, print, stderr, textFile } from './terminal';
import { filesMeant } from './texts';
import { checkOutFolder, writeFolder } from './write';

const OPTIONS = {
  from: {
    kind: 'texts',
    help: 'Files, or folders of them, also packed (ZIP, tar, gzip, bzip2): text, Markdown, web pages (HTML, MHTML), PDFs, Word and OpenDocument texts, PowerPoint presentations, books (EPUB), tables (CSV, TSV, JSON, JSON Lines, Excel workbooks, Parquet), subtitles, notebooks, mail (mbox, eml), chats (WhatsApp, Telegram, Slack, Discord), archives that X, Mastodon and Reddit give, crawls of the web (WARC, WET), dumps of Wikipedia (XML), code',
  },
  map: {
    kind: 'texts',
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
    initial: 'recommended',
    help: 'What cleans the documents: recommended, a short and safe recipe, which it writes; the file of a recipe, such as recipe.json that was written with others; or none',
  },
  report: {
    kind: 'text',
    otherwise: 'none',
    help: 'Folder to write a report to: report.json, with what each rule of the recipe did and left out, and documents.jsonl with what remained, a document a line',
  },
  out: { kind: 'text', help: 'Folder to write the documents to, for grow --data' },
  json: { kind: 'switch', help: 'One object at the end: counts, what was refused, languages; or the error' },
} as const;

async function prepare(values: Values<typeof OPTIONS>): Promise<void> {
  const { out, report } = values;
  const mappings = (values.map ?? []).map(mappingOf);
  const progress = new Progress(stderr, !values.json);
  const files = await named(values.from, (words) => progress.say(words));
  const paths = files.map(({ path }) => path);
  if (report !== undefined) await checkApart(report, out);
  // What is looked into from here on is not left with a lock.
  const signal = interruptible();
  await checkOutFolder(out, paths, [DOCUMENTS, PREPARED, RECIPE_FILE]);
  if (report !== undefined) await checkOutFolder(report, paths, [DOCUMENTS, REPORT]);
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
  const sources = await Promise.all(
    files.map(async ({ path, name }): Promise<TextSource> => {
      const table = archiveCalled(name) ? undefined : tableIn(name, path);
      const source = { ...(await textFile(path)), name, tableIn, reading };
      return table ? { ...source, table } : source;
    }),
  );
  const job: Job = { signal, report: (at) => progress.show(at) };
  const store = memoryStore();
  const drop = await importDrop(sources, store, { addedAt: 0, readers }, job);
  const unmet = mappings.find(({ name }) => !met.has(name));
  if (unmet) throw notAmong(unmet.name);
  const cleaned = drop.text && (await cleanText(store, drop.text, recipe, { at: 0 }, job, beginCleaners));
  const { lines, long } = cleaned?.text
    ? await linesOf(store, cleaned.text, await languageDetector(), job)
    : { lines: [], long: [] };
  const refused: readonly Refused[] = [...refusedOf(drop), ...tooLong(long, lines)];
  for (const { name, reason, rows } of refused) {
    for (const line of rows ? rowLines(rows) : []) progress.say(line);
    progress.say(`Left out: ${name}. ${reason}`);
  }
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
  const told = {
    documents: lines.length,
    read: lines.length + Object.values(removed).reduce((sum, n) => sum + n, 0),
    characters: lines.reduce((sum, { characters }) => sum + characters, 0),
    refused,
    removed,
    languages: Object.fromEntries([...languages].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
    out,
  };
  const documents = jsonLines(lines, job.signal);
  const jsonFile = (name: string, value: object): ByteStream => streamOf(name, `${JSON.stringify(value, null, 2)}\n`);
  if (report !== undefined)
    await writeFolder(report, [documents, jsonFile(REPORT, { ...told, rules: cleaned!.tallies, left })]);
  const prepared = {
    version: 1,
    columns: columnsOf(lines),
    ...told,
    out: undefined,
    files: files.map(({ name }) => name),
  };
  await writeFolder(out, [documents, jsonFile(PREPARED, prepared), recipeFile(recipe)]);
  progress.end();
  if (values.json) print(JSON.stringify(told));
  else
    print(
      paragraph(
        `${counted(told.documents, 'document')} of ${formatCount(told.characters)} characters in ${out}`,
        `Languages: ${Object.entries(told.languages)
          .map(([code, n]) => `${code} ${formatCount(n)}`)
          .join(', ')}`,
        refused.length > 0 ? `${counted(refused.length, 'file')} gave none` : undefined,
        drop.empty > 0 ? `${counted(drop.empty, 'row')} without text left out` : undefined,
        left.length > 0 ? `The recipe left out ${counted(left.length, 'document')}` : undefined,
        changedBy(cleaned!),
        long.length > 0 ? `${counted(long.length, 'document')} longer than ${MOST} left out` : undefined,
        `npm run grow -- --data ${out} learns from them`,
      ),
    );
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

/** @throws UsageError where one of two folders that are to be written is the other, or would lie in it */
async function checkApart(report: string, out: string): Promise<void> {
  const [a, b] = [await realPath(report), await realPath(out)];
  if (a === b) throw new UsageError('--report and --out name the same folder.');
  if (isWithin(a, b)) throw new UsageError('--report lies in the folder of --out. Name a folder beside it.');
  if (isWithin(b, a)) throw new UsageError('--out lies in the folder of --report. Name a folder beside it.');
}

/** Files with their paths below the folder that was given. */
async function named(
  from: readonly string[],
  note: (words: string) => void,
): Promise<readonly { path: string; name: string }[]> {
  const files: { path: string; name: string }[] = [];
  for (const given of from) {
    const isFolder = (await stat(given).catch(() => null))?.isDirectory() ?? false;
    for (const path of await filesMeant([given], note))
      files.push({ path, name: visibleName(isFolder ? relative(given, path).split(sep).join('/') : basename(path)) });
  }
  return files;
}

function refusedOf({ refused, duplicates }: DropOutcome): Refused[] {
  return [
    ...refused.map(({ name, error }) => ({
      name,
      reason: paragraph(
        error.message,
        error.remedy,
        isBadEncoding(error) ? SAYS_WHICH : undefined,
        error.rows && `--skip-bad-rows leaves ${error.rows.count === 1 ? 'it' : 'them'} out`,
      ),
      ...(error.rows && { rows: error.rows }),
    })),
    ...duplicates.map(({ name }) => ({ name, reason: 'It holds the same as a file before it.' })),
  ];
}

interface Refused {
  name: string;
  reason: string;
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

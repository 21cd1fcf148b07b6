/** npm run prepare: reads and cleans files of many formats as documents for grow. */
import { paragraph } from '../src/core/base/errors';
import type { Job } from '../src/core/base/job';
import { counted, formatCount } from '../src/core/base/units';
import {
  archiveCalled,
  dropSummary,
  type TableChoice,
  tableCalled,
  tableFormatOf,
  type TextSource,
} from '../src/core/documents';
import type { CleanedRecord } from '../src/core/documents/clean/record';
import { type RuleId, ruleOf } from '../src/core/documents/clean/rules';
import { recipePath, recipeByName } from '../node/folders/recipe';
import {
  checkPreparedFolders,
  type PreparedDocuments,
  prepareDocuments,
  type RefusedFile,
} from '../node/texts/prepareDocuments';
import { type OpenedSources, refusedWords, openSources } from '../node/texts/texts';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { ENCODING, encodingOf } from './encoding';
import { rowLines } from './failure';
import { isMappingFor, type Mapping, mappingOf } from './mapping';
import { UsageError, type Values } from './options';
import { Progress } from './progress';
import { command, interruptible, print, stderr } from './terminal';

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
    pathIn: recipePath,
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
  const meant = await openSources(values.from, (words) => progress.say(words));
  // From here on an interruption releases the locks.
  const job: Job = { signal: interruptible(), report: (at) => progress.show(at) };
  const marks = await checkPreparedFolders(out, reportTo);
  for (const { name } of mappings)
    if (!meant.files.some((file) => archiveCalled(file.name) ?? isMappingFor({ name }, file.name, file.path)))
      throw mappingError(name);
  const recipe = await recipeByName(values.recipe);
  const matchedMappings = new Set<string>();
  const sources = sourcesOf(values, meant, mappings, matchedMappings);
  const reporter = {
    say: (line: string): void => progress.say(line),
    imported(): void {
      const unmatched = mappings.find(({ name }) => !matchedMappings.has(name));
      if (unmatched) throw mappingError(unmatched.name);
    },
    refused: (files: readonly RefusedFile[]): void => sayRefused(files, progress),
  };
  const prepared = await prepareDocuments({ meant, sources, recipe, out, reportTo, marks }, reporter, job);
  progress.end();
  print(values.json ? JSON.stringify(prepared.facts) : summaryOf(prepared));
  return prepared.code;
}

/** @param matchedMappings receives the names of mappings that match a file */
function sourcesOf(
  values: Values<typeof OPTIONS>,
  { files }: OpenedSources,
  mappings: readonly Mapping[],
  matchedMappings: Set<string>,
): readonly TextSource[] {
  const encoding = encodingOf(values.encoding);
  const reading = {
    wholePages: values['whole-pages'],
    wholeMessages: values['whole-messages'],
    ...(encoding && { encoding }),
    ...skipping(values['skip-bad-rows']),
  };
  const tableIn = (name: string, path?: string): TableChoice | undefined => {
    const mapping = mappings.find((candidate) => isMappingFor(candidate, name, path));
    if (mapping) matchedMappings.add(mapping.name);
    const format = mapping ? tableFormatOf(name) : tableCalled(name);
    return format && { format, columns: mapping?.columns ?? 'recognised' };
  };
  return files.map(({ path, name, source }): TextSource => {
    const table = archiveCalled(name) ? undefined : tableIn(name, path);
    return { ...source, name, tableIn, reading, ...(table && { table }) };
  });
}

function sayRefused(refused: readonly RefusedFile[], progress: Progress): void {
  for (const file of refused) {
    for (const line of file.rows ? rowLines(file.rows) : []) progress.say(line);
    progress.say(refusedWords(file));
  }
}

const summaryOf = ({
  facts: { documents, characters, languages, out },
  report,
  drop: { empty },
  left,
  cleaned,
  lines: { long },
}: PreparedDocuments): string =>
  paragraph(
    dropSummary(report),
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

/** Number of changed places, by rule. */
function changedBy({ tallies }: CleanedRecord): string | undefined {
  const changing = tallies.filter(({ places }) => places > 0);
  const places = changing.map(({ rule, places }) => `${ruleOf(rule as RuleId).label}: ${counted(places, 'place')}`);
  return places.length > 0 ? `Changes by the recipe: ${places.join(', ')}` : undefined;
}

const mappingError = (name: string): Error => new UsageError(`--map names ${name}, which isn't a file of --from.`);

const examples = [
  '--from my-folder --out documents --json',
  '--from reviews.csv --map reviews.csv:text=review,label=stars --report report --out documents',
];
const about = 'Reads and cleans documents from files of many formats, and reports skipped files.';
export const prepareCommand = command({ name: 'prepare', about, options: OPTIONS, examples, run: prepare });

/** Labeled texts: rows of tables, or files in folders named after labels. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type BlobStore, memoryStore } from '../../src/core/base/blobStore';
import type { Document } from '../../src/core/base/document';
import { badFile, badSettings, HomegrownError } from '../../src/core/base/errors';
import type { Job } from '../../src/core/base/job';
import { counted, formatCount, formatShare } from '../../src/core/base/units';
import {
  AS_READ,
  changeLabelling,
  documentsOf,
  type EncodingId,
  importDrop,
  joinedLabels,
  type LabelChanges,
  type LabeledAs,
  type TextRecord,
  type TextSource,
} from '../../src/core/documents';
import { type Unlabeled, withUnlabeled } from '../../src/core/documents/labels/labelChanges';
import { labelProblems, openWords } from '../../src/core/documents/labels/problems';
import { type LabelSurvey, surveyLabels } from '../../src/core/documents/labels/survey';
import { withEncodingRemedy } from './encodingRemedy';
import type { Local } from '../folders/local';
import { readers } from './readers';
import { textFile } from '../sources';
import { type AskedTable, openTable } from './tables';
import { leftOutLines, openSources } from './texts';

/** Paths of labeled texts, and how to read them. */
export type ExampleSources = NonNullable<Local['examples']>;

export interface Examples {
  store: BlobStore;
  texts: readonly TextRecord[];
  documents: readonly Document[];
  survey: LabelSurvey;
  laid: ExampleSources;
}

interface ExamplesRequest {
  /** Tables, or folders with a subfolder per label. */
  tables: readonly AskedTable[];
  /** Tables or folders that are only trained on. */
  corrections?: readonly AskedTable[] | undefined;
  as: LabeledAs;
  /** Merge labels with similar names. */
  merge: boolean;
  /** Drop labels with fewer texts. */
  minTexts: number | undefined;
  /** Meaning of texts without any of several labels; if absent, an error asks for it. */
  unlabeled?: Unlabeled | undefined;
  /** Encoding of text that isn't UTF-8. */
  encoding?: EncodingId | undefined;
  skipBadRows?: true;
}

/** Examples of a new run. @throws HomegrownError */
export async function readExamples(
  { tables, corrections = [], as, merge, minTexts, unlabeled, encoding, skipBadRows }: ExamplesRequest,
  note: (words: string) => void,
  job: Job,
): Promise<Examples> {
  const files: ExampleSources['files'] = [];
  for (const [i, { path, columns }] of [...tables, ...corrections].entries()) {
    // An error names a file that can't be opened as it was typed.
    if (!(await isFolder(path))) await textFile(path);
    files.push({ path: resolve(path), ...(columns && { columns }), ...(i >= tables.length && { trainOnly: true }) });
  }
  if (unlabeled && !as.between) throw badSettings('--unlabeled is only for texts with several labels.', 'Remove it.');
  let labelling = unlabeled ? withUnlabeled(AS_READ, unlabeled) : AS_READ;
  const laid: ExampleSources = {
    ...{ files, ...as, renamed: labelling.renamed },
    ...(encoding && { encoding }),
    ...(skipBadRows && { skipBadRows }),
  };
  const examples = await rereadExamples(laid, note, job);
  const join = (labels: readonly string[], to: string): void => {
    labelling = joinedLabels(labelling, labels, to, as.between ? 'several' : 'one');
  };
  for (const { names, as: to } of merge ? examples.survey.alike : []) {
    join(names, to);
    note(`${names.slice(1).map(quote).join(', ')} ${names.length === 2 ? 'is' : 'are'} merged into ${quote(to)}.`);
  }
  const merged = await withLabelling(examples, labelling, job);
  const rare = merged.survey.labels.filter(({ count }) => count < (minTexts ?? 0)).map(({ label }) => label);
  if (rare.length === 0) return merged;
  const [largest] = merged.survey.labels;
  if (rare.length === merged.survey.labels.length)
    throw badSettings(
      `No label has ${counted(minTexts!, 'text')}: the largest, ${quote(largest!.label)}, has ${formatCount(largest!.count)}.`,
      'Nothing was started. Lower --min-texts.',
    );
  join(rare, '');
  note(`Left out ${counted(rare.length, 'label')} with fewer than ${formatCount(minTexts!)} texts.`);
  return withLabelling(merged, labelling, job);
}

/** Examples of a saved run. @throws HomegrownError `bad-file` if they moved or changed */
export async function rereadExamples(laid: ExampleSources, note: (words: string) => void, job: Job): Promise<Examples> {
  const store = memoryStore();
  const texts: TextRecord[] = [];
  for (const [i, { path, columns, trainOnly }] of laid.files.entries()) {
    const sources = (await isFolder(path)) ? await sourcesIn(path, note) : [await rowsOf(path, columns)];
    const labeled = { ...(laid.between && { between: laid.between }) };
    const settings = { addedAt: i, readers, labeledAs: labeled, ...(trainOnly && { trainOnly }) };
    const { encoding, skipBadRows } = laid;
    const reading = { ...(encoding && { encoding }), ...(skipBadRows && { skipBadRows }) };
    const sourcesToRead = sources.map((source) => ({ ...source, reading }));
    const { text, refused, duplicates } = await importDrop(sourcesToRead, store, settings, job);
    if (refused[0] && (sources.length === 1 || !text)) throw withEncodingRemedy(nameColumns(refused[0].error));
    for (const { name, error } of refused) note(`Skipped ${name}. ${error.message}`);
    if (duplicates.length > 0 && sources.length > 1)
      note(`Skipped ${counted(duplicates.length, 'file')}: duplicates of another with the same label.`);
    if (!text) continue;
    for (const words of text.notes) note(`${text.name}: ${words}.`);
    texts.push(text);
  }
  if (texts.length === 0)
    throw badFile(
      'The table or folder contains no text.',
      'Name a table, or a folder with a subfolder of texts per label.',
    );
  const noExamples: Examples = { store, texts, documents: [], laid, survey: EMPTY_SURVEY };
  return withLabelling(noExamples, { renamed: laid.renamed, changed: [] }, job);
}
const EMPTY_SURVEY: LabelSurvey = {
  ...{
    texts: 0,
    none: 0,
    unlabeled: 0,
    labels: [],
    alike: [],
    leaks: [],
    empty: 0,
    long: 0,
    longest: 0,
    areSwapped: false,
  },
  nearEqual: { texts: 0, contrary: 0 },
};

async function withLabelling(
  { store, texts: previousTexts, laid }: Examples,
  labelling: LabelChanges,
  job: Job,
): Promise<Examples> {
  const texts = await Promise.all(previousTexts.map(({ id }) => changeLabelling(store, id, () => labelling)));
  const documents = (await Promise.all(texts.map((text) => documentsOf(store, text)))).flat();
  const survey = await surveyLabels(documents, { labelKind: laid.between ? 'several' : 'one' }, job);
  return { store, texts, documents, survey, laid: { ...laid, renamed: labelling.renamed } };
}

/** Error for evaluation texts without a label. */
export const unlabeledError = ({ unlabeled }: LabelSurvey): HomegrownError =>
  badSettings(openWords(unlabeled), FLAGS['unlabeled']);

/** Throws for problems that prevent training or need an answer; notes the others. */
export function checkExamples(
  { survey, laid }: Pick<Examples, 'survey' | 'laid'>,
  minTexts: number | undefined,
  note: (words: string) => void,
): void {
  const isNoneOpen = laid.between !== undefined && !Object.hasOwn(laid.renamed, '');
  const problems = labelProblems(survey, { ...(minTexts !== undefined && { fewest: minTexts }), isNoneOpen });
  const [worst] = problems.filter(({ kind }) => kind !== 'note');
  if (worst) throw badSettings(worst.words, `${FLAGS[worst.what] ?? worst.remedy} Nothing was started.`);
  const { texts, labels, none } = survey;
  const labelCounts = labels
    .slice(0, MAX_LISTED)
    .map(({ label, count }) => `${label} ${formatCount(count)} (${formatShare(count / texts)})`);
  note(
    `${counted(texts, 'text')} with ${counted(labels.length, 'label')}: ${labelCounts.join(', ')}${labels.length > MAX_LISTED ? ' and others' : ''}${none > 0 ? `; no label ${formatCount(none)} (${formatShare(none / texts)})` : ''}.`,
  );
  for (const { what, words, remedy } of problems) {
    const advice = what === 'alike' ? '--merge joins them.' : remedy;
    note(advice === undefined ? words : `${words} ${advice}`);
  }
}
const MAX_LISTED = 20;
/** Remedies that are flags. */
const FLAGS: Readonly<Partial<Record<string, string>>> = {
  single: '--min-texts 2 drops such labels, --min-texts 1 keeps them; --merge joins similar names.',
  swapped: 'Name the columns: --table FILE.csv:text=COLUMN,label=COLUMN.',
  unlabeled: '--unlabeled none trains them as examples of no label; --unlabeled left-out drops them.',
  many: 'Name another label column, or drop rare labels with --min-texts.',
};
const quote = (name: string): string => JSON.stringify(name);

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isDirectory() ?? false;

async function rowsOf(path: string, columns: ExampleSources['files'][number]['columns']): Promise<TextSource> {
  return (await openTable(path, columns ?? 'recognised')).source;
}

/** Names are paths below the folder; they contain the labels. */
async function sourcesIn(folder: string, note: (words: string) => void): Promise<readonly TextSource[]> {
  const { files, ...skipped } = await openSources([folder], note);
  leftOutLines(skipped).forEach(note);
  // A file directly in the folder has no label.
  return files.map(({ name, source }) => ({
    ...source,
    name: name.includes('/') ? `${basename(folder)}/${name}` : name,
  }));
}

const nameColumns = (error: HomegrownError): HomegrownError =>
  error.code === 'bad-shape'
    ? badFile(error.message, 'Name the columns: --table FILE.csv:text=COLUMN,label=COLUMN. Nothing was started.')
    : error;

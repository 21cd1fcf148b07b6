/** npm run score: scores outputs against references line by line, or measures how much they repeat. */
import { readFile } from 'node:fs/promises';
import type { BadRow } from '../src/core/base/badRow';
import { badSettings, HomegrownError } from '../src/core/base/errors';
import { counted, formatCount, formatReading } from '../src/core/base/units';
import { atOnce } from '../src/core/base/job';
import { BadRows } from '../src/core/documents/badRows';
import { invalidUtf8 } from '../src/core/base/utf8';
import { noInterval } from '../src/core/metrics/intervals/interval';
import { LABEL_METRIC_IDS, type LabelMetricId, labelMetrics } from '../src/core/metrics/labels';
import { confusionOf } from '../src/core/metrics/labels/confusion';
import { labelsAmong, differentLabels } from '../src/core/metrics/labels/labels';
import { estimates } from '../src/core/metrics/text/estimate';
import type { Estimate } from '../src/core/metrics/metric';
import { TEXT_METRIC_IDS, type TextMetricId, textMetrics, VARIANTS } from '../src/core/metrics/text';
import { checkLengths, type Pair, type TextMetric } from '../src/core/metrics/text/textMetric';
import { valueWords } from '../src/core/metrics/words';
import { WRITTEN_METRIC_IDS, type WrittenMetricId, WRITTEN_METRICS } from '../src/core/metrics/written';
import { wordsIn } from '../src/core/metrics/written/writtenMetric';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { printConfusion } from './confusion';
import { UsageError, type Values } from './options';
import { command, print, stderr } from './terminal';

type ComparableId = TextMetricId | LabelMetricId;
type Id = ComparableId | WrittenMetricId;
const COMPARABLE_IDS: readonly ComparableId[] = [...TEXT_METRIC_IDS, ...LABEL_METRIC_IDS];
const IDS: readonly Id[] = [...COMPARABLE_IDS, ...WRITTEN_METRIC_IDS];
/** A table instead of a number: the confusion matrix. */
const CONFUSION = 'confusion';

const OPTIONS = {
  hypotheses: { kind: 'text', path: 'reads', help: 'Outputs, one per line' },
  references: {
    kind: 'text',
    path: 'reads',
    otherwise: 'none, for metrics without references',
    help: 'References, one line per output',
  },
  metrics: {
    kind: 'text',
    path: 'none',
    otherwise: 'all that apply',
    help: `Metrics, separated by commas: ${[...IDS, CONFUSION].join(', ')}`,
  },
  tokenize: {
    kind: 'choice',
    of: VARIANTS.tokenize,
    initial: '13a',
    help: 'Tokenizer of BLEU; intl splits by Unicode class',
  },
  stem: { kind: 'switch', help: 'Stem English words for ROUGE' },
  'skip-bad-rows': {
    ...SKIP_BAD_ROWS,
    help: 'Skip and list lines that are not UTF-8, in both files; otherwise a file with one is refused',
  },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 0, help: 'Seed of the bootstrap intervals' },
  json: { kind: 'switch', help: 'Print one JSON object' },
} as const;

async function score(values: Values<typeof OPTIONS>): Promise<void> {
  const { seed, json } = values;
  const requested = values.metrics?.split(',').map(metricId);
  const { outputs, pairs } = await readPairs(values);
  const ids = applicableMetrics(requested, pairs).filter((id) => id !== CONFUSION);
  const comparable = ids.filter(isComparable);
  const isConfusionAsked = requested?.includes(CONFUSION) ?? false;
  const needsLabels = LABEL_METRIC_IDS.some((id) => comparable.includes(id)) || isConfusionAsked;
  if (!pairs && (comparable.length > 0 || isConfusionAsked))
    throw new UsageError(
      `${[...comparable, ...(isConfusionAsked ? [CONFUSION] : [])].join(', ')}: these metrics need references. Add --references.`,
    );
  const labels = needsLabels ? labelsOf(pairs!) : [];
  const metrics = {
    ...textMetrics({ tokenize: values.tokenize, stemming: values.stem }),
    ...labelMetrics(labels),
    ...WRITTEN_METRICS,
  };
  const estimatesById = new Map<Id, Estimate>();
  if (comparable.length > 0) {
    const comparableMetrics = comparable.map((id) => metrics[id]);
    for (const [i, estimate] of atOnce(estimates(comparableMetrics, pairs!, seed)).entries())
      estimatesById.set(comparable[i]!, estimate);
  }
  const words = outputs.map(wordsIn);
  for (const id of ids) if (!isComparable(id)) estimatesById.set(id, metrics[id].of(words, seed));
  const results = ids.map((id) => ({ id, metric: metrics[id], ...estimatesById.get(id)! }));
  const scores = results.filter(({ value }) => !Number.isNaN(value));
  const warn = (entries: typeof results, why: string): void => {
    if (entries.length > 0) stderr.write(`${entries.map(({ metric }) => metric.label).join(', ')}: ${why}\n`);
  };
  warn(
    results.filter((result) => !scores.includes(result)),
    'The lines have too few words.',
  );
  warn(
    scores.filter(({ low }) => low === undefined),
    noInterval(outputs.length, 'line'),
  );
  const confusion = needsLabels ? confusionOf(pairs!) : undefined;
  if (json) {
    const jsonEntries = scores.map(({ id, metric: { signature }, value, low, high }) => [
      id,
      { value, low, high, signature },
    ]);
    print(JSON.stringify({ ...Object.fromEntries(jsonEntries), ...(isConfusionAsked && { confusion }) }));
    return;
  }
  const width = Math.max(...scores.map(({ metric: { label } }) => label.length));
  for (const { metric, ...estimate } of scores)
    print(`${metric.label.padEnd(width)}  ${valueWords({ unit: '' }, estimate, formatReading)}  ${metric.signature}`);
  if (confusion) printConfusion(confusion);
}

/** The named metrics, or those that apply and suit the length of the texts. */
function applicableMetrics(
  requested: readonly (Id | typeof CONFUSION)[] | undefined,
  pairs: readonly Pair[] | undefined,
): readonly (Id | typeof CONFUSION)[] {
  if (requested || !pairs) return requested ?? defaultMetrics(pairs);
  const metrics: Readonly<Record<string, TextMetric>> = textMetrics();
  return defaultMetrics(pairs).filter((id) => {
    try {
      checkLengths(Object.hasOwn(metrics, id) ? [metrics[id]!] : [], pairs);
      return true;
    } catch (error) {
      if (!(error instanceof HomegrownError)) throw error;
      stderr.write(`${error.message} The line was skipped.\n`);
      return false;
    }
  });
}

/** Default metrics: repetition without references, and metrics of labels if the references are labels. */
function defaultMetrics(pairs: readonly Pair[] | undefined): readonly Id[] {
  if (!pairs) return WRITTEN_METRIC_IDS;
  return labelsAmong(pairs.map(({ wanted }) => wanted)) ? COMPARABLE_IDS : TEXT_METRIC_IDS;
}

/**
 * Reads the lines of the hypotheses and, if named, of the references. With --skip-bad-rows, a line that is unreadable in one
 * file is skipped in both.
 * @throws HomegrownError `bad-settings` if there is none, or not as many in both; `bad-rows`
 */
async function readPairs({
  hypotheses,
  references,
  'skip-bad-rows': skips,
}: Values<typeof OPTIONS>): Promise<{ outputs: readonly string[]; pairs?: readonly Pair[] }> {
  const read = async (path: string): Promise<readonly Line[]> => {
    const lines = await linesOf(path);
    reportBadLines(path, lines, skips);
    return lines;
  };
  const outputs = await read(hypotheses);
  if (outputs.length === 0) throw badSettings(`${hypotheses} is empty.`, 'Add at least one line.');
  const referenceLines = references === undefined ? undefined : await read(references);
  if (referenceLines && outputs.length !== referenceLines.length)
    throw badSettings(
      `${hypotheses} has ${counted(outputs.length, 'line')}, but ${references!} has ${formatCount(referenceLines.length)}.`,
      'Each output needs its reference on the same line.',
    );
  const goodIndices = [...outputs.keys()].filter(
    (index) => !isBad(outputs[index]!) && !isBad(referenceLines?.[index] ?? ''),
  );
  const goodLines = (lines: readonly Line[]): readonly string[] => goodIndices.map((index) => lines[index] as string);
  if (!referenceLines) return { outputs: goodLines(outputs) };
  const referenceTexts = goodLines(referenceLines);
  return {
    outputs: goodLines(outputs),
    pairs: goodLines(outputs).map((output, i) => ({ output, wanted: referenceTexts[i]! })),
  };
}

function reportBadLines(name: string, lines: readonly Line[], isSkipping: boolean): void {
  const bad = new BadRows();
  const malformed = lines.filter(isBad);
  for (const line of malformed) bad.add(line);
  const note = (words: string): unknown => stderr.write(`${name}: ${words}.\n`);
  bad.settle({ name, note, reading: skipping(isSkipping) }, lines.length - malformed.length);
}

/** @throws HomegrownError `bad-settings` if there are too many labels for a table */
function labelsOf(pairs: readonly Pair[]): readonly string[] {
  const labels = differentLabels(pairs.flatMap(({ output, wanted }) => [output, wanted]));
  if (labels.length <= MAX_TEMPLATE_LABELS) return labels;
  throw badSettings(
    `There are ${formatCount(labels.length)} different lines; at most ${MAX_TEMPLATE_LABELS} labels are supported.`,
    'Score texts with exactMatch or chrf.',
  );
}
const MAX_TEMPLATE_LABELS = 200;

const isComparable = (id: Id): id is ComparableId => (COMPARABLE_IDS as readonly Id[]).includes(id);

function metricId(name: string): Id | typeof CONFUSION {
  const id = [...IDS, CONFUSION].find((candidate) => candidate === name);
  if (id) return id as Id | typeof CONFUSION;
  throw new UsageError(`Unknown metric '${name}'. Metrics: ${[...IDS, CONFUSION].join(', ')}.`);
}

type Line = string | BadRow;
const isBad = (line: Line): line is BadRow => typeof line !== 'string';

/** Lines of a file, with a last line that has no line break. */
async function linesOf(path: string): Promise<readonly Line[]> {
  const bytes = await readFile(path);
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (!invalidUtf8(bytes)) return lines;
  let lineStart = 0;
  return lines.map((line, i): Line => {
    const end = bytes.indexOf(LINE_BREAK, lineStart);
    const badByte = invalidUtf8(bytes.subarray(lineStart, end < 0 ? bytes.length : end));
    lineStart = end + 1;
    return badByte
      ? { place: `line ${formatCount(i + 1)}`, problem: `isn't UTF-8: byte ${formatCount(badByte.at)}` }
      : line;
  });
}
const LINE_BREAK = 0x0a;

const examples = [
  '--hypotheses out.txt --references wanted.txt --metrics bleu,ter,rougeL --json',
  '--hypotheses given.txt --references labels.txt --metrics accuracy,macroF1,confusion --json',
  '--hypotheses out.txt --metrics distinct2,loops',
];
const about = 'Scores outputs by BLEU, TER, ROUGE, accuracy or repetition, with 95 % intervals.';
export const scoreCommand = command({ name: 'score', about, options: OPTIONS, examples, run: score });

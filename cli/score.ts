/** npm run score: what outputs are worth beside what was wanted, line by line, or how much they repeat. */
import { readFile } from 'node:fs/promises';
import { badFile, badSettings } from '../src/core/base/errors';
import { counted, formatCount, formatReading } from '../src/core/base/units';
import { atOnce } from '../src/core/base/job';
import { invalidUtf8 } from '../src/core/base/utf8';
import { noInterval } from '../src/core/metrics/intervals/interval';
import { estimates } from '../src/core/metrics/text/estimate';
import type { Estimate } from '../src/core/metrics/metric';
import { TEXT_METRIC_IDS, type TextMetricId, textMetrics, VARIANTS } from '../src/core/metrics/text';
import type { TextMetric } from '../src/core/metrics/text/textMetric';
import { valueWords } from '../src/core/metrics/words';
import { WRITTEN_METRIC_IDS, type WrittenMetricId, WRITTEN_METRICS } from '../src/core/metrics/written';
import { wordsIn } from '../src/core/metrics/written/writtenMetric';
import { UsageError, type Values } from './options';
import { command, main, print, stderr } from './terminal';

type Id = TextMetricId | WrittenMetricId;
const IDS: readonly Id[] = [...TEXT_METRIC_IDS, ...WRITTEN_METRIC_IDS];

const OPTIONS = {
  hypotheses: { kind: 'text', help: 'Outputs, one a line' },
  references: {
    kind: 'text',
    otherwise: 'none, where metrics need none',
    help: 'What was wanted, a line for each',
  },
  metrics: {
    kind: 'text',
    otherwise: 'all that need references, or without these all others',
    help: `Their names, with commas between: ${IDS.join(', ')}`,
  },
  tokenize: {
    kind: 'choice',
    of: VARIANTS.tokenize,
    initial: '13a',
    help: 'How BLEU cuts words; intl by classes of Unicode',
  },
  stem: { kind: 'switch', help: 'ROUGE takes the endings of English words off' },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 0, help: 'Of the drawings that intervals are made by' },
  json: { kind: 'switch', help: 'One object, or the error' },
} as const;

async function score(values: Values<typeof OPTIONS>): Promise<void> {
  const { hypotheses, references, seed, json } = values;
  const ids =
    values.metrics?.split(',').map(known) ?? (references === undefined ? WRITTEN_METRIC_IDS : TEXT_METRIC_IDS);
  const outputs = await linesOf(hypotheses);
  if (outputs.length === 0) throw badSettings(`${hypotheses} is empty.`, 'Give at least one line.');
  const metrics = { ...textMetrics({ tokenize: values.tokenize, stemming: values.stem }), ...WRITTEN_METRICS };
  const found = new Map<Id, Estimate>(await besideReferences(ids.filter(isBeside), metrics, outputs, values));
  const words = outputs.map(wordsIn);
  for (const id of ids) if (!isBeside(id)) found.set(id, metrics[id].of(words, seed));
  const all = ids.map((id) => ({ id, metric: metrics[id], ...found.get(id)! }));
  const scores = all.filter(({ value }) => !Number.isNaN(value));
  const told = (some: typeof all, why: string): void => {
    if (some.length > 0) stderr.write(`${some.map(({ metric }) => metric.label).join(', ')}: ${why}\n`);
  };
  told(
    all.filter((each) => !scores.includes(each)),
    'The lines have too few words for it.',
  );
  told(
    scores.filter(({ low }) => low === undefined),
    noInterval(outputs.length, 'line'),
  );
  if (json) {
    const each = scores.map(({ id, metric: { signature }, value, low, high }) => [id, { value, low, high, signature }]);
    print(JSON.stringify(Object.fromEntries(each)));
    return;
  }
  const width = Math.max(...scores.map(({ metric: { label } }) => label.length));
  for (const { metric, ...estimate } of scores)
    print(`${metric.label.padEnd(width)}  ${valueWords({ unit: '' }, estimate, formatReading)}  ${metric.signature}`);
}

/** @throws UsageError; HomegrownError `bad-settings` where lines are not as many */
async function besideReferences(
  ids: readonly TextMetricId[],
  metrics: Readonly<Record<TextMetricId, TextMetric>>,
  outputs: readonly string[],
  { hypotheses, references, seed }: Values<typeof OPTIONS>,
): Promise<readonly (readonly [TextMetricId, Estimate])[]> {
  if (ids.length === 0) return [];
  if (references === undefined)
    throw new UsageError(`${ids.join(', ')}: of outputs beside what was wanted. Give --references.`);
  const wanted = await linesOf(references);
  if (outputs.length !== wanted.length) {
    throw badSettings(
      `${hypotheses} has ${counted(outputs.length, 'line')} and ${references} ${formatCount(wanted.length)}.`,
      'Each output needs the line that was wanted, in the same place.',
    );
  }
  const pairs = outputs.map((output, i) => ({ output, wanted: wanted[i]! }));
  const own = ids.map((id) => metrics[id]);
  return atOnce(estimates(own, pairs, seed)).map((estimate, i) => [ids[i]!, estimate] as const);
}

const isBeside = (id: Id): id is TextMetricId => Object.hasOwn(textMetrics(), id);

function known(name: string): Id {
  const id = IDS.find((each) => each === name);
  if (id) return id;
  throw new UsageError(`There is no metric '${name}' of texts. Metrics: ${IDS.join(', ')}.`);
}

/** Lines of a file; what follows the last line break is one where there is something. */
async function linesOf(path: string): Promise<readonly string[]> {
  const bytes = await readFile(path);
  const wrong = invalidUtf8(bytes);
  if (wrong) throw badFile(`${path} is not UTF-8: byte ${formatCount(wrong.at)} begins none of its characters.`);
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const examples = [
  '--hypotheses out.txt --references wanted.txt --metrics bleu,ter,rougeL --json',
  '--hypotheses out.txt --metrics distinct2,loops',
];
const about =
  'Scores outputs by BLEU, TER, ROUGE and their like, or by how much they repeat, each with the interval that it lies in with 95 % confidence.';
await main(command({ name: 'score', about, options: OPTIONS, examples, run: score }));

/** npm run score: what outputs are worth beside what was wanted, two files line by line. */
import { readFile } from 'node:fs/promises';
import { badFile, badSettings } from '../src/core/base/errors';
import { counted, formatCount, formatReading } from '../src/core/base/units';
import { invalidUtf8 } from '../src/core/base/utf8';
import { estimated } from '../src/core/metrics/text/estimate';
import { type TextMetricId, textMetrics, VARIANTS } from '../src/core/metrics/text';
import { valueWords } from '../src/core/metrics/words';
import { UsageError, type Values } from './options';
import { command, main, print } from './terminal';

const IDS = Object.keys(textMetrics()) as TextMetricId[];

const OPTIONS = {
  hypotheses: { kind: 'text', help: 'Outputs, one a line' },
  references: { kind: 'text', help: 'What was wanted, a line for each' },
  metrics: { kind: 'text', initial: IDS.join(','), help: 'Their names, with commas between' },
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
  const { hypotheses, references, seed, json, tokenize, stem } = values;
  const ids = values.metrics.split(',').map(known);
  const [outputs, wanted] = [await linesOf(hypotheses), await linesOf(references)];
  if (outputs.length !== wanted.length) {
    throw badSettings(
      `${hypotheses} has ${counted(outputs.length, 'line')} and ${references} ${formatCount(wanted.length)}.`,
      'Each output needs the line that was wanted, in the same place.',
    );
  }
  if (outputs.length === 0) throw badSettings(`${hypotheses} is empty.`, 'Give at least one line.');
  const all = textMetrics({ tokenize, stemming: stem });
  const scores = ids.map((id) => {
    const metric = all[id];
    const rows = outputs.map((output, i) => metric.statistics(output, wanted[i]!));
    return { id, metric, ...estimated(metric, rows, seed) };
  });
  if (json) {
    const told = scores.map(({ id, metric: { signature }, value, low, high }) => [id, { value, low, high, signature }]);
    print(JSON.stringify(Object.fromEntries(told)));
    return;
  }
  const width = Math.max(...scores.map(({ metric: { label } }) => label.length));
  for (const { metric, value, low, high } of scores) {
    const told = valueWords({ unit: '' }, { value, low, high }, formatReading);
    print(`${metric.label.padEnd(width)}  ${told}  ${metric.signature}`);
  }
}

function known(name: string): TextMetricId {
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

const examples = ['--hypotheses out.txt --references wanted.txt --metrics bleu,ter,rougeL --json'];
const about =
  'Scores outputs by BLEU, TER, ROUGE and their like, each with the interval that it lies in with 95 % confidence.';
await main(command({ name: 'score', about, options: OPTIONS, examples, run: score }));

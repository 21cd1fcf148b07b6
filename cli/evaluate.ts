/** npm run evaluate: evaluates a model on text, with intervals and baselines. */
import { HomegrownError } from '../src/core/base/errors';
import { counted, formatReading } from '../src/core/base/units';
import { tableCalled } from '../src/core/documents';
import { type LeakNotice, leakNotice, leakWordsIn } from '../src/core/documents/labels/leakWords';
import type { Evaluation } from '../src/core/evaluate/evaluation';
import { FIGURE_IDS, figureFacts, type FigureId, isFigure } from '../src/core/evaluate/figures';
import { identitySwaps } from '../src/core/evaluate/identitySwaps';
import { minimalPairs, type SentencePair } from '../src/core/evaluate/minimalPairs';
import { writingWords } from '../src/core/evaluate/writing';
import { TOKEN_KINDS, type TokenKind } from '../src/core/evaluate/tokenKinds';
import { judged } from '../src/core/evaluate/words';
import { WRITTEN_METRIC_IDS } from '../src/core/metrics/written';
import { valueWords } from '../src/core/metrics/words';
import { ordinal } from '../src/core/runs/testSetAccesses';
import { printAnswers, printConfusion, printEachLabel } from './confusion';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { typedPairs, typedTexts } from './columns';
import type { AskedPairs } from '../node/texts/tables';
import { ENCODING, encodingOf } from './encoding';
import { evaluationJson } from './evaluated';
import type { Kept } from '../node/folders/keepEvaluation';
import { evaluateModel } from '../node/runs/evaluateModel';
import { type EvaluationData, readNamedFiles, readHeldOutSet, type Train } from '../node/texts/evaluationData';
import { MIX, mixedPath, typedAverage } from './mix';
import { UsageError, type Values, withoutColumns } from './options';
import { MERGED_ADAPTER_FLAG } from './mergedAdapterFlag';
import { readWeights } from '../node/folders/readModel';
import type { SavedRun } from '../node/folders/savedRun';
import { BUNDLED, ownSentences, printPreferences, printTask, sentencePairsOf, taskOf } from './sentences';
import { usedStep } from './stepWords';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the model' },
  adapter: MERGED_ADAPTER_FLAG,
  mix: { kind: 'text', path: 'reads', pathIn: mixedPath, otherwise: 'nothing', help: MIX },
  text: {
    kind: 'texts',
    path: 'reads',
    otherwise: "the run's validation set, if its texts haven't moved",
    help: 'Files or folders to evaluate on',
  },
  pairs: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'Instead of --text, tables with an input and a target per row: FILE.csv, or FILE.csv:input=COLUMN,target=COLUMN',
  },
  table: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'For a classifier, instead of --text: tables of labeled texts, FILE.csv or FILE.csv:text=COLUMN,label=COLUMN (text=SUBJECT+BODY joins columns), or a folder with a subfolder per label. Separate several labels in a cell by |',
  },
  unlabeled: {
    kind: 'choice',
    of: ['none', 'left-out'],
    otherwise: 'an error if a text has no label',
    help: 'With --table and several labels per text: texts without a label have none of them, or are not labeled yet and left out',
  },
  encoding: { ...ENCODING, help: `With --table: ${ENCODING.help}` },
  'skip-bad-rows': SKIP_BAD_ROWS,
  'at-least': {
    kind: 'real',
    min: 0,
    max: 1,
    otherwise: "the model's own, or 0",
    help: 'Confidence threshold of a classifier; with several labels per text, every label above it, and at 0 every label above 0.5',
  },
  part: {
    kind: 'choice',
    of: ['validation', 'test'],
    initial: 'validation',
    help: 'Held-out set of the run to evaluate on, without --text and --pairs',
  },
  train: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: "the run's own, without --text",
    help: 'Training text, for n-gram baselines; with --pairs and --table, training tables, for label and word baselines',
  },
  metrics: {
    kind: 'text',
    path: 'none',
    otherwise: 'all that apply except stridedPerplexity',
    help: `Metrics, separated by commas: ${FIGURE_IDS.join(', ')}`,
  },
  'minimal-pairs': {
    kind: 'text',
    path: 'reads',
    pathIn: ownSentences,
    otherwise: 'not measured',
    help: `Minimal pairs, the first sentence right: ${BUNDLED}, or a table with columns first, second, kind`,
  },
  swaps: {
    kind: 'text',
    path: 'reads',
    pathIn: ownSentences,
    otherwise: 'not measured',
    help: `Pairs that differ in a name, pronoun or origin: ${BUNDLED}, or a table with the same columns`,
  },
  task: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'Tables of prompts with answers or choices: FILE.csv, or FILE.csv:prompt=COLUMN,answer=COLUMN,choices=COLUMN',
  },
  stride: {
    kind: 'whole',
    min: 1,
    max: 1e6,
    otherwise: 'half a context',
    help: 'Window stride of stridedPerplexity, in tokens',
  },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 0, help: 'Seed of the bootstrap intervals' },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Device; auto uses a GPU if there is one, else wasm',
  },
  json: { kind: 'switch', help: 'Print one JSON object' },
} as const;

/** Reads the held-out part of the run; skips it if it is missing and lists are evaluated. */
async function heldOutSetOrModel(
  values: Values<typeof OPTIONS>,
  isNeeded: boolean,
  signal: AbortSignal,
): Promise<EvaluationData> {
  if (values.adapter !== undefined && isNeeded)
    throw new UsageError('A model with --adapter has no held-out set of its own. Add --text or --pairs.');
  if (values.adapter !== undefined) return readWeights(values.from, signal, values.adapter);
  try {
    return await readHeldOutSet(values.from, values.part, signal);
  } catch (error) {
    if (isNeeded || !(error instanceof HomegrownError)) throw error;
    stderr.write(`Text metrics skipped. ${error.message}\n`);
    return readWeights(values.from, signal);
  }
}

async function run(values: Values<typeof OPTIONS>, typed: ReadonlySet<string>): Promise<void> {
  if ([values.text, values.pairs, values.table].filter(Boolean).length > 1)
    throw new UsageError('Add --text, --pairs or --table.');
  if (values.encoding !== undefined && !values.table) throw new UsageError('--encoding needs --table.');
  const customLists = [values['minimal-pairs'], values.swaps].filter((list) => list !== undefined && list !== BUNDLED);
  const hasFiles = [values.text, values.pairs, values.table, values.task].some((paths) => paths !== undefined);
  if (values['skip-bad-rows'] && !hasFiles && customLists.length === 0)
    throw new UsageError('--skip-bad-rows needs --text, --pairs, --table or a list.');
  if (values.unlabeled && !values.table) throw new UsageError('--unlabeled needs --table.');
  const metrics = values.metrics?.split(',').map(metricId);
  const average = typedAverage(values.mix);
  const signal = interruptible();
  const reading = skipping(values['skip-bad-rows']);
  const readPairs = async (path: string | undefined, bundled: () => readonly SentencePair[]) =>
    path === undefined ? undefined : sentencePairsOf(path, bundled, signal, reading);
  const lists = {
    minimalPairs: await readPairs(values['minimal-pairs'], minimalPairs),
    swaps: await readPairs(values.swaps, identitySwaps),
    tasks: values.task && (await Promise.all(values.task.map((task) => taskOf(task, signal, reading)))),
  };
  const hasLists = Object.values(lists).some((list) => list !== undefined);
  const data =
    values.text || values.pairs || values.table
      ? await readNamedFiles(namedFiles(values), signal)
      : await heldOutSetOrModel(values, !hasLists || typed.has('part') || typed.has('metrics'), signal);
  const stepUsed = usedStep(data.info, [values.adapter, values.mix]);
  if (stepUsed.words !== undefined && !values.json) stderr.write(`${stepUsed.words}\n`);
  await openDevice(values.device);
  const { evaluation, kept, past } = await evaluateModel(
    data,
    {
      metrics,
      ...{ stride: values.stride, seed: values.seed, part: values.part, atLeast: values['at-least'], ...lists },
      average,
    },
    signal,
  );
  for (const words of [...leftOutWords(evaluation), ...savedWords(kept, past)]) stderr.write(`${words}\n`);
  if (values.json)
    print(
      JSON.stringify({
        ...evaluationJson(evaluation),
        ...stepUsed.json,
        ...(kept.look !== undefined && { look: kept.look }),
      }),
    );
  else
    printEvaluation(evaluation, values.text || values.pairs || values.table ? 'text' : values.part, await leakOf(data));
}

/** The files that the flags name. */
function namedFiles(values: Values<typeof OPTIONS>): Parameters<typeof readNamedFiles>[0] {
  const { from, adapter, text, unlabeled } = values;
  const pairs = values.pairs?.map(typedPairs);
  const tables = values.table?.map((each) => typedTexts(each, true));
  return {
    ...{ from, adapter, text, pairs, tables, unlabeled, encoding: encodingOf(values.encoding) },
    ...skipping(values['skip-bad-rows']),
    train: trainingFiles(values, pairs?.[0]?.columns),
  };
}

/** Training text for baselines. @param columns of pairs, for a table that names none */
function trainingFiles({ train, pairs, table }: Values<typeof OPTIONS>, columns: AskedPairs['columns'] = null): Train {
  if (table) return { ...(train && { tables: train.map((each) => typedTexts(each, true)) }) };
  if (!pairs) return { ...(train && { text: train }) };
  const isTable = (typed: string): boolean => tableCalled(withoutColumns(typed) ?? typed) !== undefined;
  const typedTables = (train ?? []).filter(isTable).map(typedPairs);
  return {
    ...(train && { text: train.filter((each) => !isTable(each)) }),
    pairs: typedTables.map((each) => ({ ...each, columns: each.columns ?? columns })),
  };
}

function metricId(name: string): FigureId {
  if (isFigure(name)) return name;
  throw new UsageError(`Unknown metric '${name}'. Metrics: ${FIGURE_IDS.join(', ')}.`);
}

/** One line per reason: `Left out: unigram, bigram. …` */
function leftOutWords({ leftOut }: Evaluation): string[] {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const names = leftOut.filter((item) => item.reason === reason).map(({ name }) => name);
    return `Left out: ${names.join(', ')}. ${reason}`;
  });
}

function savedWords({ look, problem }: Kept, past?: SavedRun): string[] {
  if (problem !== undefined) return [problem];
  if (!past) return [];
  return [
    ...(look === undefined
      ? []
      : [`This is the ${ordinal(look)} evaluation on the test set. Each choice based on it weakens the test.`]),
    `Saved in ${past.folder}: the model card and exports include this evaluation.`,
  ];
}

/** Warns that one word may explain the accuracy, by all available texts. */
async function leakOf({ model, labeled = [], trainingTexts = [] }: EvaluationData): Promise<LeakNotice | undefined> {
  const { classes } = model.config;
  return classes && leakNotice(await leakWordsIn([...labeled, ...trainingTexts], classes.several === true));
}

function printEvaluation(evaluation: Evaluation, part: string, leak: LeakNotice | undefined): void {
  const { minimalPairs: right, swaps, tasks = [] } = evaluation;
  if (evaluation.tokens > 0) printFigures(evaluation, part, leak);
  for (const task of tasks) printTask(task);
  if (right) printPreferences('Minimal pairs', 'the right sentence has the higher probability', right);
  if (!swaps) return;
  printPreferences('Swaps', 'the first has the higher probability', swaps);
  print('50 % means no preference. This short list measures associations of the training text, not behavior in use.');
}

function printFigures(evaluation: Evaluation, part: string, leak: LeakNotice | undefined): void {
  const { metrics, baselines, confusion, labelled, tokens, where } = evaluation;
  print(`On ${counted(tokens, 'token')}, with 95 % confidence intervals:`);
  const label = (id: string): string => (isFigure(id) ? figureFacts(id).label : id);
  const width = Math.max(
    ...[...Object.keys(metrics).map(label), ...Object.keys(baselines)].map(({ length }) => length),
  );
  for (const [id, figure] of Object.entries(metrics))
    print(`${label(id).padEnd(width)}  ${valueWords(figure, figure, formatReading)}`);
  const { judgement, evidence } = judged({ part, evaluation });
  print(`${judgement}. ${evidence}`);
  if (leak) print(`${leak.title}. ${leak.text}`);
  print('Baselines:');
  for (const [name, figures] of Object.entries(baselines)) {
    const values = Object.entries(figures).map(([id, value]) => `${label(id).toLowerCase()} ${formatReading(value)}`);
    print(`${name.padEnd(width)}  ${values.join(', ')}`);
  }
  if (confusion) printConfusion(confusion);
  else if (labelled) printEachLabel(labelled);
  if (labelled) printAnswers(labelled);
  if (WRITTEN_METRIC_IDS.some((id) => metrics[id])) print(writingWords());
  if (!where) return;
  print('Loss by kind of token, in nats:');
  const kinds = where.kind.map(({ kind, loss, tokens: count }) => ({ label: kindWords(kind), loss, count }));
  const labelWidth = Math.max(...kinds.map(({ label }) => label.length));
  for (const { label, loss, count } of kinds)
    print(`${label.padEnd(labelWidth)}  ${formatReading(loss)} of ${counted(count, 'token')}`);
}
const kindWords = (kind: string): string => (Object.hasOwn(TOKEN_KINDS, kind) ? TOKEN_KINDS[kind as TokenKind] : kind);

const examples = [
  '--from my-model --text held-out.txt --train moby-dick.txt --json',
  '--from my-t5 --pairs held-out.csv:input=english,target=german',
  '--from my-gpt --pairs held-out.csv:input=review,target=sentiment --train train.csv --metrics accuracy,macroF1',
  '--from my-model --task capitals.csv:prompt=question,answer=city',
];
const about = 'Evaluates a model on text, pairs, labels or tasks, with 95 % intervals and baselines.';
export const evaluateCommand = command({ name: 'evaluate', about, options: OPTIONS, examples, run });

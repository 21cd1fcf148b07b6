/** npm run evaluate: how likely a text is to a model, with intervals, beside what needs no model. */
import { badSettings, HomegrownError } from '../src/core/base/errors';
import { unwatched } from '../src/core/base/job';
import { counted, formatReading } from '../src/core/base/units';
import { type LeakNotice, leakNotice, leakWordsIn } from '../src/core/documents/labels/leakWords';
import { evaluate } from '../src/core/evaluate/evaluate';
import type { Evaluation } from '../src/core/evaluate/evaluation';
import { FIGURE_IDS, figureFacts, type FigureId, isFigure } from '../src/core/evaluate/figures';
import type { ToEvaluate } from '../src/core/evaluate/readings/reading';
import { decisionInUse } from '../src/core/export/temperature';
import { identitySwaps } from '../src/core/evaluate/identitySwaps';
import { minimalPairs, type SentencePair } from '../src/core/evaluate/minimalPairs';
import { writingWords } from '../src/core/evaluate/writing';
import { TOKEN_KINDS, type TokenKind } from '../src/core/evaluate/tokenKinds';
import { judged } from '../src/core/evaluate/words';
import { WRITTEN_METRIC_IDS } from '../src/core/metrics/written';
import { valueWords } from '../src/core/metrics/words';
import { network } from '../src/core/models/network';
import { learntFrom } from '../src/core/objectives';
import { ordinal } from '../src/core/runs/looks';
import { recipeOf } from '../src/core/runs/segments';
import { PLAIN_DECISION, temperatureAt } from '../src/core/runs/settings';
import { printAnswers, printConfusion, printEachLabel } from './confusion';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { ENCODING } from './encoding';
import { toldOf } from './evaluated';
import { type Kept, keepMeasured } from './measured';
import { type Given, givenFiles, ownText } from './measuredOn';
import { MIX, mixedPath, mixedWeights } from './mix';
import { UsageError, type Values, withoutColumns } from './options';
import { ADAPTER_IN } from './adapter';
import { readWeights } from './read';
import type { Past } from './resume';
import { BUNDLED, ownSentences, printPreferences, printTask, sentencePairsOf, taskOf } from './sentences';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder of the model, a zip of it, or a GGUF file' },
  adapter: { kind: 'text', path: 'reads', otherwise: 'none', help: ADAPTER_IN },
  mix: { kind: 'text', path: 'reads', pathIn: mixedPath, otherwise: 'nothing', help: MIX },
  text: {
    kind: 'texts',
    path: 'reads',
    otherwise: 'its own held-out part, where its texts lie as they lay',
    help: 'Files or folders that it is measured on',
  },
  pairs: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'In place of --text, tables of which each row is an input and its target: FILE.csv, or FILE.csv:input=COLUMN,target=COLUMN',
  },
  table: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'Of a classifier, in place of --text, tables of texts with labels: FILE.csv, or FILE.csv:text=COLUMN,label=COLUMN (text=SUBJECT+BODY for several); or a folder of texts for each label. Several labels stand in a cell with | between them',
  },
  unlabelled: {
    kind: 'choice',
    of: ['none', 'left-out'],
    otherwise: 'asked about',
    help: 'With --table, of a classifier that gives several labels: what texts without one are, examples of none, or not labelled yet and so left out',
  },
  encoding: { ...ENCODING, help: `With --table: ${ENCODING.help}` },
  'skip-bad-rows': SKIP_BAD_ROWS,
  'at-least': {
    kind: 'real',
    min: 0,
    max: 1,
    otherwise: 'as the model says, or else 0',
    help: 'Of a classifier: how sure it must be of a label to give it; of several labels each that is so likely is given, and with 0 each that is likelier than not',
  },
  part: {
    kind: 'choice',
    of: ['validation', 'test'],
    initial: 'validation',
    help: 'Which of its own parts, without --text and --pairs',
  },
  train: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'its own, without --text',
    help: 'What it learnt from, for baselines that count tokens; with --pairs and --table tables, for those that count labels and words',
  },
  metrics: {
    kind: 'text',
    path: 'none',
    otherwise: 'all that apply but stridedPerplexity',
    help: `Their names, with commas between: ${FIGURE_IDS.join(', ')}`,
  },
  'minimal-pairs': {
    kind: 'text',
    path: 'reads',
    pathIn: ownSentences,
    otherwise: 'not measured',
    help: `Which of two sentences is likelier, of which the first is right: ${BUNDLED}, or a table with columns first, second, kind`,
  },
  swaps: {
    kind: 'text',
    path: 'reads',
    pathIn: ownSentences,
    otherwise: 'not measured',
    help: `The same of sentences that differ in a name, pronoun or origin: ${BUNDLED}, or such a table`,
  },
  task: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'Tables of prompts with answers, or with choices: FILE.csv, or FILE.csv:prompt=COLUMN,answer=COLUMN,choices=COLUMN',
  },
  stride: {
    kind: 'whole',
    min: 1,
    max: 1e6,
    otherwise: 'half a context',
    help: 'Tokens that windows of stridedPerplexity move on by',
  },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 0, help: 'Of the drawings that intervals are made by' },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Where it runs; auto is a GPU where there is one, else wasm',
  },
  json: { kind: 'switch', help: 'One object, or the error' },
} as const;

/** Its own part, unless that is not at hand and there is something else to ask. */
async function ownTextOrNone(values: Values<typeof OPTIONS>, isNeeded: boolean, signal: AbortSignal): Promise<Given> {
  if (values.adapter !== undefined && isNeeded)
    throw new UsageError('With --adapter it is no run that has held out a part. Give --text or --pairs.');
  if (values.adapter !== undefined) return readWeights(values.from, signal, values.adapter);
  try {
    return await ownText(values.from, values.part, signal);
  } catch (error) {
    if (isNeeded || !(error instanceof HomegrownError)) throw error;
    stderr.write(`Measured on no text. ${error.message}\n`);
    return readWeights(values.from, signal);
  }
}

async function run(values: Values<typeof OPTIONS>, typed: ReadonlySet<string>): Promise<void> {
  if ([values.text, values.pairs, values.table].filter(Boolean).length > 1)
    throw new UsageError('Give --text, --pairs or --table.');
  if (values.encoding !== undefined && !values.table) throw new UsageError('--encoding is of a table: give --table.');
  const ownLists = [values['minimal-pairs'], values.swaps].filter((list) => list !== undefined && list !== BUNDLED);
  const files = [values.text, values.pairs, values.table, values.task].some((some) => some !== undefined);
  if (values['skip-bad-rows'] && !files && ownLists.length === 0)
    throw new UsageError('--skip-bad-rows is for files: give --text, --pairs, --table or a list.');
  if (values.unlabelled && !values.table) throw new UsageError('--unlabelled is of a table: give --table.');
  const metrics = values.metrics?.split(',').map(known);
  const signal = interruptible();
  const reading = skipping(values['skip-bad-rows']);
  const listed = async (asked: string | undefined, bundled: () => readonly SentencePair[]) =>
    asked === undefined ? undefined : sentencePairsOf(asked, bundled, signal, reading);
  const lists = {
    minimalPairs: await listed(values['minimal-pairs'], minimalPairs),
    swaps: await listed(values.swaps, identitySwaps),
    tasks: values.task && (await Promise.all(values.task.map((task) => taskOf(task, signal, reading)))),
  };
  const hasLists = Object.values(lists).some((list) => list !== undefined);
  const given =
    values.text || values.pairs || values.table
      ? await givenFiles(values, signal)
      : await ownTextOrNone(values, !hasLists || typed.has('part') || typed.has('metrics'), signal);
  const { model, tokenizer, info, documents, pairs, chats, labelled, learntTexts, train, learntPairs, counts, facts } =
    given;
  if (documents?.length === 0) throw badSettings('There is no text to measure on.', 'Give files that have some.');
  const asked = {
    ...{ documents, pairs, chats, labelled, learntTexts, train, learntPairs, counts, facts },
    metrics,
    stride: values.stride,
    ...lists,
    ...(model.config.classes && { decision: decisionOf(given, values['at-least']) }),
    ofPairs: info !== null && learntFrom(recipeOf(info).objective) === 'pairs',
    seed: values.seed,
  };
  const weights = await mixedWeights(values.mix, given, signal);
  await openDevice(values.device);
  const net = await network(model, weights);
  const evaluation = await evaluate(net, tokenizer, asked, { ...unwatched, signal });
  // Of an average nothing is kept with the run: it is another model.
  const past = values.mix === undefined ? given.past : undefined;
  const kept = past ? await keepMeasured(past, values.part, evaluation, lists) : {};
  for (const words of [...leftOutWords(evaluation), ...keptWords(kept, past)]) stderr.write(`${words}\n`);
  if (values.json)
    print(JSON.stringify({ ...toldOf(evaluation), ...(kept.look !== undefined && { look: kept.look }) }));
  else inWords(evaluation, values.text || values.pairs || values.table ? 'text' : values.part, await leakOf(given));
}

/** As `classify` decides. */
function decisionOf({ info, snapshot }: Given, typed: number | undefined): ToEvaluate['decision'] {
  const decision = info?.decision ? decisionInUse(info.decision) : PLAIN_DECISION;
  return { atLeast: typed ?? decision.atLeast, temperature: temperatureAt(decision, snapshot.state.step) };
}

function known(name: string): FigureId {
  if (isFigure(name)) return name;
  throw new UsageError(`There is no metric '${name}'. Metrics: ${FIGURE_IDS.join(', ')}.`);
}

/** `Left out: unigram, bigram. What ... is not given.`, a line a reason. */
function leftOutWords({ leftOut }: Evaluation): string[] {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const names = leftOut.filter((each) => each.reason === reason).map(({ name }) => name);
    return `Left out: ${names.join(', ')}. ${reason}`;
  });
}

function keptWords({ look, problem }: Kept, past?: Past): string[] {
  if (problem !== undefined) return [problem];
  if (!past) return [];
  return [
    ...(look === undefined
      ? []
      : [`This is the ${ordinal(look)} look at the test part: each that decides something makes it less of a test.`]),
    `Kept in ${past.folder}: its card tells of it, and so do exports of it.`,
  ];
}

/** The warning that one word may explain the accuracy, by all texts that are at hand. */
async function leakOf({ model, labelled = [], learntTexts = [] }: Given): Promise<LeakNotice | undefined> {
  const { classes } = model.config;
  return classes && leakNotice(await leakWordsIn([...labelled, ...learntTexts], classes.several === true));
}

function inWords(evaluation: Evaluation, part: string, leak: LeakNotice | undefined): void {
  const { minimalPairs: right, swaps, tasks = [] } = evaluation;
  if (evaluation.tokens > 0) figuresInWords(evaluation, part, leak);
  for (const task of tasks) printTask(task);
  if (right) printPreferences('Minimal pairs', 'the right sentence is the likelier one', right);
  if (!swaps) return;
  printPreferences('Swaps', 'the first is the likelier one', swaps);
  print('Half is no preference. It tells what the text made likely, not what a model does in use; the list is short.');
}

function figuresInWords(evaluation: Evaluation, part: string, leak: LeakNotice | undefined): void {
  const { metrics, baselines, confusion, labelled, tokens, where } = evaluation;
  print(`Of ${counted(tokens, 'token')}, between which values it lies with 95 % confidence:`);
  const label = (id: string): string => (isFigure(id) ? figureFacts(id).label : id);
  const width = Math.max(
    ...[...Object.keys(metrics).map(label), ...Object.keys(baselines)].map(({ length }) => length),
  );
  for (const [id, figure] of Object.entries(metrics))
    print(`${label(id).padEnd(width)}  ${valueWords(figure, figure, formatReading)}`);
  const { judgement, evidence } = judged({ part, evaluation });
  print(`${judgement}. ${evidence}`);
  if (leak) print(`${leak.title}. ${leak.text}`);
  print('Without a model:');
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
  const kinds = where.kind.map(({ kind, loss, tokens: own }) => ({ label: kindWords(kind), loss, own }));
  const wide = Math.max(...kinds.map((each) => each.label.length));
  for (const each of kinds)
    print(`${each.label.padEnd(wide)}  ${formatReading(each.loss)} of ${counted(each.own, 'token')}`);
}
const kindWords = (kind: string): string => (Object.hasOwn(TOKEN_KINDS, kind) ? TOKEN_KINDS[kind as TokenKind] : kind);

const examples = [
  '--from my-model --text held-out.txt --train moby-dick.txt --json',
  '--from my-t5 --pairs held-out.csv:input=english,target=german',
  '--from my-gpt --pairs held-out.csv:input=review,target=sentiment --train learnt.csv --metrics accuracy,macroF1',
  '--from my-model --task capitals.csv:prompt=question,answer=city',
];
const about =
  'Measures how likely a text is to a model, or how good its answers are, with intervals, beside what counting, gzip and copying come to.';
export const evaluateCommand = command({ name: 'evaluate', about, options: OPTIONS, examples, run });

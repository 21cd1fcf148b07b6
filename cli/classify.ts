/** npm run classify: labels texts with a classifier from tune, the app or elsewhere. */
import { labelsAsOne } from '../src/core/base/labels';
import { counted, formatCount, formatShare } from '../src/core/base/units';
import { textFile as streamOf } from '../src/core/files/byteSource';
import type { Classes } from '../src/core/models/spec';
import { checkOutFile, codeOf, writeFile } from '../node/folders/write';
import { labeledCsv, type LabeledText, labelTexts, readLabeling } from '../node/runs/classifyTexts';
import { MERGED_ADAPTER_FLAG } from './mergedAdapterFlag';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { typedTexts } from './columns';
import { ENCODING, encodingOf } from './encoding';
import { UsageError, type Values, withoutColumns } from './options';
import { Progress } from './progress';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';
import { usedStep } from './stepWords';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder or zip of the classifier' },
  adapter: MERGED_ADAPTER_FLAG,
  prompt: { kind: 'text', path: 'none', otherwise: 'none', help: 'Text to classify' },
  text: { kind: 'texts', path: 'reads', otherwise: 'none', help: 'Text files, or folders of them, one text per file' },
  table: {
    kind: 'texts',
    path: 'reads',
    pathIn: withoutColumns,
    otherwise: 'none',
    help: 'Tables with one text per row: FILE.csv, FILE.csv:text=COLUMN, or text=SUBJECT+BODY to join columns',
  },
  encoding: { ...ENCODING, help: `With --table: ${ENCODING.help}` },
  'skip-bad-rows': { ...SKIP_BAD_ROWS, help: `With --table: ${SKIP_BAD_ROWS.help}` },
  'at-least': {
    kind: 'real',
    min: 0,
    max: 1,
    otherwise: "the model's own, or 0",
    help: 'Confidence threshold, 0 to 1: no label below it; with several labels per text, every label above it, and at 0 every label above 0.5',
  },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Device; auto uses a GPU if there is one, else wasm',
  },
  out: {
    kind: 'text',
    path: 'writes',
    otherwise: 'none',
    help: 'CSV file for the results, one text per row; keeps all columns of a table',
  },
  json: {
    kind: 'switch',
    help: 'Print one JSON object per line: each text, its label and all probabilities',
  },
} as const;

async function classify(values: Values<typeof OPTIONS>): Promise<number> {
  const { from, adapter, prompt, text, table, out, json, 'at-least': threshold } = values;
  if ([prompt, text, table].filter((source) => source !== undefined).length !== 1)
    throw new UsageError('classify needs one of --prompt, --text and --table.');
  if (values.encoding !== undefined && !table) throw new UsageError('--encoding needs --table.');
  if (values['skip-bad-rows'] && !table) throw new UsageError('--skip-bad-rows needs --table.');
  const encoding = encodingOf(values.encoding);
  const tables = (table ?? []).map((typed) => typedTexts(typed, false));
  const reading = { ...(encoding && { encoding }), ...skipping(values['skip-bad-rows']) };
  const mark = out === undefined ? undefined : await checkOutFile(out, from);
  const signal = interruptible();
  const labeling = await readLabeling({ from, adapter }, { prompt, text, tables }, reading, signal);
  await openDevice(values.device);
  const progress = new Progress(stderr, !json);
  const { words } = usedStep(labeling.info, [adapter]);
  if (words !== undefined) progress.say(words);
  const labeledTexts = await labelTexts(labeling, threshold, { signal, report: (at) => progress.show(at) });
  progress.end();
  const written =
    out === undefined ? undefined : await writeFile(out, streamOf(out, labeledCsv(labeling, labeledTexts)), mark);
  // A row without text has no label.
  const nonEmpty = labeledTexts.filter(({ tokens }) => tokens > 0 || table === undefined);
  for (const labeledText of nonEmpty) {
    const summary = summaryOf(labeledText, labeling.classes);
    print(
      json ? JSON.stringify(summary) : `${prompt === undefined ? `${labeledText.name}: ` : ''}${summaryWords(summary)}`,
    );
  }
  const truncatedCount = labeledTexts.filter(({ tokens, read }) => read < tokens).length;
  const { context } = labeling.model.config;
  if (truncatedCount > 0)
    stderr.write(
      `Truncated ${counted(truncatedCount, 'text')}: the model's context is ${formatCount(context)} tokens.\n`,
    );
  const empty = labeledTexts.length - nonEmpty.length;
  if (empty > 0) stderr.write(`No label for ${counted(empty, 'row')} without text.\n`);
  return written ? codeOf(out!, written) : 0;
}

function summaryOf({ name, labels, probabilities, tokens, read, windows }: LabeledText, classes: Classes) {
  const rounded = classes.labels.map((label, place) => [label, Number(probabilities[place]!.toFixed(6))] as const);
  return {
    name,
    // With several labels per text: all above the threshold.
    label: classes.several ? labelsAsOne(labels) : (labels[0] ?? null),
    ...(classes.several && { labels }),
    probabilities: Object.fromEntries(rounded),
    ...{ tokens, read, windows },
  };
}

/** `spam (spam 98.5 %, ham 1.5 %)` */
function summaryWords({ label, probabilities }: ReturnType<typeof summaryOf>): string {
  const likely = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  const shown = likely.slice(0, MAX_SHOWN).map(([each, p]) => `${each} ${formatShare(p)}`);
  return `${label === null ? 'not sure' : label === '' ? 'no label' : label} (${shown.join(', ')})`;
}
const MAX_SHOWN = 3;

const examples = [
  '--from my-filter --prompt "You have won a prize"',
  '--from my-filter --table mails.csv:text=subject+body --at-least 0.9 --out labels.csv --json',
];
const about = 'Predicts the label of each text and its probability, with a classifier from tune or elsewhere.';
export const classifyCommand = command({ name: 'classify', about, options: OPTIONS, examples, run: classify });

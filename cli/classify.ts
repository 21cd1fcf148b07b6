/** npm run classify: labels texts with a classifier from tune, the app or elsewhere. */
import { badFile, badSettings } from '../src/core/base/errors';
import { csvOf } from '../src/core/base/csv';
import { labelsAsOne } from '../src/core/base/labels';
import { counted, formatCount, formatShare } from '../src/core/base/units';
import { decisionInUse } from '../src/core/export/temperature';
import { network } from '../src/core/models/network';
import { decisionAt } from '../src/jobs/evaluationDecision';
import { textFile as streamOf } from '../src/core/files/byteSource';
import { type Classified, classifier } from '../src/core/sample/classify';
import { labelledHeader, labelledRow } from '../src/core/sample/labelledTable';
import { labelsOf } from '../src/core/sample/labelsOf';
import { ADAPTER } from './adapterFlag';
import { listAll, type Named, textsOf } from '../node/texts/documents';
import { SKIP_BAD_ROWS, skipping } from './badRows';
import { typedTexts } from './columns';
import { ENCODING, encodingOf } from './encoding';
import { UsageError, type Values, withoutColumns } from './options';
import { Progress } from './progress';
import { readWeights } from '../node/folders/readModel';
import { type NamedRow, rowsIn } from '../node/texts/tables';
import { usedStep } from './told';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';
import { checkOutFile, codeOf, writeFile } from '../node/folders/write';

/** A text, or the text of a row. */
type Asked = Named & Partial<NamedRow>;

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder or zip of the classifier' },
  adapter: ADAPTER,
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
  const { from, adapter, prompt, text, table, out, json, 'at-least': typed } = values;
  if ([prompt, text, table].filter((each) => each !== undefined).length !== 1)
    throw new UsageError('classify needs one of --prompt, --text and --table.');
  if (values.encoding !== undefined && !table) throw new UsageError('--encoding needs --table.');
  if (values['skip-bad-rows'] && !table) throw new UsageError('--skip-bad-rows needs --table.');
  const encoding = encodingOf(values.encoding);
  const tables = (table ?? []).map((each) => typedTexts(each, false));
  const reading = { ...(encoding && { encoding }), ...skipping(values['skip-bad-rows']) };
  const since = out === undefined ? undefined : await checkOutFile(out, from);
  const signal = interruptible();
  const { model, tokenizer, snapshot, info } = await readWeights(from, signal, adapter);
  const { classes } = model.config;
  if (!classes)
    throw badSettings(
      `The model in ${from} is not a classifier: it predicts tokens, not labels.`,
      'Fine-tune it as a classifier with npm run tune -- --kind classify.',
    );
  const texts: readonly Asked[] =
    prompt !== undefined
      ? [{ name: 'prompt', text: prompt }]
      : text
        ? await textsOf(text, signal, {}, listAll)
        : (await Promise.all(tables.map((each) => rowsIn(each, signal, reading)))).flat();
  if (texts.every((each) => each.text.trim() === ''))
    throw badFile('All texts are empty: nothing to classify.', 'Name a text that is not empty.');
  await openDevice(values.device);
  const saved = info?.decision && decisionInUse(info.decision);
  const { temperature, ...decision } = decisionAt(saved, snapshot.state.step);
  const atLeast = typed ?? decision.atLeast;
  const progress = new Progress(stderr, !json);
  const { words } = usedStep(info, [adapter]);
  if (words !== undefined) progress.say(words);
  const all = await classifier(await network(model, snapshot.tensors), tokenizer).classify(
    texts.map((each) => each.text),
    {
      temperature,
      report: (at) => {
        signal.throwIfAborted();
        progress.show(at);
      },
    },
  );
  progress.end();
  const told = all.map((one, i) => toldOf(texts[i]!.name, one));
  const cells = texts.map(({ name, cells }) => cells ?? new Map([['name', name]]));
  const columns = [...new Set(cells.flatMap((row) => [...row.keys()]))];
  const results = (): string =>
    csvOf([
      labelledHeader(columns, classes.labels),
      ...cells.map((row, i) => labelledRow(row, columns, givenTo(all[i]!), classes.labels.length)),
    ]);
  const written = out === undefined ? undefined : await writeFile(out, streamOf(out, results()), since);
  const isRead = ({ tokens }: { tokens: number }): boolean => tokens > 0 || table === undefined;
  for (const each of told.filter(isRead)) print(json ? JSON.stringify(each) : wordsOf(each));
  const cut = told.filter(({ tokens, read }) => read < tokens).length;
  if (cut > 0)
    stderr.write(
      `Truncated ${counted(cut, 'text')}: the model's context is ${formatCount(model.config.context)} tokens.\n`,
    );

  const empty = told.length - told.filter(isRead).length;
  if (empty > 0) stderr.write(`No label for ${counted(empty, 'row')} without text.\n`);
  return written ? codeOf(out!, written) : 0;

  function givenTo({ probabilities, tokens }: Classified) {
    return tokens === 0 ? undefined : { probabilities, labels: labelsOf(classes!, probabilities, atLeast) };
  }
  function toldOf(name: string, { probabilities, tokens, read, windows }: Classified) {
    const found = labelsOf(classes!, probabilities, atLeast);
    const named = classes!.labels.map((label, place) => [label, Number(probabilities[place]!.toFixed(6))] as const);
    return {
      name,
      // With several labels per text: all above the threshold.
      label: classes!.several ? labelsAsOne(found) : (found[0] ?? null),
      ...(classes!.several && { labels: found }),
      probabilities: Object.fromEntries(named),
      ...{ tokens, read, windows },
    };
  }
  function wordsOf({ name, label, probabilities }: ReturnType<typeof toldOf>): string {
    const likely = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
    const said = likely.slice(0, MAX_LISTED).map(([each, p]) => `${each} ${formatShare(p)}`);
    return `${prompt === undefined ? `${name}: ` : ''}${label === null ? 'not sure' : label === '' ? 'no label' : label} (${said.join(', ')})`;
  }
}
const MAX_LISTED = 3;

const examples = [
  '--from my-filter --prompt "You have won a prize"',
  '--from my-filter --table mails.csv:text=subject+body --at-least 0.9 --out labels.csv --json',
];
const about = 'Predicts the label of each text and its probability, with a classifier from tune or elsewhere.';
export const classifyCommand = command({ name: 'classify', about, options: OPTIONS, examples, run: classify });

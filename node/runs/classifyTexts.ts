/** Labels texts with a classifier in a folder. */
import { csvOf } from '../../src/core/base/csv';
import { badFile, badSettings } from '../../src/core/base/errors';
import type { Job } from '../../src/core/base/job';
import type { RunInfo } from '../../src/core/export/homegrownJson';
import type { ImportedModel } from '../../src/core/export/incoming';
import { decisionInUse } from '../../src/core/export/temperature';
import { network } from '../../src/core/models/network';
import type { Classes } from '../../src/core/models/spec';
import { type Classified, classifier } from '../../src/core/sample/classify';
import { labeledHeader, labeledRow } from '../../src/core/sample/labeledTable';
import { labelsOf } from '../../src/core/sample/labelsOf';
import { decisionAt } from '../../src/jobs/evaluationDecision';
import { readWeights } from '../folders/readModel';
import { listAll, type Named, textsOf } from '../texts/documents';
import { type AskedTable, type NamedRow, rowsIn } from '../texts/tables';

/** Exactly one of the three is set. */
interface AskedTexts {
  prompt: string | undefined;
  text: readonly string[] | undefined;
  tables: readonly AskedTable[];
}

/** A text, or the text of a row. */
type TextToLabel = Named & Partial<NamedRow>;

interface Labeling extends Pick<ImportedModel, 'model' | 'tokenizer' | 'snapshot'> {
  classes: Classes;
  info: RunInfo | null;
  texts: readonly TextToLabel[];
}

export interface LabeledText extends Classified {
  name: string;
  /** Labels that the classifier gives it: one, several, or none if it isn't sure. */
  labels: readonly string[];
}

/** Reads the classifier and the texts. @throws HomegrownError `bad-settings`, `bad-file` */
export async function readLabeling(
  { from, adapter }: { from: string; adapter: string | undefined },
  { prompt, text, tables }: AskedTexts,
  reading: Parameters<typeof rowsIn>[2],
  signal: AbortSignal,
): Promise<Labeling> {
  const { model, tokenizer, snapshot, info } = await readWeights(from, signal, adapter);
  const { classes } = model.config;
  if (!classes)
    throw badSettings(
      `The model in ${from} is not a classifier: it predicts tokens, not labels.`,
      'Fine-tune it as a classifier with npm run tune -- --kind classify.',
    );
  const texts: readonly TextToLabel[] =
    prompt !== undefined
      ? [{ name: 'prompt', text: prompt }]
      : text
        ? await textsOf(text, signal, {}, listAll)
        : (await Promise.all(tables.map((table) => rowsIn(table, signal, reading)))).flat();
  if (texts.every((each) => each.text.trim() === ''))
    throw badFile('All texts are empty: nothing to classify.', 'Name a text that is not empty.');
  return { model, tokenizer, snapshot, info, classes, texts };
}

/** Uses the open device. @param threshold of confidence; undefined: the saved one */
export async function labelTexts(
  { model, tokenizer, snapshot, info, classes, texts }: Labeling,
  threshold: number | undefined,
  { signal, report }: Job,
): Promise<readonly LabeledText[]> {
  const savedDecision = info?.decision && decisionInUse(info.decision);
  const { temperature, ...decision } = decisionAt(savedDecision, snapshot.state.step);
  const atLeast = threshold ?? decision.atLeast;
  const reader = classifier(await network(model, snapshot.tensors), tokenizer);
  const results = await reader.classify(
    texts.map(({ text }) => text),
    {
      temperature,
      report: (progress) => {
        signal.throwIfAborted();
        report(progress);
      },
    },
  );
  return results.map((result, i) => ({
    ...result,
    name: texts[i]!.name,
    labels: labelsOf(classes, result.probabilities, atLeast),
  }));
}

/** Rows of a CSV file: all columns of a table, or the name of each text, and its labels. */
export function labeledCsv({ texts, classes }: Labeling, labeled: readonly LabeledText[]): string {
  const cells = texts.map(({ name, cells }) => cells ?? new Map([['name', name]]));
  const columns = [...new Set(cells.flatMap((row) => [...row.keys()]))];
  const labelsFor = ({ tokens, probabilities, labels }: LabeledText) =>
    tokens === 0 ? undefined : { probabilities, labels };
  const rows = cells.map((row, i) => labeledRow(row, columns, labelsFor(labeled[i]!), classes.labels.length));
  return csvOf([labeledHeader(columns, classes.labels), ...rows]);
}

/** Labels of a classifier and how it decides, for a model card. */
import { labelWords, NO_LABELS } from '../base/labels';
import { formatCount, formatNumber, formatShare } from '../base/units';
import { POOLED } from '../models/hubClasses';
import { countOf } from '../objectives/facts';
import { dataOf } from '../runs/segments';
import { type DataFacts, PLAIN_DECISION, temperatureAt } from '../runs/settings';
import type { RunInfo } from './homegrownJson';
import { plain, table } from './markdown';

/** Returns a heading, the labels and the decision rule; empty for a language model. */
export function labelsSection(info: RunInfo): string[] {
  const { model, decision, state, evaluations = [] } = info;
  const { classes } = model.config;
  if (!classes) return [];
  const { labels, several, inWindows, pooling } = classes;
  const { atLeast } = decision ?? PLAIN_DECISION;
  const temperature = temperatureAt(decision ?? PLAIN_DECISION, state.step);
  const data = dataOf(info);
  const counts = evaluations.find(({ confusion }) => confusion)?.confusion?.counts;
  const validationCounts = counts?.map((row) => row.reduce((sum, count) => sum + count, 0)) ?? [];
  const total = validationCounts.reduce((sum, count) => sum + count, 0);
  const shownLabels = labels.slice(0, MAX);
  const labelTable = data?.labels
    ? labelCountTable(
        several ? [...shownLabels, NO_LABELS] : shownLabels,
        data.labels,
        several,
        data.parts.train.documents,
      )
    : table(
        shownLabels.map((label, index) => [
          plain(label),
          ...(total > 0
            ? [formatCount(validationCounts[index] ?? 0), formatShare((validationCounts[index] ?? 0) / total)]
            : []),
        ]),
        ['Label', ...(total > 0 ? ['Validation texts', 'Share'] : [])],
      );
  const truncation =
    labels.length > MAX
      ? ` The table lists the first ${formatCount(MAX)} of ${formatCount(labels.length)} labels.`
      : '';
  const decisionRule = several
    ? `A text gets every label with a probability of ${atLeast > 0 ? `at least ${formatShare(atLeast)}` : 'more than 50 %'}, so it may get several or none.`
    : atLeast > 0
      ? `A text gets its likeliest label, or none (not sure) if its probability is below ${formatShare(atLeast)}.`
      : 'A text gets its likeliest label.';
  const calibration =
    temperature === 1
      ? ''
      : ` For calibration, logits are divided by a temperature of ${formatNumber(temperature)}` +
        `${decision?.inWeights ? ', already applied to the weights of the head' : '; these files don’t apply it'}.`;
  return [
    '## Labels',
    labelTable,
    `${decisionRule}${calibration} It classifies by ${POOLED[pooling]}. If a text is longer than the context, it ${inWindows ? 'reads all of it in windows and averages their scores' : 'reads only the beginning'}.${truncation}`,
  ];
}

/**
 * Table of the number of texts with each label, in each part.
 * @param several whether a text may have any number of labels
 * @param texts in the training set; absent: as many as labels
 */
function labelCountTable(
  labels: readonly string[],
  { train, validation }: NonNullable<DataFacts['labels']>,
  several = false,
  texts?: number,
): string {
  const total = (several && texts) || Object.values(train).reduce((sum, count) => sum + count, 0);
  return table(
    labels.map((label) => {
      const trainingCount = countOf(train, label);
      const validationCount = formatCount(countOf(validation, label));
      return [
        plain(label === NO_LABELS && several ? labelWords([]) : label),
        formatCount(trainingCount),
        formatShare(trainingCount / total),
        validationCount,
      ];
    }),
    ['Label', 'Training texts', 'Share', 'Validation texts'],
  );
}
/** Maximum number of labels in the table; a longer list doesn't fit a card. */
const MAX = 100;

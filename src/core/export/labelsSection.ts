/** What a classifier tells apart, and how it decides, as a card tells it. */
import { labelWords, NO_LABELS } from '../base/labels';
import { formatCount, formatNumber, formatShare } from '../base/units';
import { POOLED } from '../models/hubClasses';
import { countOf } from '../objectives/facts';
import { dataOf } from '../runs/segments';
import { type DataFacts, PLAIN_DECISION, temperatureAt } from '../runs/settings';
import type { RunInfo } from './homegrownJson';
import { plain, table } from './markdown';

/** A heading, the labels, and how scores become one of them; nothing of a model that writes. */
export function labelsSection(info: RunInfo): string[] {
  const { model, decision, state, evaluations = [] } = info;
  const { classes } = model.config;
  if (!classes) return [];
  const { labels, several, inWindows, pooling } = classes;
  const { atLeast } = decision ?? PLAIN_DECISION;
  const temperature = temperatureAt(decision ?? PLAIN_DECISION, state.step);
  const data = dataOf(info);
  const counts = evaluations.find(({ confusion }) => confusion)?.confusion?.counts;
  const held = counts?.map((row) => row.reduce((sum, count) => sum + count, 0)) ?? [];
  const all = held.reduce((sum, count) => sum + count, 0);
  const listed = labels.slice(0, MOST);
  const labelled = data?.labels
    ? tableOf(several ? [...listed, NO_LABELS] : listed, data.labels, several, data.parts.train.documents)
    : table(
        listed.map((label, place) => [
          plain(label),
          ...(all > 0 ? [formatCount(held[place] ?? 0), formatShare((held[place] ?? 0) / all)] : []),
        ]),
        ['Label', ...(all > 0 ? ['Held-out texts', 'Share'] : [])],
      );
  const more =
    labels.length > MOST ? ` The first ${formatCount(MOST)} of ${formatCount(labels.length)} are listed.` : '';
  const decides = several
    ? `A text may have several of them, or none: each that is ${atLeast > 0 ? `at least ${formatShare(atLeast)} likely` : 'likelier than not'}.`
    : atLeast > 0
      ? `A text has its likeliest label, and none where that is less than ${formatShare(atLeast)} likely: then it is not sure.`
      : 'A text has its likeliest label.';
  const warm =
    temperature === 1
      ? ''
      : ` Its scores are divided by a temperature of ${formatNumber(temperature)}, so that it is as sure as it is right` +
        `${decision?.inWeights ? ', which is in the weights of its head already' : '; in these files that is not done yet'}.`;
  return [
    '## Labels',
    labelled,
    `${decides}${warm} It scores ${POOLED[pooling]}. Of a text that is longer than its context it reads ${inWindows ? 'all, in windows, whose scores are averaged' : 'the beginning'}.${more}`,
  ];
}

/**
 * How many texts of each part have each.
 * @param several whether a text may have any number of them
 * @param texts that were learnt; absent: as many as labels
 */
function tableOf(
  labels: readonly string[],
  { train, validation }: NonNullable<DataFacts['labels']>,
  several = false,
  texts?: number,
): string {
  const all = (several && texts) || Object.values(train).reduce((sum, count) => sum + count, 0);
  return table(
    labels.map((label) => {
      const learnt = countOf(train, label);
      const held = formatCount(countOf(validation, label));
      return [
        plain(label === NO_LABELS && several ? labelWords([]) : label),
        formatCount(learnt),
        formatShare(learnt / all),
        held,
      ];
    }),
    ['Label', 'Learnt texts', 'Share', 'Held-out texts'],
  );
}
/** Beyond which a list is no card. */
const MOST = 100;

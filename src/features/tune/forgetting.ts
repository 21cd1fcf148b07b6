/** Gains and forgetting of the last fine-tuning run: by step, and before against after. */
import { formatReading, formatShare } from '../../core/base/units';
import { nameOf } from '../../core/metrics/words';
import { headlineOf, type ObjectiveId } from '../../core/objectives';
import type { RunLog } from '../../state/runLog';

interface Curve {
  x: readonly number[];
  y: readonly number[];
}
interface Forgetting {
  /** Unit of training losses. */
  label: string;
  newText: Curve;
  /** Empty if not measured. */
  oldText: Curve;
}

/** Perplexity on old text at each evaluation that measured it. */
const oldPerplexities = ({
  evaluations,
}: Pick<RunLog, 'evaluations'>): readonly (readonly [step: number, value: number])[] =>
  evaluations.flatMap(({ step, metrics }) =>
    metrics.oldPerplexity ? [[step, metrics.oldPerplexity.value] as const] : [],
  );

/** Curves on new and old text, by step. */
export function forgettingOf(log: Pick<RunLog, 'evaluations'>, objective: ObjectiveId): Forgetting {
  const headline = headlineOf(objective);
  const measured = log.evaluations.filter(({ loss }) => Number.isFinite(loss));
  const old = oldPerplexities(log);
  return {
    label: nameOf(headline),
    newText: { x: measured.map(({ step }) => step), y: measured.map(({ loss }) => headline.scale.of(loss)) },
    oldText: { x: old.map(([step]) => step), y: old.map(([, value]) => value) },
  };
}

export interface Change {
  what: string;
  before: string;
  after: string;
  change: string;
}

/** `+5.9 %`; undefined if there is only one value. */
export function changeOf(what: string, { y }: Curve): Change | undefined {
  const [before, after] = [y[0], y.at(-1)];
  if (before === undefined || after === undefined) return undefined;
  const share = Number((after / before - 1).toPrecision(2));
  return {
    what,
    before: formatReading(before),
    after: y.length > 1 ? formatReading(after) : '–',
    change: y.length > 1 ? `${share > 0 ? '+' : ''}${formatShare(share)}` : '–',
  };
}

/** `Old text from 31.8 to 33.7, 5.9 % worse; chats from 58.3 to 14.2`. */
export function captionOf({ newText, oldText }: Forgetting, newTextName: string): string {
  const rangeWords = ({ y }: Curve): string =>
    y.length > 1 ? `from ${formatReading(y[0]!)} to ${formatReading(y.at(-1)!)}` : `at ${formatReading(y[0] ?? NaN)}`;
  const change = oldText.y.length > 1 ? oldText.y.at(-1)! / oldText.y[0]! - 1 : 0;
  const changeWords =
    Math.abs(change) < 0.0005
      ? ''
      : `, ${formatShare(Number(Math.abs(change).toPrecision(2)))} ${change > 0 ? 'worse' : 'better'}`;
  const parts = [
    ...(oldText.y.length > 0 ? [`Old text ${rangeWords(oldText)}${changeWords}`] : ['Old text not measured']),
    ...(newText.y.length > 0 ? [`${newTextName} ${rangeWords(newText)}`] : []),
  ];
  return parts.join('; ') + (oldText.y.length > 1 ? '. Dashed: old text before' : '');
}

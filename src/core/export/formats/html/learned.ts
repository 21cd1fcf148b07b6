/** Training history of a model for the offline page: its curve, and samples from training. */
import { earlyPlace, scaleAround } from '../../../charts/scale';
import { chartSvg } from '../../../charts/svg';
import { earlyTicks, linearTicks, logTicks } from '../../../charts/ticks';
import { formatCount, formatReading } from '../../../base/units';
import { estimateOf, type MetricId, metricOf } from '../../../metrics';
import { inShort, measuredWords } from '../../../metrics/words';
import { baselinesOf, objectiveOf } from '../../../objectives';
import { drawn } from '../../../objectives/shown';
import { dataOf, recipeOf } from '../../../runs/segments';
import type { Exported } from '../../format';

export interface LearnedSample {
  step: number;
  /** Evaluation result at this step: `perplexity 85.4`. */
  result: string;
  text: string;
}

interface Learned {
  /** An SVG in the page's own colors. */
  curve: string;
  /** Explains the dashed lines of the baselines; empty without any. */
  baselines: string;
  /** Samples by step. Only texts that the model wrote, because answers and filled blanks would show training data. */
  samples: readonly LearnedSample[];
}

/** Maximum number of samples. If there are more, keeps evenly spaced ones with the first and the last. */
export const MAX_SAMPLES = 40;

/** Returns the curve and samples; null if fewer than two steps were evaluated, since a curve needs two points. */
export function learnedOf({ info, events }: Pick<Exported, 'info' | 'events'>): Learned | null {
  const recipe = recipeOf(info);
  const metric: MetricId = info.model.config.classes ? 'accuracy' : objectiveOf(recipe.objective).headline;
  const evaluated = events.flatMap((event) =>
    event.kind === 'evaluated' && event.step <= info.state.step ? [event] : [],
  );
  // A repeated evaluation of a step replaces the earlier one.
  const points = [...new Map(evaluated.map((event) => [event.step, event])).values()].flatMap((event) => {
    const value = estimateOf(metric, event)?.value;
    return value === undefined || !Number.isFinite(value) ? [] : [{ step: event.step, value, sample: event.sample }];
  });
  if (points.length < 2) return null;
  const samples = points.flatMap(({ step, value, sample }) =>
    typeof sample === 'string'
      ? [{ step, result: measuredWords(inShort(metricOf(metric)), { value }, formatReading), text: drawn(sample) }]
      : [],
  );
  const references = baselines(info, metric);
  return {
    curve: curve(metric, points, references),
    baselines: baselineWords(references.map(({ label }) => label)),
    samples: thinned(samples),
  };
}

interface Point {
  step: number;
  value: number;
}

/** Baselines of counting models, in the metric of the curve. */
function baselines(info: Exported['info'], metric: MetricId): readonly { label: string; value: number }[] {
  const { scale } = metricOf(metric);
  const data = dataOf(info);
  if (!scale || !data) return [];
  const [, ...counting] = baselinesOf(recipeOf(info).objective, info.model, data);
  return counting.map(({ label, loss }) => ({ label, value: scale.of(loss) }));
}

/** `Horizontal lines are simple baselines. A bigram model predicts each token from the one before it. …` */
function baselineWords(labels: readonly string[]): string {
  const known = labels.flatMap((label) => EXPLAINED[label] ?? []);
  return known.length === 0 ? '' : ['Horizontal lines are simple baselines.', ...known].join(' ');
}
const EXPLAINED: Readonly<Record<string, string>> = {
  uniform: 'A uniform model gives every token the same probability.',
  unigram: 'A unigram model knows only how common each token is.',
  bigram: 'A bigram model predicts each token from the one before it.',
  trigram: 'A trigram model predicts each token from the two before it.',
};

function curve(metric: MetricId, points: readonly Point[], references: ReturnType<typeof baselines>): string {
  const { label, unit, better, says } = metricOf(metric);
  const isLog = metric === 'perplexity' || metric === 'pseudoPerplexity';
  const last = points.at(-1)!;
  const y = scaleAround(
    [...points, ...references].map(({ value }) => value),
    isLog,
  );
  const meaning = says === undefined ? '' : `, ${says}`;
  return chartSvg({
    title: `${label} on text it never saw`,
    caption: `${label}${meaning}: ${better} is better. At step ${formatCount(last.step)}: ${formatReading(last.value)}.`,
    width: 720,
    height: 320,
    x: { min: 0, max: earlyPlace(last.step) },
    y,
    xTicks: (width) =>
      earlyTicks(last.step, 48 / width).map((step, i) => ({
        value: earlyPlace(step),
        label: i === 0 ? `step ${formatCount(step)}` : formatCount(step),
      })),
    yTicks: (height) => {
      const ticks = isLog ? logTicks(y.min, y.max, height / 36) : linearTicks(y.min, y.max, 5);
      return ticks.map((value) => ({ value, label: formatReading(value) + (unit === '%' ? ' %' : '') }));
    },
    lines: [
      {
        x: points.map(({ step }) => earlyPlace(step)),
        y: points.map(({ value }) => value),
        color: 'var(--accent)',
        width: 1.75,
        hasPoints: true,
      },
    ],
    references: references.map(({ label, value }) => ({ value, label: `${label} ${formatReading(value)}` })),
    ink: 'var(--ink)',
    quiet: 'var(--ink-3)',
    grid: 'var(--line)',
    paper: 'var(--paper)',
  });
}

function thinned<T>(all: readonly T[]): readonly T[] {
  if (all.length <= MAX_SAMPLES) return all;
  return Array.from({ length: MAX_SAMPLES }, (_, i) => all[Math.round((i * (all.length - 1)) / (MAX_SAMPLES - 1))]!);
}

/** Curves of several runs in one chart. */
import { headlineOf, baselinesOf, objectiveOf } from '../../core/objectives';
import { metricOf } from '../../core/metrics';
import { nameOf } from '../../core/metrics/words';
import type { Line, XAxis } from '../../ui/charts';
import { BITS, bitsPerByteOf } from '../../core/runs/bitsPerByte';
import { isSameData, segmentAt } from '../../core/runs/segments';
import { type RunView, tokensAt } from './view';

/** Plotted quantity: bits per byte or the headline metric on held-out text, or training loss. */
export const MEASURES = ['bits', 'headline', 'training'] as const;
export type Measure = (typeof MEASURES)[number];

/** Default measure. Bits per byte compare across tokenizers, but only causal objectives have them. */
export const defaultMeasure = (objective: RunView['objective']): Measure =>
  objectiveOf(objective).gives.includes('bytes') ? 'bits' : 'headline';

/** Names of the measure, as a title and for use in a sentence. */
export function measureWords(measure: Measure, objective: RunView['objective']): { label: string; name: string } {
  if (measure === 'training') return { label: 'Training loss', name: 'training loss' };
  const metric = measure === 'bits' ? metricOf(BITS) : headlineOf(objective);
  return { label: metric.label, name: nameOf(metric) };
}

/** Line of a run, from its parent's value at the fork if it has one; undefined without values in this measure. */
export function runLine(view: RunView, measure: Measure, axis: XAxis, all: readonly RunView[] = []): Line | undefined {
  const ownPoints = pointsOf(view, measure);
  if (ownPoints.length === 0) return undefined;
  const fork = forkPoint(view, measure, all);
  const isJoined = fork !== undefined && ownPoints[0]!.step > fork.step;
  const points = isJoined ? [fork, ...ownPoints] : ownPoints;
  const xOf = (point: Point): number => axisValue(view, point, axis);
  const best = points.find(({ step }) => step === view.best?.step);
  return {
    id: view.id,
    label: view.name,
    run: view.hue,
    form: measure === 'training' ? 'thin' : 'main',
    x: points.map(xOf),
    y: points.map(({ value }) => value),
    starts: view.segments
      .slice(1)
      .map(({ after }) => points.findIndex(({ step }) => step > after))
      .filter((index) => index > Number(isJoined)),
    ...(measure !== 'training' && best && { markAt: xOf(best) }),
  };
}

/**
 * Parent's value at the step of the fork, interpolated between its evaluations. Undefined if the parent is unknown, or
 * if the fork is evaluated on other data, because values on different data can't be joined by a line.
 */
function forkPoint(view: RunView, measure: Measure, all: readonly RunView[]): Point | undefined {
  const { parent, segments } = view;
  const parentRun = parent?.how === 'fork' ? all.find(({ id }) => id === parent.runId) : undefined;
  if (!parent || !parentRun) return undefined;
  const { step } = parent;
  const [parentSegment, childSegment] = [
    parentRun.segments[segmentAt(parentRun.segments, step)]!,
    segments[segmentAt(segments, step + 1)]!,
  ];
  if (!isSameData(parentSegment.data.facts, childSegment.data.facts)) return undefined;
  const points = pointsOf(parentRun, measure);
  const last = points.findLast((point) => point.step <= step);
  const next = points.find((point) => point.step >= step);
  if (!last || !next || last === next) return last && { ...last, step };
  const fraction = (step - last.step) / (next.step - last.step);
  const interpolate = (a: number, b: number): number => a + fraction * (b - a);
  return { step, value: interpolate(last.value, next.value), ms: interpolate(last.ms, next.ms) };
}

/** Quiet, unnamed curves of hidden ancestors, up to the forks of shown runs. */
export const ancestorLines = (
  shown: readonly RunView[],
  all: readonly RunView[],
  measure: Measure,
  axis: XAxis,
): readonly Line[] =>
  shown.flatMap((view): Line[] => {
    const { parent } = view;
    if (parent?.how !== 'fork' || shown.some(({ id }) => id === parent.runId)) return [];
    const parentRun = all.find(({ id }) => id === parent.runId);
    if (!parentRun) return [];
    const earlier = pointsOf(parentRun, measure).filter(({ step }) => step <= parent.step);
    const fork = forkPoint(view, measure, all);
    const points = fork && earlier.at(-1)!.step < fork.step ? [...earlier, fork] : earlier;
    if (points.length === 0) return [];
    return [
      {
        id: `before ${view.id}`,
        label: '',
        run: 1,
        form: 'thin',
        isQuiet: true,
        isSilent: true,
        x: points.map((point) => axisValue(parentRun, point, axis)),
        y: points.map(({ value }) => value),
      },
    ];
  });

interface Point {
  step: number;
  value: number;
  /** Training time in milliseconds. */
  ms: number;
}

function pointsOf(view: RunView, measure: Measure): readonly Point[] {
  const { curve } = view.row;
  if (!curve) return [];
  const { training, evaluations } = curve;
  if (measure === 'training')
    return Array.from(training.step, (step, i) => ({
      step,
      value: (training.low[i]! + training.high[i]!) / 2,
      ms: training.ms[i]!,
    }));
  const { scale } = headlineOf(view.objective);
  const valueOf = (loss: number, step: number) =>
    measure === 'bits' ? bitsPerByteOf(view, loss, step) : scale.of(loss);
  return [...evaluations.step].flatMap((step, i): Point[] => {
    const value = valueOf(evaluations.loss[i]!, step);
    return value === undefined ? [] : [{ step, value, ms: evaluations.ms[i]! }];
  });
}

/** Position of a point on the axis; time is in seconds. */
function axisValue(view: RunView, { step, ms }: Point, axis: XAxis): number {
  switch (axis) {
    case 'step':
      return step;
    case 'tokens':
      return tokensAt(view, step);
    case 'time':
      return ms / 1000;
  }
}

/** Value of a unigram model on a run's text, in the run's measure; undefined for the training loss. */
export function unigramReference(
  view: RunView,
  measure: Measure,
): { value: number; label: string; longLabel?: string } | undefined {
  const { facts } = view.segments.at(-1)!.data;
  if (measure === 'training' || !facts) return undefined;
  const unigram = baselinesOf(view.objective, view.made.model, facts)[1];
  if (!unigram) return undefined;
  const value =
    measure === 'bits'
      ? bitsPerByteOf(view, unigram.loss, view.step)
      : headlineOf(view.objective).scale.of(unigram.loss);
  return value === undefined ? undefined : { value, label: unigram.label };
}

/**
 * Range of the vertical axis. Once a run beats the unigram model, omits higher values before each line's minimum,
 * because the fall from a uniform guess would take all the height. A rise after the minimum is overfitting, so it
 * stays.
 */
export function yRange(
  lines: readonly Line[],
  reference: number | undefined,
): { min: number; max: number } | undefined {
  const values = lines.flatMap(({ y }) => Array.from(y)).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0 || reference === undefined || low >= reference || high <= reference) return undefined;
  const top = Math.max(reference, ...lines.flatMap(({ y }) => fromMinimum(Array.from(y))));
  const margin = 0.06 * (top - low);
  return { min: Math.max(0, low - margin), max: top + margin };
}
const fromMinimum = (y: readonly number[]): readonly number[] => {
  const finite = y.filter(Number.isFinite);
  return finite.slice(finite.indexOf(Math.min(...finite)));
};

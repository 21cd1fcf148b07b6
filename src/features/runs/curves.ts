/** Curves of several runs in one chart. */
import { headlineOf, baselinesOf, objectiveOf } from '../../core/objectives';
import { metricOf } from '../../core/metrics';
import { nameOf } from '../../core/metrics/words';
import type { Line, XAxis } from '../../ui/charts';
import { BITS, bitsOf, type RunView, tokensAt } from './view';

/** What is drawn: on held-out text bits per byte or the headline, or what it loses on the text that it learns from. */
export const MEASURES = ['bits', 'headline', 'training'] as const;
export type Measure = (typeof MEASURES)[number];

/** What is drawn where nobody chose: bits per byte compare across tokenizers, but only what goes on from a text has them. */
export const usualMeasure = (objective: RunView['objective']): Measure =>
  objectiveOf(objective).gives.includes('bytes') ? 'bits' : 'headline';

/** As a title and within a sentence. */
export function measureWords(measure: Measure, objective: RunView['objective']): { label: string; name: string } {
  if (measure === 'training') return { label: 'Training loss', name: 'training loss' };
  const metric = measure === 'bits' ? metricOf(BITS) : headlineOf(objective);
  return { label: metric.label, name: nameOf(metric) };
}

/** A run's line; undefined where nothing of it is known in this measure. */
export function lineOf(view: RunView, measure: Measure, axis: XAxis): Line | undefined {
  const points = pointsOf(view, measure);
  if (points.length === 0) return undefined;
  const place = (point: Point): number => placeOf(view, point, axis);
  const best = points.find(({ step }) => step === view.best?.step);
  return {
    id: view.id,
    label: view.name,
    run: view.hue,
    form: measure === 'training' ? 'thin' : 'main',
    x: points.map(place),
    y: points.map(({ value }) => value),
    starts: view.segments
      .slice(1)
      .map(({ after }) => points.findIndex(({ step }) => step > after))
      .filter((index) => index > 0),
    ...(measure !== 'training' && best && { markAt: place(best) }),
  };
}

/** What forks were before they left runs that are not shown: quiet, and without a name. */
export const forebearLines = (
  shown: readonly RunView[],
  all: readonly RunView[],
  measure: Measure,
  axis: XAxis,
): readonly Line[] =>
  shown.flatMap((view): Line[] => {
    const { parent } = view;
    if (parent?.how !== 'fork' || shown.some(({ id }) => id === parent.runId)) return [];
    const from = all.find(({ id }) => id === parent.runId);
    const points = from ? pointsOf(from, measure).filter(({ step }) => step <= parent.step) : [];
    if (!from || points.length === 0) return [];
    return [
      {
        id: `before ${view.id}`,
        label: '',
        run: 1,
        form: 'thin',
        isQuiet: true,
        isSilent: true,
        x: points.map((point) => placeOf(from, point, axis)),
        y: points.map(({ value }) => value),
      },
    ];
  });

interface Point {
  step: number;
  value: number;
  /** Of training. */
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
  const of = (loss: number, step: number) => (measure === 'bits' ? bitsOf(view, loss, step) : scale.of(loss));
  return [...evaluations.step].flatMap((step, i): Point[] => {
    const value = of(evaluations.loss[i]!, step);
    return value === undefined ? [] : [{ step, value, ms: evaluations.ms[i]! }];
  });
}

/** Time in seconds. */
function placeOf(view: RunView, { step, ms }: Point, axis: XAxis): number {
  switch (axis) {
    case 'step':
      return step;
    case 'tokens':
      return tokensAt(view, step);
    case 'time':
      return ms / 1000;
  }
}

/** What knowing only how common each token is would give of a run's text, in its measure; nothing in what is learnt. */
export function referenceOf(
  view: RunView,
  measure: Measure,
): { value: number; label: string; longLabel?: string } | undefined {
  const { facts } = view.segments.at(-1)!.data;
  if (measure === 'training' || !facts) return undefined;
  const known = baselinesOf(view.objective, view.made.model, facts).slice(1).at(-1);
  if (!known) return undefined;
  const value =
    measure === 'bits' ? bitsOf(view, known.loss, view.step) : headlineOf(view.objective).scale.of(known.loss);
  return value === undefined ? undefined : { value, label: known.label };
}

/**
 * Ends of the vertical axis: what is above knowing only how common tokens are is left out, once a run is below it; the
 * fall from guessing blindly would take all the height.
 */
export function ends(lines: readonly Line[], reference: number | undefined): { min: number; max: number } | undefined {
  const values = lines.flatMap(({ y }) => Array.from(y)).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0 || reference === undefined || low >= reference || high <= reference) return undefined;
  const room = 0.06 * (reference - low);
  return { min: Math.max(0, low - room), max: reference + room };
}

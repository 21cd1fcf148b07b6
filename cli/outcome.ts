/** Evaluations, speed and end of a run, in words and as JSON. */
import { formatCount, formatDuration, formatReading, formatShort } from '../src/core/base/units';
import { upperFirst } from '../src/core/base/firstLetter';
import { estimateOf, type Evaluated, metricOf, type MetricId, METRICS, runMetricsIn } from '../src/core/metrics';
import { measuredWords } from '../src/core/metrics/words';
import { metricIn, metricsOf, type ObjectiveId, objectiveOf } from '../src/core/objectives';
import { endingWord } from '../src/core/train/endingWord';
import { energyOf, wattHoursWords } from '../src/core/train/energy';
import type { DeviceKind, TrainOutcome } from '../src/core/train/run';
import type { Saves } from '../node/folders/saves';

/** Tokens per second over all steps so far; null before the first. */
export class Speed {
  private tokens = 0;
  private seconds = 0;
  constructor(private readonly tokensPerStep: number) {}
  add(tokensPerSecond: number): void {
    this.tokens += this.tokensPerStep;
    this.seconds += this.tokensPerStep / tokensPerSecond;
  }
  get mean(): number | null {
    return this.seconds > 0 ? Math.round(this.tokens / this.seconds) : null;
  }
}

/** Metrics besides the loss, by their ids; null if not measured. */
export function valuesOf(objective: ObjectiveId, evaluated: Evaluated | undefined): Record<string, number | null> {
  const ids = metricIds(objective, evaluated);
  return Object.fromEntries(
    ids.map((id) => [id, finite((evaluated && estimateOf(id, evaluated)?.value) ?? NaN)] as const),
  );
}

/** `validation loss 4.45 nats per token, perplexity 85.4, bits per byte 1.91` */
export function evaluationWords(objective: ObjectiveId, evaluated: Evaluated): string {
  const words = (['loss', ...metricIds(objective, evaluated)] as const).flatMap((id) => {
    const estimate = estimateOf(id, evaluated);
    return estimate ? [measuredWords(metricIn(objective, id), estimate, formatReading)] : [];
  });
  return `validation ${words.join(', ')}`;
}

/** Metrics except the loss. */
const metricIds = (objective: ObjectiveId, evaluated?: Evaluated): readonly MetricId[] => [
  ...metricsOf(objectiveOf(objective)).filter((id) => id !== 'loss'),
  ...(evaluated ? runMetricsIn(evaluated) : []),
];

/** `exact match 0 %, chrF 85.3` */
export const metricWords = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .flatMap(([id, value]) =>
      id in METRICS ? [measuredWords(metricOf(id as MetricId), { value }, formatReading)] : [],
    )
    .join(', ');

export const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

export function outcomeWords(
  { reason, state }: TrainOutcome,
  { mean: tokensPerSecond }: Speed,
  objective: ObjectiveId,
  evaluated: (Evaluated & { step: number }) | undefined,
  saves: Saves,
  place: string,
  device: DeviceKind,
): string {
  const ending = `${endingWord(reason)}${reason === 'early' ? ', because it no longer improved,' : ''}`;
  const words = evaluated && evaluationWords(objective, evaluated);
  const stepNote = evaluated && evaluated.step !== state.step ? ` at step ${formatCount(evaluated.step)}` : '';
  const result = words === undefined ? '' : ` ${upperFirst(words)}${stepNote}.`;
  const energy = wattHoursWords(energyOf(state.activeMs / 1000, device));
  const pace = tokensPerSecond === null ? '' : `, ${formatShort(tokensPerSecond)} tokens/s`;
  const extraFlags = { stopped: '', early: ' --patience 0' };
  const resumeAdvice =
    reason === 'finished' ? '' : ` To continue: npm run grow -- --resume ${place}${extraFlags[reason]}`;
  const saved = `Saved in ${place}${saves.isRedirected ? `: ${redirectReason(saves)}` : ''}.${resumeAdvice}`;
  return `${ending} at step ${formatCount(state.step)} after ${formatDuration(state.activeMs)}, about ${energy}${pace}.${result}\n${saved}`;
}

const redirectReason = ({ out, isAdopted, isOvertaken }: Saves): string =>
  isAdopted || isOvertaken
    ? `another command has written to ${out}, which is unchanged since`
    : `stopped before it improved on step 0. The model in ${out} is unchanged`;

/** Words of a plan on the trigram model and a short context: on Model, while a run prepares, and in the terminal. */
import { formatCount, formatDuration, formatReading } from '../base/units';
import { MIN_PLANNED_CONTEXT, type Plan, type TrigramOutlook } from './plan';

/** Whether the plan's own time should be enough to beat the trigram model. @param planned seconds of the plan */
export const beatsTrigram = ({ seconds }: TrigramOutlook, planned: number): boolean =>
  seconds !== undefined && seconds <= planned;

/** @param planned seconds of the plan */
export function trigramWords(outlook: TrigramOutlook, planned: number): string {
  const { bits, seconds } = outlook;
  const words = `A trigram model gets about ${formatReading(bits)}`;
  if (beatsTrigram(outlook, planned)) return `${words}: this run should beat it.`;
  return seconds === undefined
    ? `${words}; no run of up to ${formatDuration(16_000 * planned)} should beat it.`
    : `${words}: beating it takes about ${formatDuration(1000 * roundedUp(seconds))}.`;
}

/** Rounds up to minutes, or below two minutes to 10 s, because an estimate is no more precise. */
const roundedUp = (seconds: number): number => {
  const unit = seconds > 120 ? 60 : 10;
  return unit * Math.ceil(seconds / unit);
};

/** Explains why a plan's context is shorter than usual; undefined if it isn't. */
export function shortContextWords({ model, heldTokens }: Pick<Plan, 'model' | 'heldTokens'>): string | undefined {
  const { context } = model.config;
  if (context >= MIN_PLANNED_CONTEXT) return undefined;
  return `The context is ${formatCount(context)} tokens, because only ${formatCount(Math.floor(heldTokens))} are held out.`;
}

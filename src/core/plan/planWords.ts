/** What a plan says of a trigram model, on Model and in the terminal. */
import { formatDuration, formatReading } from '../base/units';
import type { TrigramOutlook } from './plan';

/** @param planned seconds of the plan */
export function trigramWords({ bits, seconds }: TrigramOutlook, planned: number): string {
  const words = `A trigram model gets about ${formatReading(bits)}`;
  if (seconds === undefined) return `${words}; no run of up to ${formatDuration(16_000 * planned)} should beat it.`;
  return seconds <= planned
    ? `${words}: this run should beat it.`
    : `${words}: beating it takes about ${formatDuration(1000 * seconds)}.`;
}

import { metricOf, type MetricId } from '../metrics';
import { metricsOf, type ObjectiveId, objectiveOf } from '../objectives';
import { segmentAt, type Segments } from './segments';

export const BITS: MetricId = 'bitsPerByte';

/** Bits per byte for a loss at a step; undefined if the objective has none, or the segment's text is unknown. */
export function bitsPerByteOf(
  { segments, objective }: { segments: Segments; objective: ObjectiveId },
  loss: number,
  step: number,
): number | undefined {
  const part = segments[segmentAt(segments, step)]!.data.facts?.parts.validation;
  if (!part || !metricsOf(objectiveOf(objective)).includes(BITS)) return undefined;
  return metricOf(BITS).ofMean?.(loss, part);
}

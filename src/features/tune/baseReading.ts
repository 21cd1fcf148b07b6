import { formatReading } from '../../core/base/units';
import { headlineWords } from '../../core/objectives';
import { bitsPerByteOf } from '../../core/runs/bitsPerByte';
import { textNames } from '../../core/runs/facts';
import { segmentAt } from '../../core/runs/segments';
import type { RunRow } from '../../protocol/data';

interface BaseReading {
  value: string;
  /** Name of the evaluation text; absent if unknown. */
  on?: string;
}

/**
 * Last evaluation of a base up to a step, with unit and text: bases have different texts, and perplexities of different
 * tokenizers aren't comparable. Undefined before the first evaluation of a trained model.
 */
export function baseReading(
  { curve, record }: Pick<RunRow, 'curve' | 'record'>,
  step: number,
): BaseReading | undefined {
  const { step: steps, loss: losses } = curve?.evaluations ?? { step: [], loss: [] };
  const index = Array.from(steps).findLastIndex((evaluated) => evaluated <= step);
  if (index < 0 || (steps[index] === 0 && step > 0)) return undefined;
  const [evaluatedStep, loss] = [steps[index]!, losses[index]!];
  const bits = bitsPerByteOf(record, loss, evaluatedStep);
  const { facts } = record.segments[segmentAt(record.segments, evaluatedStep)]!.data;
  return {
    value:
      bits === undefined ? headlineWords(record.objective, loss, formatReading) : `${formatReading(bits)} bits/byte`,
    ...(facts && { on: textNames(facts) }),
  };
}

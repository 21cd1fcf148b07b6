/**
 * Decides whether a run recomputes its activations in the backward pass: as the person chose, else if the memory plan
 * takes over half of the device's memory. Only settings before the start can be `auto`; a started run is on or off.
 */
import type { Trainable } from '../adapters/trainable';
import { formatBytes } from '../base/units';
import { modelSpec } from '../models';
import { heldBytes, type MemoryLimits, memoryPlan } from './memory';
import type { Recipe, RecomputeChoice } from './recipe';
import type { ModelChoice } from './run';
import { flopsPerStep } from './work';

export interface Recomputation {
  isOn: boolean;
  /** Whether the person chose; otherwise the plan decides. */
  isChosen: boolean;
  /** Planned bytes of the whole run, with stored and with recomputed activations. */
  storedBytes: number;
  recomputedBytes: number;
  /** Floating-point operations per step with stored and with recomputed activations. */
  storedFlops: number;
  recomputedFlops: number;
  /** Memory of the device; undefined if unknown. */
  memory: ReturnType<typeof heldBytes>;
}

/** Share of device memory that a plan may use; the engine, the page and other programs need the remainder. */
const MAX_MEMORY_SHARE = 0.5;
/** Share of the plan that recomputation must save to be worth a third more compute. */
const MIN_SAVING = 0.1;

/** Compares both settings of recomputation; ignores `recipe.recompute`. */
export function recomputation(
  model: ModelChoice,
  recipe: Recipe,
  choice: RecomputeChoice,
  limits: MemoryLimits,
  trainable?: Trainable,
): Recomputation {
  const bytes = (recompute: boolean): number =>
    memoryPlan(modelSpec(model.id), model.config, model.vocabulary, { ...recipe, recompute }, trainable).total;
  const flops = (recompute: boolean): number => flopsPerStep(model, { ...recipe, recompute }, trainable);
  const comparison = { storedBytes: bytes(false), recomputedBytes: bytes(true), memory: heldBytes(limits) };
  return {
    ...comparison,
    isOn: choice === 'auto' ? judge(comparison) === 'helps' : choice === 'on',
    isChosen: choice !== 'auto',
    storedFlops: flops(false),
    recomputedFlops: flops(true),
  };
}

type Judgement = 'unknown' | 'fits' | 'saves little' | 'not enough' | 'helps';
function judge({
  storedBytes,
  recomputedBytes,
  memory,
}: Pick<Recomputation, 'storedBytes' | 'recomputedBytes' | 'memory'>): Judgement {
  if (!memory) return 'unknown';
  if (storedBytes <= MAX_MEMORY_SHARE * memory.bytes) return 'fits';
  if (storedBytes - recomputedBytes < MIN_SAVING * storedBytes) return 'saves little';
  return memory.isLimit && recomputedBytes > memory.bytes ? 'not enough' : 'helps';
}

/** Sentences on recomputation, its savings and cost. @param howToTurnOff sentence for a person who didn't choose it */
export function recomputationWords(comparison: Recomputation, howToTurnOff: string): string {
  const { isOn, isChosen, storedBytes, recomputedBytes, memory } = comparison;
  const judgement = judge(comparison);
  const memoryWords = memory?.words ?? '';
  const tradeoff = `${formatBytes(recomputedBytes)} instead of ${formatBytes(storedBytes)}, with a third more compute`;
  if (isOn) {
    if (recomputedBytes >= storedBytes)
      return `Activation recomputation is on and saves nothing here: ${formatBytes(recomputedBytes)}.`;
    const advice = !isChosen ? ` ${howToTurnOff}` : judgement === 'fits' ? ' The run fits in memory without it.' : '';
    return `Activation recomputation is on: ${tradeoff}.${advice}`;
  }
  switch (judgement) {
    case 'fits':
      return 'Fits in memory.';
    case 'unknown':
      return `The memory of this device is unknown.${recomputedBytes < storedBytes ? ` With activation recomputation: ${tradeoff}.` : ''}`;
    case 'saves little':
      return `Needs over half of ${memoryWords}. Activation recomputation would save only ${formatBytes(Math.max(0, storedBytes - recomputedBytes))}.`;
    case 'not enough':
      return `Even with activation recomputation, the run needs ${formatBytes(recomputedBytes)}, more than ${memoryWords}.`;
    case 'helps':
      return `Needs over half of ${memoryWords}. With activation recomputation: ${tradeoff}.`;
  }
}

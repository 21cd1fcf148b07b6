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
  /** Planned bytes with stored and with recomputed activations. */
  kept: number;
  again: number;
  /** Floating-point operations per step with stored and with recomputed activations. */
  flopsKept: number;
  flopsAgain: number;
  /** Memory of the device; undefined if unknown. */
  held: ReturnType<typeof heldBytes>;
}

/** Share of device memory that a plan may use; the engine, the page and other programs need the remainder. */
const SHARE = 0.5;
/** Share of the plan that recomputation must save to be worth a third more compute. */
const WORTH = 0.1;

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
  const found = { kept: bytes(false), again: bytes(true), held: heldBytes(limits) };
  return {
    ...found,
    isOn: choice === 'auto' ? judge(found) === 'helps' : choice === 'on',
    isChosen: choice !== 'auto',
    flopsKept: flops(false),
    flopsAgain: flops(true),
  };
}

type Judgement = 'unknown' | 'fits' | 'saves little' | 'not enough' | 'helps';
function judge({ kept, again, held }: Pick<Recomputation, 'kept' | 'again' | 'held'>): Judgement {
  if (!held) return 'unknown';
  if (kept <= SHARE * held.bytes) return 'fits';
  if (kept - again < WORTH * kept) return 'saves little';
  return held.isLimit && again > held.bytes ? 'not enough' : 'helps';
}

/** Sentences on recomputation, its savings and cost. @param otherwise how to turn it off, if it wasn't chosen */
export function recomputationWords(of: Recomputation, otherwise: string): string {
  const { isOn, isChosen, kept, again, held } = of;
  const judgement = judge(of);
  const max = held?.words ?? '';
  const traded = `${formatBytes(again)} instead of ${formatBytes(kept)}, with a third more compute`;
  if (isOn) {
    if (again >= kept) return `Activation recomputation is on and saves nothing here: ${formatBytes(again)}.`;
    const more = !isChosen ? ` ${otherwise}` : judgement === 'fits' ? ' The run fits in memory without it.' : '';
    return `Activation recomputation is on: ${traded}.${more}`;
  }
  switch (judgement) {
    case 'fits':
      return 'Fits in memory.';
    case 'unknown':
      return `The memory of this device is unknown.${again < kept ? ` With activation recomputation: ${traded}.` : ''}`;
    case 'saves little':
      return `Needs over half of ${max}. Activation recomputation would save only ${formatBytes(Math.max(0, kept - again))}.`;
    case 'not enough':
      return `Even with activation recomputation, the run needs ${formatBytes(again)}, more than ${max}.`;
    case 'helps':
      return `Needs over half of ${max}. With activation recomputation: ${traded}.`;
  }
}

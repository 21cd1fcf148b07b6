/**
 * Whether a run computes its activations again in the backward pass: as the person chose, else where the plan would take
 * much of what the device may hold. What a run is given is definite; only settings that have not been started say `auto`.
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
  /** By the person; otherwise by the plan. */
  isChosen: boolean;
  /** Bytes of the plan where activations are kept, and where they are computed again. */
  kept: number;
  again: number;
  /** Floating-point operations per step, likewise. */
  flopsKept: number;
  flopsAgain: number;
  /** What the device may hold; undefined where nothing is known. */
  held: ReturnType<typeof heldBytes>;
}

/** Of what the device may hold: the rest is for what the engine, the page and other programs take. */
const SHARE = 0.5;
/** Of the plan, that recomputing has to save to be worth a third more work. */
const WORTH = 0.1;

/** `recipe.recompute` is of no account. */
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

/** Whether recomputation is on, and what it saves or costs, in sentences. @param otherwise how to turn it off, if it wasn't chosen */
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

/**
 * Whether a run computes its activations again in the backward pass: as the person chose, else where the plan would take
 * much of what the device may hold. What a run is given is definite; only settings that have not been started say `auto`.
 */
import type { Trainable } from '../adapters/trainable';
import { formatBytes, formatShort } from '../base/units';
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

/** What it does and costs, in whole sentences. `otherwise`: how to have it the other way, where it was not chosen. */
export function recomputationWords(of: Recomputation, otherwise: string): string {
  const { isOn, isChosen, kept, again, flopsKept, flopsAgain, held } = of;
  const judgement = judge(of);
  const most = held?.words ?? '';
  const cost = `a third more computation (${formatShort(flopsAgain)} instead of ${formatShort(flopsKept)} operations a step)`;
  const traded = `${formatBytes(again)} instead of ${formatBytes(kept)}, for ${cost}`;
  if (isOn && !isChosen) {
    return `Activations are computed again, because with them the plan would take more than half of ${most}: ${traded}. ${otherwise}`;
  }
  if (isOn) {
    const needless = judgement === 'fits' ? ` Kept, they would fit into half of ${most}.` : '';
    return again < kept
      ? `Activations are computed again, as chosen: ${traded}.${needless}`
      : `Activations are computed again, as chosen, which saves nothing here: the plan is ${formatBytes(again)}, and ${formatBytes(kept)} with them kept.`;
  }
  const how = isChosen ? 'Activations are kept, as chosen' : 'Activations are kept';
  switch (judgement) {
    case 'fits':
      return `${how}: the plan fits into half of ${most}.`;
    case 'unknown':
      return `${how}: what this device may hold is not known.${again < kept ? ` Computed again: ${traded}.` : ''}`;
    case 'saves little':
      return `${how}: computing them again would save ${formatBytes(Math.max(0, kept - again))} of ${formatBytes(kept)}, for ${cost}.`;
    case 'not enough':
      return `${how}: computed again, the plan would still take ${formatBytes(again)}, more than ${most}.`;
    case 'helps':
      return `${how}, and the plan takes more than half of ${most}. Computed again: ${traded}.`;
  }
}

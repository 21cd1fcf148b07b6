/** Text about the intermediate checkpoints of a run. */
import { formatBytes, formatCount } from '../../core/base/units';
import { roomForLight, within } from '../../core/checkpoint/plan';
import { intermediateCheckpoints } from '../../core/runs/intermediateCheckpoints';
import { recipeOf } from '../../core/runs/segments';
import type { SavedStep } from '../../protocol/data';
import type { RunView } from './view';

/** @param budget bytes that its checkpoints may use */
export function lightWords({ row: { record } }: RunView, steps: readonly SavedStep[], budget: number): string {
  const pinned = steps.reduce((sum, step) => sum + (step.pinned ? step.bytes : 0), 0);
  const { words } = intermediateCheckpoints(
    record.model,
    recipeOf(record),
    Math.max(0, budget - pinned),
    record.trainable,
  );
  return words;
}

/** Says what a limit of `budget` bytes deletes immediately; empty if nothing. */
export function givesWay(steps: readonly SavedStep[], budget: number): string {
  const light = steps.filter((step) => step.light && !step.pinned);
  const whole = Math.max(0, ...steps.map(({ holds, bytes }) => (holds === 'weights' ? 0 : bytes)));
  const pinned = steps.reduce((sum, step) => sum + (step.pinned ? step.bytes : 0), 0);
  const gone = light.slice(0, light.length - within(roomForLight({ whole, pinned }, budget), light).length);
  if (gone.length === 0) return '';
  const which = gone.map(({ step }) => formatCount(step));
  const bytes = formatBytes(gone.reduce((sum, step) => sum + step.bytes, 0));
  return gone.length === 1
    ? `This deletes the checkpoint of step ${which[0]} now (${bytes}). `
    : `This deletes ${formatCount(gone.length)} checkpoints from step ${which[0]} to ${which.at(-1)} now (${bytes}). `;
}

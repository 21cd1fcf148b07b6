/** Text about the intermediate checkpoints of a run. */
import { formatBytes, formatCount } from '../../core/base/units';
import { roomForLight, within } from '../../core/checkpoint/plan';
import { intermediateCheckpoints } from '../../core/runs/intermediateCheckpoints';
import { recipeOf } from '../../core/runs/segments';
import type { SavedStep } from '../../protocol/data';
import type { RunView } from './view';

/** Says which intermediate checkpoints a run keeps. @param budget bytes that its checkpoints may use */
export function intermediateWords({ row: { record } }: RunView, steps: readonly SavedStep[], budget: number): string {
  const pinnedBytes = steps.reduce((sum, step) => sum + (step.pinned ? step.bytes : 0), 0);
  const { words } = intermediateCheckpoints(
    record.model,
    recipeOf(record),
    Math.max(0, budget - pinnedBytes),
    record.trainable,
  );
  return words;
}

/** Says what a limit of `budget` bytes deletes immediately; empty if nothing. */
export function deletionWords(steps: readonly SavedStep[], budget: number): string {
  const intermediate = steps.filter((step) => step.light && !step.pinned);
  const fullStepBytes = Math.max(0, ...steps.map(({ holds, bytes }) => (holds === 'weights' ? 0 : bytes)));
  const pinnedBytes = steps.reduce((sum, step) => sum + (step.pinned ? step.bytes : 0), 0);
  const deleted = intermediate.slice(
    0,
    intermediate.length -
      within(roomForLight({ whole: fullStepBytes, pinned: pinnedBytes }, budget), intermediate).length,
  );
  if (deleted.length === 0) return '';
  const stepNumbers = deleted.map(({ step }) => formatCount(step));
  const bytes = formatBytes(deleted.reduce((sum, step) => sum + step.bytes, 0));
  return deleted.length === 1
    ? `This deletes the checkpoint of step ${stepNumbers[0]} now (${bytes}). `
    : `This deletes ${formatCount(deleted.length)} checkpoints from step ${stepNumbers[0]} to ${stepNumbers.at(-1)} now (${bytes}). `;
}

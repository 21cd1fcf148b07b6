/** What of a run is kept on the way, in words. */
import { formatBytes, formatCount } from '../../core/base/units';
import { roomForLight, within } from '../../core/checkpoint/plan';
import { keptOnTheWay } from '../../core/runs/onTheWay';
import { recipeOf } from '../../core/runs/segments';
import type { SavedStep } from '../../protocol/data';
import type { RunView } from './view';

/** @param budget bytes that its kept steps may take */
export function lightWords({ row: { record } }: RunView, steps: readonly SavedStep[], budget: number): string {
  const pinned = steps.reduce((sum, step) => sum + (step.pinned ? step.bytes : 0), 0);
  const { words } = keptOnTheWay(record.model, recipeOf(record), Math.max(0, budget - pinned), record.trainable);
  return `While it trains: ${words}`;
}

/** What goes at once where the kept steps may take no more than `budget` bytes: a sentence, or nothing. */
export function givesWay(steps: readonly SavedStep[], budget: number): string {
  const light = steps.filter((step) => step.light && !step.pinned);
  const whole = Math.max(0, ...steps.map(({ holds, bytes }) => (holds === 'weights' ? 0 : bytes)));
  const pinned = steps.reduce((sum, step) => sum + (step.pinned ? step.bytes : 0), 0);
  const gone = light.slice(0, light.length - within(roomForLight({ whole, pinned }, budget), light).length);
  if (gone.length === 0) return '';
  const which = gone.map(({ step }) => formatCount(step));
  const bytes = formatBytes(gone.reduce((sum, step) => sum + step.bytes, 0));
  return gone.length === 1
    ? `Step ${which[0]}, kept on the way, goes at once: ${bytes} come free. `
    : `${formatCount(gone.length)} steps kept on the way, from ${which[0]} to ${which.at(-1)}, go at once: ${bytes} come free. `;
}

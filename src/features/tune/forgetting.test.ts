import { expect, test } from 'vitest';
import { RunLog } from '../../state/runLog';
import { captionOf, changeOf, forgettingOf } from './forgetting';

/** Evaluations with losses in nats, and perplexity on old text if given. */
function log(...evaluations: readonly (readonly [step: number, loss: number, old?: number])[]): RunLog {
  return new RunLog(
    evaluations.map(([step, loss, old]) => ({
      kind: 'evaluated',
      step,
      loss,
      metrics: old === undefined ? {} : { oldPerplexity: { value: old } },
      activeMs: step,
      sample: '',
    })),
  );
}

test('old and new text by step, before and after, with the same change everywhere', () => {
  const evaluations = log([0, Math.log(58.3), 31.8], [20, Math.log(20), 33], [40, Math.log(14.2), 33.7]);
  const found = forgettingOf(evaluations, 'chats');
  expect(found.oldText).toEqual({ x: [0, 20, 40], y: [31.8, 33, 33.7] });
  expect(found.newText.x).toEqual([0, 20, 40]);
  expect(changeOf('Old text', found.oldText)).toMatchObject({ before: '31.8', after: '33.7', change: '+6 %' });
  expect(changeOf('Chats', found.newText)).toMatchObject({ before: '58.3', after: '14.2', change: '−76 %' });
  expect(captionOf(found, 'chats')).toBe(
    'Old text from 31.8 to 33.7, 6 % worse; chats from 58.3 to 14.2. Dashed: old text before',
  );
});

test('a single measurement has no change, and a missing one is reported', () => {
  const once = forgettingOf(log([0, 1, 4]), 'causal');
  expect(changeOf('Old text', once.oldText)).toMatchObject({ before: '4.00', after: '–', change: '–' });
  expect(captionOf(once, 'new text')).toBe('Old text at 4.00; new text at 2.72');
  const without = log([0, 1], [20, 0.5]);
  expect(forgettingOf(without, 'causal').oldText.x).toEqual([]);
  expect(changeOf('Old text', forgettingOf(without, 'causal').oldText)).toBeUndefined();
  expect(captionOf(forgettingOf(without, 'causal'), 'new text')).toMatch(/^Old text not measured; new text from/);
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { memoryStore } from '../../core/base/blobStore';
import type { TrainEvent } from '../../core/train/run';
import { testStudio } from '../../core/testing/behindChannels';
import { newOpenRun } from '../../state/openRun';
import { StudioContext } from '../../state/react';
import { useRunSettings } from '../../state/runSettings';
import { Samples } from './Samples';

/** What a person sees of a run that told these. */
function seen(...events: TrainEvent[]): string {
  const { studio, close } = testStudio(memoryStore());
  const run = newOpenRun('first');
  for (const event of events) run.log.append(event);
  studio.setState(({ shown }) => ({ opened: { first: run }, shown: { ...shown, train: 'first' } }));
  const Shown = () => <Samples settings={useRunSettings()} />;
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <Shown />
    </StudioContext.Provider>,
  );
  close();
  return html;
}
const first: TrainEvent = { kind: 'evaluated', step: 0, loss: 5, metrics: {}, activeMs: 1, sample: 'שלום' };

test('a sample stands where its script begins', () => {
  expect(seen(first)).toMatch(/<p [^>]*dir="auto"[^>]*>.*שלום/);
});

test('a sample is seen before its step has been measured, once', () => {
  const html = seen(first, { kind: 'shown', step: 10, sample: 'whales' });
  expect(html).toMatch(/<b>10<\/b><small>not measured<\/small>.*whales.*<b>0<\/b>/);
  const measured = seen(first, { kind: 'shown', step: 10, sample: 'whales' }, { ...first, step: 10, sample: 'whales' });
  expect(measured.match(/whales/g)).toHaveLength(1);
  expect(measured).not.toContain('not measured');
});

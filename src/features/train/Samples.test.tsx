import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { memoryStore } from '../../core/base/blobStore';
import type { TrainEvent } from '../../core/train/run';
import { testStudio } from '../../testing/behindChannels';
import { newOpenRun } from '../../state/openRun';
import { StudioContext } from '../../state/react';
import { useRunSettings } from '../../state/runSettings';
import { RunReel } from './RunReel';
import { SampleList } from './Samples';

/** Renders the samples of a run with these events. */
function seen(...events: TrainEvent[]): string {
  const { studio, close } = testStudio(memoryStore());
  const run = newOpenRun('first');
  for (const event of events) run.log.append(event);
  studio.setState(({ shown }) => ({ opened: { first: run }, shown: { ...shown, train: 'first' } }));
  const Shown = () => {
    const settings = useRunSettings();
    return (
      <>
        <RunReel settings={settings} axis="early">
          the curve
        </RunReel>
        <SampleList log={run.log} count={0} recipe={settings.recipe} />
      </>
    );
  };
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <Shown />
    </StudioContext.Provider>,
  );
  close();
  return html;
}
const first: TrainEvent = { kind: 'evaluated', step: 0, loss: 5, metrics: {}, activeMs: 1, sample: 'שלום' };

test('aligns a sample to the start of its script', () => {
  expect(seen(first).match(/<p [^>]*dir="auto"[^>]*>.*?שלום/g)).toHaveLength(2);
});

test('shows the newest sample before its step is evaluated, and lists each sample once', () => {
  const html = seen(first, { kind: 'shown', step: 10, sample: 'whales' });
  expect(html).toMatch(/<b>Step 10<\/b><span>not evaluated<\/span>.*whales.*the curve/);
  expect(html).toMatch(/<b>10<\/b><small>not evaluated<\/small>.*whales.*<b>0<\/b>/);
  expect(html.match(/whales/g)).toHaveLength(2);
  const measured = seen(first, { kind: 'shown', step: 10, sample: 'whales' }, { ...first, step: 10, sample: 'whales' });
  expect(measured.match(/whales/g)).toHaveLength(2);
  expect(measured).not.toContain('not evaluated');
});

test('before the first sample, shows only the curve and says when the sample comes', () => {
  expect(seen()).toContain('The first sample appears before step 1');
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { memoryStore } from '../../core/base/blobStore';
import { testStudio } from '../../core/testing/behindChannels';
import { newOpenRun } from '../../state/openRun';
import { StudioContext } from '../../state/react';
import { useRunSettings } from '../../state/runSettings';
import { Samples } from './Samples';

test('a sample stands where its script begins', () => {
  const { studio, close } = testStudio(memoryStore());
  const run = newOpenRun('first');
  run.log.append({ kind: 'evaluated', step: 0, loss: 5, metrics: {}, activeMs: 1, sample: 'שלום' });
  studio.setState(({ shown }) => ({ opened: { first: run }, shown: { ...shown, train: 'first' } }));
  const Shown = () => <Samples settings={useRunSettings()} />;
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <Shown />
    </StudioContext.Provider>,
  );
  expect(html).toMatch(/<p [^>]*dir="auto"[^>]*>.*שלום/);
  close();
});

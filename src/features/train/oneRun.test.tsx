/** What is said, and offered, of which run, as it is drawn. */
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { Announcements } from '../../app/Announcements';
import { lonelyLocks, type TestStudio } from '../../core/testing/behindChannels';
import { FINISHED, goldenPage, STOPPED } from '../../core/testing/goldenPage';
import { StudioContext } from '../../state/react';
import { recipeOf } from '../../core/runs/segments';
import { RunLog } from '../../state/runLog';
import { readTokenizer } from '../../core/runs/tokenizer';
import type { TrainedKind } from '../../core/tokenizer/tokenizer';
import { otherSettings, useResumeOrNew } from '../../state/otherSettings';
import { useRunChoice } from '../../state/runChoice';
import { ResumeOrNew, RunSelect } from '../../ui';
import { RunActions } from './RunActions';
import { RunVerdict } from './RunVerdict';

let page: TestStudio;
beforeEach(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

/** As it is now. */
const html = (element: ReactElement): string =>
  renderToStaticMarkup(
    <Router ssrPath="/train">
      <StudioContext.Provider value={{ ...page.studio, getInitialState: page.studio.getState }}>
        {element}
      </StudioContext.Provider>
    </Router>,
  );

test('Train says which run it shows where there is one alone, and what can be asked of it at rest', async () => {
  page = await goldenPage(STOPPED);
  const { getState, setState } = page.studio;
  await getState().listRuns();
  setState(({ runs }) => ({ runs: runs!.filter(({ record }) => record.id === STOPPED) }));
  const Choice = () => <RunSelect {...useRunChoice('train')} />;
  expect(html(<Choice />)).toContain('>Run<');
  const shown = html(<RunActions />);
  for (const words of ['Sample now', 'Evaluate now', 'Write with it']) expect(shown).toContain(words);
});

test('a run that takes much longer than it was planned for says so, and what would end in time', async () => {
  page = await goldenPage(STOPPED);
  const { getState, setState } = page.studio;
  const log = new RunLog();
  const told = {
    kind: 'step',
    loss: 5,
    learningRate: 0.1,
    gradientNorm: 1,
    tokensPerSecond: 100,
    memoryBytes: 7,
  } as const;
  for (let step = 1; step <= 50; step++) log.append({ ...told, step, activeMs: 2000 * step });
  const granted = { runId: STOPPED, milliseconds: 180_000, steps: 200 };
  const run = { ...getState().opened[STOPPED]!, log, phase: { kind: 'training', step: 50, of: 200 } as const };
  setState(({ shown }) => ({ opened: { [STOPPED]: run }, shown: { ...shown, train: STOPPED }, granted }));
  const late = html(<RunVerdict />);
  for (const words of ['Slower than planned', 'planned for 3 min', 'Shorten to 90 steps'])
    expect(late).toContain(words);
  setState({ granted: { ...granted, runId: 'another' } });
  expect(html(<RunVerdict />)).not.toContain('Slower than planned');
});

test('where settings differ from those of a run that could go on, both ways stand side by side with what differs', async () => {
  const golden = await goldenPage(STOPPED);
  page = golden;
  const { getState } = page.studio;
  const record = getState().opened[STOPPED]!.record!;
  const Ways = () => {
    const ways = useResumeOrNew(() => undefined);
    return ways ? <ResumeOrNew {...ways} /> : 'as it was';
  };
  const model = await readTokenizer(golden.store, record);
  getState().change({
    model: { id: record.model.id, config: record.model.config, byHand: [] },
    recipe: recipeOf(record),
    tokenizer: { ...getState().project.tokenizer!, model, size: record.model.vocabulary },
    tokenizerChoice: { kind: record.tokenizer.kind as TrainedKind, vocabulary: record.model.vocabulary },
  });
  const texts = getState().texts;
  expect(otherSettings(getState()).filter((words) => words !== 'the text has changed since')).toEqual([]);
  getState().setRecipe({ dropout: 0.3 });
  expect(texts.length).toBeGreaterThan(0);
  expect(otherSettings(getState())).toContain(`dropout 0.3 for ${recipeOf(record).dropout}`);
  const shown = html(<Ways />);
  for (const words of ['Resume from step 120', 'New run with these settings', 'dropout 0.3 for'])
    expect(shown).toContain(words);
  // The other one is not offered a second time, and a run that has come to its end cannot go on.
  expect(html(<RunActions />)).not.toContain('Resume from');
  await getState().show('train', FINISHED);
  expect(html(<Ways />)).toBe('as it was');
});

test('the one voice judges the run that it speaks of, not the one that Train shows', async () => {
  page = await goldenPage(STOPPED);
  const { getState, setState } = page.studio;
  await getState().show('train', FINISHED);
  await getState().show('playground', STOPPED);
  const { log } = getState().opened[STOPPED]!;
  const own = html(<Announcements />);
  // Little learnt, by its own curve.
  log.append({ kind: 'evaluated', step: 121, loss: 50, metrics: {}, activeMs: 1, sample: '' });
  setState(({ opened, project }) => ({
    opened: { ...opened, [STOPPED]: { ...opened[STOPPED]!, phase: { kind: 'training', step: 121, of: 5000 } } },
    training: { runId: STOPPED, projectId: project.id },
  }));
  expect(own).toContain('Finished at step 40');
  expect(html(<Announcements />)).toContain('Training: Finding out which tokens are common');
});

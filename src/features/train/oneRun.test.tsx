/** Messages and actions on the page, and the run that each belongs to. */
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { lonelyLocks, type TestStudio } from '../../testing/behindChannels';
import { goldenPage, STOPPED } from '../../testing/goldenPage';
import { StudioContext } from '../../state/react';
import { recipeOf } from '../../core/runs/segments';
import { RunLog } from '../../state/runLog';
import { readTokenizer } from '../../core/runs/tokenizer';
import type { TrainedKind } from '../../core/tokenizer/tokenizer';
import { useRunSettings } from '../../state/runSettings';
import { otherSettings, useSettingsDiffer } from '../../state/otherSettings';
import { useRunChoice } from '../../state/runChoice';
import { RunSelect, SettingsDiffer } from '../../ui';
import { Readings } from './Readings';
import { RunActions } from './RunActions';
import { RunVerdict } from './RunVerdict';
import { TrainPage } from './TrainPage';

let page: TestStudio;
beforeEach(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

/** Renders an element with the current state. */
const html = (element: ReactElement): string =>
  renderToStaticMarkup(
    <Router ssrPath="/train">
      <StudioContext.Provider value={{ ...page.studio, getInitialState: page.studio.getState }}>
        {element}
      </StudioContext.Provider>
    </Router>,
  );

test('Train shows which run it is about, and offers to sample and evaluate at rest', async () => {
  page = await goldenPage(STOPPED);
  const { getState, setState } = page.studio;
  await getState().listRuns();
  setState(({ runs }) => ({ runs: runs!.filter(({ record }) => record.id === STOPPED) }));
  const Choice = () => <RunSelect {...useRunChoice('train')} />;
  expect(html(<Choice />)).toContain('>Run<');
  const shown = html(<RunActions />);
  for (const words of ['Change settings…', 'More actions']) expect(shown).toContain(words);
});

test('while the training step compiles, the page shows its own figure as an example', async () => {
  page = await goldenPage(STOPPED);
  const { setState } = page.studio;
  const example = /Example.*The first sample and the curves appear here/s;
  expect(html(<TrainPage />)).not.toMatch(example);
  setState(({ opened }) => ({
    opened: { ...opened, [STOPPED]: { ...opened[STOPPED]!, phase: { kind: 'compiling' } } },
  }));
  expect(html(<TrainPage />)).toMatch(example);
});

test('a run that takes much longer than planned says so, and offers a plan that ends in time', async () => {
  page = await goldenPage(STOPPED);
  const { getState, setState } = page.studio;
  const log = new RunLog();
  const stepEvent = {
    kind: 'step',
    loss: 5,
    learningRate: 0.1,
    gradientNorm: 1,
    tokensPerSecond: 100,
    memoryBytes: 7,
  } as const;
  for (let step = 1; step <= 50; step++) log.append({ ...stepEvent, step, activeMs: 2000 * step });
  const granted = { runId: STOPPED, milliseconds: 180_000, steps: 200 };
  const run = { ...getState().opened[STOPPED]!, log, phase: { kind: 'training', step: 50, of: 200 } as const };
  setState(({ shown }) => ({ opened: { [STOPPED]: run }, shown: { ...shown, train: STOPPED }, granted }));
  const late = html(<RunVerdict />);
  for (const words of ['Slower than planned', 'not 3 min', 'Shorten to 90 steps']) expect(late).toContain(words);
  setState({ granted: { ...granted, runId: 'another' } });
  expect(html(<RunVerdict />)).not.toContain('Slower than planned');
});

test('the strip has four numbers: progress, quality, time and speed; the others are under More readings', async () => {
  page = await goldenPage(STOPPED);
  const Shown = () => <Readings settings={useRunSettings()} />;
  const shown = html(<Shown />);
  const labels = [...shown.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, label]) => label!.replaceAll(/<[^>]*>/g, ''));
  expect(labels).toEqual(['Step', 'Perplexity', 'Steps left', 'Speed']);
  // The page has another menu, More actions, so each name says what it opens.
  expect(shown).toMatch(/aria-expanded="false"[^>]*>(<[^>]*>)*More readings/);
  expect(shown).toMatch(/like choosing among [\d,]+ tokens/);
  expect(shown).toMatch(/\d+ % done/);
});

test('settings that differ from the run are listed, and the filled button stays Resume', async () => {
  const golden = await goldenPage(STOPPED);
  page = golden;
  const { getState } = page.studio;
  const record = getState().opened[STOPPED]!.record!;
  const Differing = () => {
    const differing = useSettingsDiffer(() => undefined);
    return differing ? <SettingsDiffer {...differing} /> : 'the same';
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
  expect(otherSettings(getState())).toContain(`dropout ${recipeOf(record).dropout} → 0.3`);
  const shown = html(<Differing />);
  for (const words of [`Settings differ from ${record.name}`, 'Start new run', 'Undo changes', '→ 0.3'])
    expect(shown).toContain(words);
  const verdict = html(<RunVerdict />);
  expect(verdict).toContain('Resume from step 120');
  expect(verdict.match(/class="[^"]*_go_/g)).toHaveLength(1);
});

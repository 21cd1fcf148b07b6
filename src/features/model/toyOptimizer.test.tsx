/** A registered optimizer and schedule appear in the form, with their own fields and usual learning rate. */
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, expect, test } from 'vitest';
import { withoutMarks } from '../../testing/withoutMarks';
import type { OptimizerId } from '../../core/optim';
import type { ScheduleId } from '../../core/optim/schedule';
import { inertServices } from '../../testing/inertServices';
import { root, signum } from '../../testing/toyOptimizer';
import type { StudioStore } from '../../state/slices/studio';

const SIGNUM = 'signum' as OptimizerId;

// Before anything reads the lists.
beforeAll(async () => {
  Object.assign((await import('../../core/optim')).OPTIMIZERS, { signum });
  Object.assign((await import('../../core/optim/schedule')).SCHEDULES, { root });
});

/** Opens a studio whose workers get no calls. */
async function open(): Promise<StudioStore> {
  const { createStudio } = await import('../../state/studio');
  return createStudio(inertServices());
}

/** Renders the form with the current state: server rendering would use the store's initial state. */
async function form(studio: StudioStore, row: 'main' | 'seldom'): Promise<string> {
  const { RecipeRows } = await import('./RecipeRow');
  const { StudioContext } = await import('../../state/react');
  const findings = { stop: () => undefined, isCautioned: () => false };
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <RecipeRows row={row} facts={{ tokensPerStep: 1536, epochs: 7 }} findings={findings} />
    </StudioContext.Provider>,
  );
  return withoutMarks(html);
}

const labels = (html: string): string[] =>
  [...html.matchAll(/class="_label_[^>]*>([^<]*)</g)].map(([, label]) => label!);
/** Value of a number field. */
const valueIn = (html: string, label: string): string | undefined =>
  new RegExp(`>${label}</label>.*?<input[^>]*value="([^"]*)"`).exec(html)?.[1];

test('shows the fields of the chosen optimizer, in their order', async () => {
  const studio = await open();
  const before = ['Steps', 'Batch', 'Tokens per step', 'Optimizer'];
  const after = ['Learning rate', 'Schedule', 'Warm-up', 'Weight decay', 'Gradient clipping', 'Evaluate every'];
  const evaluated = ['Evaluation tokens', 'Patience', 'Min delta'];
  const seldom = [
    'Packing',
    'Window stride',
    'Evaluate early',
    'Seed',
    'Save every',
    ...evaluated,
    'Final rate',
    'Micro-batches per update',
    'Weight averaging (EMA)',
    'Attention dropout',
  ];
  const html = await form(studio, 'main');
  expect(labels(html)).toEqual([...before, ...after]);
  expect(html).toMatch(/7 epochs.*>rows<.*<option value="signum">Signum<.*<option value="root">Root</);
  expect(labels(await form(studio, 'seldom'))).toEqual([...seldom, 'Beta 1', 'Beta 2']);

  studio.getState().setRecipe({ optimizer: 'sgd' });
  expect(labels(await form(studio, 'main'))).toEqual([...before, 'Momentum', ...after]);
  expect(labels(await form(studio, 'seldom'))).toEqual(seldom);

  studio.getState().setRecipe({ optimizer: SIGNUM, schedule: 'root' as ScheduleId });
  expect(labels(await form(studio, 'main'))).toEqual([...before, ...after]);
  expect(await form(studio, 'main')).toMatch(/>Signum<\/span>.*>Root<\/span>/);
  expect(labels(await form(studio, 'seldom'))).toEqual([...seldom, 'Inertia']);
  expect(await form(studio, 'seldom')).toContain('memory of the sign');
  expect(valueIn(await form(studio, 'seldom'), 'Inertia')).toBe('0.75');
});

test('converts a batch in tokens to rows', async () => {
  const studio = await open();
  const { context } = studio.getState().project.model.config;
  studio.getState().setRecipe({ batch: 8, accumulate: 2 });
  const html = await form(studio, 'main');
  expect(valueIn(html, 'Batch')).toBe('8');
  expect(valueIn(html, 'Tokens per step')?.replace(',', '')).toBe(String(16 * context));
  expect(html).toContain(`16 rows of ${context}, in 2 micro-batches`);
});

test('another optimizer sets its usual learning rate, unless the rate was set by hand', async () => {
  const studio = await open();
  const { setRecipe } = studio.getState();
  const rate = async (): Promise<string | undefined> => valueIn(await form(studio, 'main'), 'Learning rate');
  expect(await rate()).toBe('0.001');
  setRecipe({ optimizer: SIGNUM });
  expect(await rate()).toBe('0.0002');
  setRecipe({ optimizer: 'sgd' });
  expect(await rate()).toBe('0.1');
  setRecipe({ learningRate: 0.02 });
  setRecipe({ optimizer: SIGNUM });
  expect(await rate()).toBe('0.02');
  // A value set to the usual one counts as usual, and changes with the optimizer.
  setRecipe({ learningRate: 0.0002 });
  setRecipe({ optimizer: 'sgd', steps: 100 });
  expect(await rate()).toBe('0.1');
});

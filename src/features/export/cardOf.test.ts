/** The card preview has the same content as the exported file. */
import { afterEach, expect, test } from 'vitest';
import { exportRun } from '../../core/export/run';
import { readBytes } from '../../core/files/byteSource';
import { goldenPage, STOPPED } from '../../testing/goldenPage';
import { recipeOf } from '../../core/runs/segments';
import { cardOf } from './ModelCard';

let page: Awaited<ReturnType<typeof goldenPage>>;
afterEach(() => page.close());

test('counts the tokens of each segment with the batch size of that segment', async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  const { record } = getState().opened[STOPPED]!;
  const { context } = record!.model.config;
  const recipe = recipeOf(record!);
  const [first] = record!.segments;
  const more = { ...first, after: 100, recipe: { ...recipe, batch: 10 * recipe.batch }, why: 'recipe' as const };
  getState().changeRun(STOPPED, (run) => ({ ...run, record: { ...record!, segments: [first, more] } }));
  const tokens = (100 + 20 * 10) * recipe.batch * recipe.accumulate * context;
  expect(cardOf(getState())).toContain(tokens.toLocaleString('en-US'));
});

test('reports only measurements of its own step, like the file', async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  await getState().evaluateStep();
  await getState().listSaved(STOPPED);
  await getState().loadCardEvaluations();
  const card = cardOf(getState())!;
  expect(card).toContain('### On the whole validation set');
  const asked = { template: () => Promise.reject(new Error('hf needs none')), withOptimizer: false };
  const { files } = await exportRun(page.store, STOPPED, 'latest', 'hf', asked);
  const readme = await readBytes(files.find(({ name }) => name === 'README.md')!);
  expect(new TextDecoder().decode(readme)).toBe(card);
  getState().setWhich('export', 'best');
  expect(cardOf(getState())).not.toContain('### On the whole');
  await getState().loadCardEvaluations();
  expect(cardOf(getState())).not.toContain('### On the whole');
});

test('a classifier’s card says where the temperature is, like the folder’s README, with and without moments', async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  const { record } = getState().opened[STOPPED]!;
  const { config } = record!.model;
  const decision = { temperature: 2.15, atLeast: 0, step: getState().opened[STOPPED]!.saved!.step };
  const classes = { labels: ['a', 'b'], pooling: 'last' as const };
  const classifier = { ...record!, model: { ...record!.model, config: { ...config, classes } }, decision };
  getState().changeRun(STOPPED, (run) => ({ ...run, record: classifier }));
  expect(cardOf(getState())).toContain('divided by a temperature of 2.15');
  expect(cardOf(getState())).toContain('already applied to the weights of the head');
  getState().setWithOptimizer(true);
  expect(cardOf(getState())).toContain('these files don’t apply it');
});

/** Why Teach it more has no model, and the link to get one. */
import { beforeEach, expect, test } from 'vitest';
import { inertServices } from '../testing/inertServices';
import { runRecord } from '../testing/runRecord';
import { baseNeed } from './need';
import { createStudio } from './studio';
import type { StudioStore } from './slices/studio';

let store: StudioStore;
beforeEach(() => {
  store = createStudio(inertServices());
  store.setState({ loaded: 'ready', runs: [] });
});
const need = () => baseNeed(store.getState(), 'instruct');
const TEXT = { id: 't', name: 'moby.txt', sha256: 'a', documents: 1, characters: 9, bytes: 9 } as never;
const row = (bytes: number, classes = false) => {
  const record = runRecord({});
  const model = { ...record.model, config: { ...record.model.config, ...(classes && { classes: { labels: ['a', 'b'] } }) } }; // prettier-ignore
  return { record: { ...record, model }, step: 10, bytes, curve: null } as never;
};

test("without a run the project's next step leads to a model", () => {
  expect(need()).toEqual({ reason: undefined, button: undefined });
  store.setState({ texts: [TEXT] });
  expect(need()).toEqual({ reason: undefined, button: undefined });
});

test('a checkpoint is a model to tune; a run without one links to the runs', () => {
  store.setState({ runs: [row(1)] });
  expect(need()).toBeUndefined();
  store.setState({ runs: [row(0)] });
  expect(need()?.button).toEqual({ label: 'Show runs', path: '/runs' });
});

test("a classifier can't be tuned further, and the link leads to a language model", () => {
  store.setState({ runs: [row(1, true)] });
  expect(need()?.reason).toMatch(/^A classifier can’t learn to write/);
  expect(need()?.button).toEqual({ label: 'Add text…', path: '/text' });
  store.setState({ texts: [TEXT] });
  expect(need()?.button).toEqual({ label: 'Set up training…', path: '/model' });
});

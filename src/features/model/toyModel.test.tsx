/** A registered architecture can be selected, drawn with its own sizes, validated, fixed, stored and reopened. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { withoutMarks } from '../../testing/withoutMarks';
import { type BlobStore, memoryStore } from '../../core/base/blobStore';
import { FIRST_MODEL, type ModelId, modelIds, MODELS } from '../../core/models';
import { sizesOf } from '../../core/models/spec';
import type { TestStudio } from '../../testing/behindChannels';
import { toy, TOY_ID as TOY } from '../../testing/toyModel/spec';

// Before anything reads the list.
beforeAll(() => void Object.assign(MODELS, { toy }));
const opened: TestStudio[] = [];
afterAll(() => opened.forEach(({ close }) => close()));

async function open(store: BlobStore = memoryStore()) {
  const { testStudio } = await import('../../testing/behindChannels');
  const taken = testStudio(store);
  opened.push(taken);
  await taken.studio.getState().load();
  return taken.studio;
}

/** Renders the page with the store's current state instead of the initial one, and without charts. */
async function page(studio: TestStudio['studio']): Promise<string> {
  const { StudioContext } = await import('../../state/react');
  const [{ useSituation }, { diagnose }, { byField }] = [
    await import('./useSituation'),
    await import('./doctor'),
    await import('./findings'),
  ];
  const [{ SizeBlock }, { ShapePane }, { EstimatePane }] = [
    await import('./SizeBlock'),
    await import('./ShapePane'),
    await import('./EstimatePane'),
  ];
  function Page() {
    const situation = useSituation();
    const diagnosis = diagnose(situation);
    return (
      <>
        <SizeBlock situation={situation} />
        <ShapePane situation={situation} findings={byField(diagnosis.findings)} />
        <EstimatePane situation={situation} diagnosis={diagnosis} />
      </>
    );
  }
  return renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <Router ssrPath="/model">
        <Page />
      </Router>
    </StudioContext.Provider>,
  );
}

/** Rows of the shape form, with their values. */
function shape(html: string): Record<string, string> {
  const pane = /<h2[^>]*>Shape<\/h2>.*?Architecture diagram/s.exec(withoutMarks(html))![0];
  const rows = pane.matchAll(/<label[^>]*>([^<]*)<\/label>.*?<input[^>]*? value="([^"]*)"/gs);
  return Object.fromEntries([...rows].map(([, label, value]) => [label!, value!]));
}
/** Options of the architecture choice: segments, or a list if there are many. */
const choice = (html: string): string[] => {
  const control = /id="size-head".*?type="range"/s.exec(html)![0];
  const options = control.matchAll(/<(?:input[^>]*type="radio"|option value="[^"])[^>]*>/g);
  return [...options].map(([option]) =>
    [/value="([^"]*)"/.exec(option)![1], /checked|selected/.test(option) ? 'chosen' : ''].join(' ').trim(),
  );
};

/** All architectures, with the chosen one marked. */
const architectures = (chosen: ModelId): string[] => modelIds().map((id) => (id === chosen ? `${id} chosen` : id));

const FIRST = { Layers: '2', Heads: '2', Width: '64', Context: '64', Dropout: '0', 'Inner width': '0' };

test('offers every architecture, and the form has the sizes of the chosen one', async () => {
  const studio = await open();
  expect(choice(await page(studio))).toEqual(architectures(FIRST_MODEL));
  expect(shape(await page(studio))).toEqual(FIRST);
  expect(await page(studio)).toContain('sets layers, heads, width and context');

  studio.getState().chooseModel(TOY);
  const html = await page(studio);
  expect(choice(html)).toEqual(architectures(TOY));
  const fields = 'Layers, Heads, Heads of keys, Width, Inner width, Context, Dropout';
  expect(Object.keys(shape(html))).toEqual(fields.split(', '));
  expect(html).toContain('sets layers, heads, heads of keys, width, inner width and context');
  expect(html).toContain('of the feed-forward');
  const { hidden } = sizesOf(studio.getState().project.model.config);
  expect(html).toMatch(new RegExp(`Feed-forward \\(inner ${hidden as number}, [\\d,]+ weights, 2 times\\)`));

  studio.getState().chooseModel('gpt');
  expect(shape(await page(studio))).toEqual(FIRST);
});

test('another architecture keeps shared settings, and restores its own where they were left', async () => {
  const studio = await open();
  const { chooseModel, setModel, setSize, usePreset } = studio.getState();
  const sizes = () => sizesOf(studio.getState().project.model.config);
  const byHand = () => studio.getState().project.model.byHand;
  setModel('context', 32);
  setModel('heads', 4);
  chooseModel(TOY);
  expect(sizes()).toMatchObject({ layers: 2, heads: 4, width: 64, context: 32 });
  expect(toy.problems(studio.getState().project.model.config)).toEqual([]);
  expect(byHand()).toEqual(['heads', 'context']);
  setModel('hidden', 100);
  setModel('kvHeads', 4);
  chooseModel('gpt');
  expect([sizes(), byHand()]).toEqual([
    { layers: 2, heads: 4, width: 64, context: 32, hidden: 100, biases: true },
    ['heads', 'context', 'hidden'],
  ]);
  setModel('layers', 5);
  setModel('width', 1920);
  chooseModel(TOY);
  // The width is limited again, and the four key heads match the four heads, as before.
  expect(sizes()).toMatchObject({ layers: 5, heads: 4, kvHeads: 4, hidden: 100, context: 32 });
  expect(sizes()['width']).toBeLessThanOrEqual(1024);
  expect(byHand().toSorted()).toEqual(['context', 'heads', 'hidden', 'kvHeads', 'layers']);
  expect(toy.problems(studio.getState().project.model.config)).toEqual([]);
  // The size dial keeps values set by hand; a preset doesn't.
  setSize(3e6);
  expect(sizes()).toMatchObject({ hidden: 100, kvHeads: 4 });
  usePreset('Small');
  expect([sizes(), byHand()]).toEqual([{ ...toy.presets[1]!.config }, []]);
});

test('a size that conflicts with the others is reported at its field and fixed to the nearest valid one', async () => {
  const studio = await open();
  const { chooseModel, setModel, usePreset } = studio.getState();
  chooseModel(TOY);
  usePreset('Small');
  setModel('kvHeads', 3);
  expect(await page(studio)).toMatch(/4 heads cannot share 3 heads of keys.*Set heads of keys 2</s);
  setModel('kvHeads', 2);
  expect(await page(studio)).not.toContain('This run can&#x27;t start</');
});

test('stores a project with all sizes and reopens it, also in another tab', async () => {
  const store = memoryStore();
  const studio = await open(store);
  const { chooseModel, setModel } = studio.getState();
  chooseModel(TOY);
  setModel('hidden', 96);
  chooseModel('gpt');
  await vi.waitFor(() => expect(studio.getState().kept).toBe('yes'));
  const again = await open(store);
  expect(again.getState().project).toEqual(studio.getState().project);
  again.getState().chooseModel(TOY);
  expect(sizesOf(again.getState().project.model.config)).toMatchObject({ hidden: 96 });
  await vi.waitFor(() => expect(again.getState().kept).toBe('yes'));
  const third = await open(store);
  expect(third.getState().project).toEqual(again.getState().project);
});

test('hides a choice with one option', async () => {
  const studio = await open();
  const { gpt: _, ...others } = MODELS;
  for (const id of Object.keys(others)) Reflect.deleteProperty(MODELS, id);
  expect(await page(studio)).not.toMatch(/aria-label="Architecture"|>Architecture<\/label>/);
  Object.assign(MODELS, { ...others });
});

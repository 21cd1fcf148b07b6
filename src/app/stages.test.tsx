/** A new stage needs only its folder and its line: a toy stage appears in rail, address, palette, keys and title. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { prerender } from 'react-dom/static';
import { expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { inertServices } from '../testing/inertServices';
import { StudioContext } from '../state/react';
import type { Stage } from '../state/stage';
import { createStudio } from '../state/studio';
import { App } from './App';
import { commands, type Shell } from './commands';
import { stageAt } from './routes';
import { isListed, STAGES } from './stages';

vi.mock('./stages', async (importActual) => {
  const actual = await importActual<typeof import('./stages')>();
  const toy: Stage = {
    id: 'weights',
    name: 'Weights',
    parts: [{ label: 'Layers', query: '?part=layers' }],
    state: (s) => (s.project.runId !== null ? { sign: 'done', line: 'can be looked at' } : { sign: 'none' }),
    page: () => Promise.resolve(() => <h1>All weights</h1>),
    action: (s) =>
      s.texts.length > 0
        ? { id: 'look', label: 'Look at a weight', run: () => s.toast({ text: 'Looked' }) }
        : undefined,
  };
  const GROUPS = [...actual.GROUPS, { name: 'Toys', stages: [toy] }];
  return { ...actual, GROUPS, STAGES: GROUPS.flatMap(({ stages }) => stages) };
});

const store = createStudio(inertServices());
store.setState({ loaded: 'ready' });

/** Renders the whole app at an address, with pages that load as in a browser. */
async function at(path: string): Promise<string> {
  const { prelude } = await prerender(
    <Router ssrPath={path}>
      <StudioContext.Provider value={{ ...store, getInitialState: store.getState }}>
        <App />
      </StudioContext.Provider>
    </Router>,
  );
  return new Response(prelude).text();
}

const shell = (stage: Stage | undefined, go: (path: string) => void = () => undefined): Shell => ({
  stage,
  go,
  openPalette: () => undefined,
  openHelp: () => undefined,
  openUnreadable: () => undefined,
  openPrivacy: () => undefined,
  askToRunAgain: () => undefined,
  rename: () => undefined,
  deleteEverything: () => undefined,
  hasSingleKeys: true,
  toggleSingleKeys: () => undefined,
});
const actionsOn = (path: string, go?: (path: string) => void) =>
  commands(store.getState(), store, shell(stageAt(path), go));

test('every folder of features with a stage is in the list, by its id', () => {
  const features = new URL('../features/', import.meta.url);
  const folders = readdirSync(features).filter((name) => existsSync(new URL(`${name}/stage.ts`, features)));
  const ids = STAGES.map(({ id }) => id).filter((id) => id !== 'weights');
  expect(ids.toSorted()).toEqual(folders.toSorted());
  expect(new Set(STAGES.map(({ name }) => name)).size).toBe(STAGES.length);
});

test('the toy stage has its address, its page, its place in the rail, and its precondition', async () => {
  const page = await at('/weights');
  expect(page).toContain('<h1>All weights</h1>');
  const links = [...page.matchAll(/<a href="\/(\w+)"( aria-current="page")?/g)].map(([, id, here]) => [
    id,
    Boolean(here),
  ]);
  // Tuning waits for a model; the glossary is opened from terms, menu and palette.
  const listed = STAGES.filter((stage) => isListed(stage, store.getState()));
  const rail = links.slice(-listed.length); // after the strip's link home
  expect(rail).toEqual(listed.map(({ id }) => [id, id === 'weights']));
  expect(page).toContain('>Toys</h2>');
  expect(await at('/wei')).toContain('No page at');
});

test('it is in the palette and the help, a key opens it, and its action takes the key from the next step', () => {
  store.setState({ texts: [] });
  const gone: string[] = [];
  const go = (path: string) => void gone.push(path);
  const called = (path: string, id: string) => actionsOn(path, go).find((action) => action.id === id);
  expect(called('/text', 'go-weights')).toMatchObject({ group: 'Go to', label: 'Weights' });
  expect(called('/text', 'go-tune')).toMatchObject({ label: 'Teach it more' });
  called('/text', 'go-weights')!.run();
  called('/export', 'next')!.run();
  called('/weights', 'previous')!.run();
  called('/weights', 'next')!.run();
  called('/runs', 'next')!.run();
  expect(called('/text', 'go-weights?part=layers')).toMatchObject({ label: 'Layers', hint: 'Weights' });
  called('/text', 'go-weights?part=layers')!.run();
  // Tuning and the glossary aren't listed.
  const listed = STAGES.filter((stage) => isListed(stage, store.getState())).map(({ id }) => `/${id}`);
  const after = (path: string) => listed[listed.indexOf(path) + 1];
  expect(gone).toEqual(['/weights', after('/export'), listed.at(-2), after('/runs'), '/weights?part=layers']);

  const byEnter = (path: string) =>
    actionsOn(path)
      .filter(({ keys }) => keys === 'mod+enter')
      .map(({ id }) => id);
  expect([byEnter('/text'), byEnter('/weights')]).toEqual([['next-step'], []]);
  store.setState({ texts: [{ id: 't', name: 'a.txt', characters: 9, bytes: 9 } as never] });
  expect([byEnter('/text'), byEnter('/weights')]).toEqual([['next-step'], ['look']]);
});

test('nothing else names a stage’s page: its own folder loads it', () => {
  const app = new URL('./', import.meta.url);
  const sources = readdirSync(app).filter((name) => !name.includes('.test.'));
  for (const name of sources) {
    expect(readFileSync(new URL(name, app), 'utf8'), name).not.toMatch(/features\/\w+\/\w+Page/);
  }
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { prefetchProjects, prefetchHovered, cancelPrefetch, MAX_PREFETCHED, HOVER_DELAY_MS } from './prefetchOnHover';
import type { Studio } from '../state/slices/studio';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A studio with projects `a` to `f` (`a` is open), its requests, and ways to settle each read. */
function studioOf() {
  const asked: string[] = [];
  let end = (): void => undefined;
  const row = (id: string) => ({ id, name: id, openedAt: 0, texts: 1, runs: 1, bytes: null });
  const studio = { projects: ['a', 'b', 'c', 'd', 'e', 'f'].map(row), project: { id: 'a' } } as unknown as Studio;
  const getState = (): Studio => ({
    ...studio,
    prefetch: (id) => (asked.push(id), new Promise<void>((resolve) => (end = resolve))),
    dropPrefetched: () => void asked.push('away'),
    listProjects: () => (asked.push('sizes'), Promise.resolve()),
  });
  const others = studio.projects.slice(1);
  return { asked, studio, others, store: { getState }, end: () => end() };
}
const soon = () => vi.advanceTimersByTimeAsync(0);

test('an open menu prefetches the most recent projects one after another, then counts sizes', async () => {
  const { asked, others, store, end } = studioOf();
  const looking = prefetchProjects(store, others);
  for (let read = 1; read <= MAX_PREFETCHED; read++) {
    await soon();
    expect(asked).toHaveLength(read);
    end();
  }
  await looking;
  expect(asked).toEqual(['b', 'c', 'd', 'sizes']);
});

test("a slow read doesn't hold up the others, and a closed menu stops reading", async () => {
  const { asked, others, store, end } = studioOf();
  const looking = prefetchProjects(store, others);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual(['b', 'c']);
  cancelPrefetch(store);
  end();
  await looking;
  expect(asked).toEqual(['b', 'c', 'away']);
});

test('a hovered project is prefetched, unless the pointer only passes over it or it is open by then', () => {
  const { asked, studio, store } = studioOf();
  const rest = () => vi.advanceTimersByTime(HOVER_DELAY_MS);
  prefetchHovered(store, 'open-b');
  vi.advanceTimersByTime(HOVER_DELAY_MS - 1);
  prefetchHovered(store, 'open-f');
  rest();
  expect(asked).toEqual(['f']);
  prefetchHovered(store, 'open-b');
  prefetchHovered(store, 'new-project'); // opens no existing project
  prefetchHovered(store, 'open-a');
  rest();
  prefetchHovered(store, 'open-b');
  studio.project = { ...studio.project, id: 'b' };
  rest();
  prefetchHovered(store, 'open-c');
  cancelPrefetch(store);
  rest();
  expect(asked).toEqual(['f', 'away']);
});

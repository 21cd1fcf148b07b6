/** A worker's value in a page: pending, delivered, failed, and canceled when unmounted. */
import { parseHTML } from 'linkedom';
import { act, createElement } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { HomegrownError } from '../core/base/errors';
import { inertServices } from '../testing/inertServices';
import { StudioContext } from './react';
import { createStudio } from './studio';
import { type Query, useWorkerValue } from './useWorkerValue';

interface Call {
  input: unknown;
  signal: AbortSignal;
  answer(value: unknown): void;
  fail(error: Error): void;
}

afterEach(() => vi.unstubAllGlobals());

async function page() {
  const { window, document } = parseHTML('<html><body><div></div></body></html>');
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', document);
  vi.stubGlobal('navigator', { userAgent: '' });
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const { createRoot } = await import('react-dom/client');
  const calls: Call[] = [];
  const call = (_: string, input: unknown, { signal }: { signal: AbortSignal }): Promise<never> =>
    new Promise((answer, fail) => calls.push({ input, signal, answer, fail }));
  const services = inertServices();
  const studio = createStudio({ ...services, data: { ...services.data, call } as never });
  const seen: { query?: Query<unknown> } = {};
  function View({ id, version }: { id: string | undefined; version: number }) {
    seen.query = useWorkerValue('longTexts', id === undefined ? undefined : { runId: id }, version);
    return null;
  }
  const root = createRoot(document.querySelector('div')!);
  const show = (id: string | undefined, version = 0) =>
    act(() =>
      root.render(createElement(StudioContext.Provider, { value: studio }, createElement(View, { id, version }))),
    );
  const settle = (job: () => void) => act(() => Promise.resolve().then(job));
  return { calls, seen, show, settle, leave: () => act(() => root.unmount()) };
}

test('a value is loading, then there; the next query cancels the one before and keeps its value as the latest', async () => {
  const { calls, seen, show, settle, leave } = await page();
  show(undefined);
  expect([calls, seen.query]).toMatchObject([[], { isLoading: false }]);
  show('a');
  expect([calls[0]!.input, seen.query]).toMatchObject([{ runId: 'a' }, { isLoading: true, value: undefined }]);
  await settle(() => calls[0]!.answer('of a'));
  expect(seen.query).toMatchObject({ isLoading: false, value: 'of a', latest: 'of a' });
  show('b');
  show('c');
  expect([calls[1]!.signal.aborted, calls[2]!.signal.aborted]).toEqual([true, false]);
  await settle(() => calls[1]!.answer('of b'));
  expect(seen.query).toMatchObject({ isLoading: true, value: undefined, latest: 'of a' });
  leave();
  expect(calls[2]!.signal.aborted).toBe(true);
});

test('a new version queries again: until the answer, and if that fails, the value stays', async () => {
  const { calls, seen, show, settle } = await page();
  show('a', 1);
  await settle(() => calls[0]!.answer('old'));
  show('a', 2);
  expect(seen.query).toMatchObject({ isLoading: true, value: 'old' });
  await settle(() => calls[1]!.fail(new HomegrownError('storage-damaged', 'It is cut off')));
  expect(seen.query).toMatchObject({ isLoading: false, value: 'old', failure: { message: 'It is cut off' } });
  show('a', 3);
  expect(seen.query).toMatchObject({ isLoading: true, failure: undefined });
});

/** Marked terms in a document: which of them are Tab stops. */
import { parseHTML } from 'linkedom';
import { act, type ReactNode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let page: ReturnType<typeof parseHTML>;
beforeEach(() => {
  page = parseHTML('<!doctype html><html><body><div id="root"></div></body></html>');
  Object.assign(page.HTMLElement.prototype, { checkVisibility: isVisible });
  vi.stubGlobal('window', page.window);
  vi.stubGlobal('document', page.document);
  vi.stubGlobal('navigator', { userAgent: '' });
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** The test's document has no layout; only content of closed disclosures counts as hidden. */
function isVisible(this: Element): boolean {
  return this.closest('details:not([open])') === null;
}

const stops = (): string[] =>
  [...page.document.querySelectorAll('[role=button]')].map(
    (mark) => `${mark.textContent} ${mark.getAttribute('tabindex') ?? ''}`,
  );

test('a term with several marks has one Tab stop: the first visible mark, also as marks come and go', async () => {
  const { createRoot } = await import('react-dom/client');
  const { TermLabel } = await import('./Term');
  const root = createRoot(page.document.querySelector('#root')!);
  const show = (children: ReactNode): Promise<void> =>
    act(() => {
      root.render(children);
      return Promise.resolve();
    });
  await show([<TermLabel key="2">Validation perplexity</TermLabel>, <TermLabel key="3">Perplexity</TermLabel>]);
  expect(stops()).toEqual(['perplexity 0', 'Perplexity -1']);
  await show([
    <details key="1">
      <TermLabel>Strided perplexity</TermLabel> <TermLabel>Perplexity of the best</TermLabel>
    </details>,
    <TermLabel key="3">Perplexity</TermLabel>,
    <TermLabel key="4">Learning rate</TermLabel>,
  ]);
  expect(stops()).toEqual(['Strided perplexity -1', 'Perplexity -1', 'Perplexity 0', 'Learning rate 0']);
  page.document.querySelector('details')!.setAttribute('open', '');
  page.document.dispatchEvent(Object.assign(new page.Event('keydown'), { key: 'Tab' }));
  expect(stops()).toEqual(['Strided perplexity 0', 'Perplexity 0', 'Perplexity -1', 'Learning rate 0']);
  await show(<TermLabel key="3">Perplexity</TermLabel>);
  expect(stops()).toEqual(['Perplexity 0']);
});

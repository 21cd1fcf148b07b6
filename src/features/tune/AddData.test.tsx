/** Messages and actions for files that were not added. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../../core/base/blobStore';
import { lonelyLocks, type TestStudio, testStudio } from '../../testing/behindChannels';
import { chat, lines } from '../../testing/conversations';
import { StudioContext } from '../../state/react';
import { RefusedFiles } from './AddData';

let page: TestStudio;
beforeEach(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

test('lists malformed rows, and skipping them adds the others with a note', async () => {
  page = testStudio(memoryStore());
  const { getState } = page.studio;
  await getState().load();
  const rows = [chat('Who?', 'Me.'), chat('Why?', ' '), chat('How?', 'So.')];
  const file = new File([`${lines(rows)}\n{"messages": [\n`], 'chats.jsonl');
  await getState().addFiles([{ name: file.name, file }], 'instruct');
  expect(getState().tuneTexts).toEqual([]);
  const shown = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...page.studio, getInitialState: getState }}>
      <RefusedFiles />
    </StudioContext.Provider>,
  );
  for (const words of ['Skip these 2 rows', '<b>Line 2</b> has an empty answer', '<b>Line 4</b> isn&#x27;t a JSON'])
    expect(shown).toContain(words);
  // Each row is listed once.
  expect(shown.match(/line 2/gi)).toHaveLength(1);

  await getState().rereadRefused(getState().refused as never, { skipBadRows: true });
  expect(getState()).toMatchObject({ refused: [], tuneTexts: [{ name: 'chats.jsonl', documents: 2 }] });
  expect(getState().tuneTexts[0]!.notes).toContain('Skipped 2 malformed rows: line 2, line 4');
});

/** A model of an architecture that has not all formats: its cards say which, and what of it cannot be checked. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MODELS } from '../../core/models';
import type { TestStudio } from '../../core/testing/behindChannels';
import { toy } from '../../core/testing/toyModel/spec';
import { useSingleThreadWasm } from '../../core/testing/wasm';

let taken: TestStudio;
beforeAll(async () => {
  Object.assign(MODELS, { toy }); // before anything is made of the list
  await useSingleThreadWasm();
  const { toyRun } = await import('../../core/testing/toyRun');
  const { openExported } = await import('../../core/export/exported');
  const { exportStudio } = await import('../../core/testing/exportStudio');
  const { store } = await toyRun();
  taken = await exportStudio(await openExported(store, 'a', 'latest', true));
}, 240_000);
afterAll(() => taken.close());

/** The part of the page that is the card of that name, as it is now. */
async function cardOf(name: string): Promise<string> {
  const { FormatGrid } = await import('./FormatGrid');
  const { StudioContext } = await import('../../state/react');
  const { F16 } = await import('../../core/export/format');
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...taken.studio, getInitialState: taken.studio.getState }}>
      <FormatGrid precision={F16} />
    </StudioContext.Provider>,
  );
  return html.split('<article').find((card) => card.includes(`>${name}</h3>`))!;
}

test('a format that it has no file for says so on its card, and offers nothing; the others do', async () => {
  for (const [name, words] of [
    ['ONNX', 'A Toy model cannot be written as ONNX'],
    ['Offline page', 'The offline page cannot run Toy models yet.'],
    ['Cluster hand-over', 'A Toy model cannot be handed over to PyTorch'],
  ] as const) {
    const card = await cardOf(name);
    expect(card).toContain(words);
    expect(card).toMatch(/Not for this model.*aria-disabled="true"/s);
  }
  for (const name of ['Hugging Face folder', 'GGUF', 'Web service']) {
    expect(await cardOf(name)).toContain('Not written yet');
    expect(await cardOf(name)).not.toContain('aria-disabled');
  }
});

test('what nothing can check is handed over, and that is said in words; nothing is asked and nothing fails', async () => {
  const { studio, downloads } = taken;
  const file = await studio.getState().exportModel('hf');
  await vi.waitFor(() => expect(downloads.at(-1)!.bytes.length).toBe(file!.size));
  expect(studio.getState().exports.hf).toEqual({
    kind: 'uncheckable',
    file,
    reason:
      'There is no second engine here for Toy models. The file is written as all are, and nothing speaks against it',
  });
  const card = await cardOf('Hugging Face folder');
  expect(card).toMatch(/Written, not checked.*There is no second engine here for Toy models/s);
  expect(card).not.toMatch(/error|warn/i);
  const { stage } = await import('./stage');
  expect(stage.state(studio.getState())).toEqual({ sign: 'done', line: 'Hugging Face folder' });
});

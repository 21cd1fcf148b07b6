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

/** The page's formats as they are now. */
async function grid(): Promise<string> {
  const { FormatGrid } = await import('./FormatGrid');
  const { StudioContext } = await import('../../state/react');
  const { F16 } = await import('../../core/export/format');
  return renderToStaticMarkup(
    <StudioContext.Provider value={{ ...taken.studio, getInitialState: taken.studio.getState }}>
      <FormatGrid precision={F16} />
    </StudioContext.Provider>,
  );
}
/** The part that is the card of that name. */
const cardOf = async (name: string): Promise<string | undefined> =>
  (await grid()).split('<article').find((card) => card.includes(`>${name}</h3>`));

test('formats that cannot hold it are one folded line that says why; the others have cards', async () => {
  const html = await grid();
  const [, unsuited] = html.split('<details');
  expect(unsuited).toContain('Not available for this model: ONNX, Offline page, PyTorch bundle');
  for (const [name, words] of [
    ['ONNX', 'The ONNX exporter doesn’t support Toy models'],
    ['Offline page', 'The offline page can’t run Toy models yet.'],
    ['PyTorch bundle', 'The PyTorch bundle doesn’t support Toy models'],
  ] as const) {
    expect(unsuited).toContain(words);
    expect(await cardOf(name)).toBeUndefined();
  }
  // The page's choice of a precision holds for formats that have several.
  expect(await cardOf('Hugging Face folder')).toMatch(/about [\d.]+ .?B, always F32/);
  expect(await cardOf('GGUF')).toMatch(/about [\d.]+ .?B, F16/);
  for (const name of ['Hugging Face folder', 'GGUF', 'Web service']) {
    expect(await cardOf(name)).toContain('Not exported yet');
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
    reason: 'No second engine here supports Toy models',
  });
  const card = await cardOf('Hugging Face folder');
  expect(card).toMatch(/Exported, not checked.*No second engine here supports Toy models/s);
  expect(card).not.toMatch(/error|warn/i);
  const { stage } = await import('./stage');
  expect(stage.state(studio.getState())).toEqual({ sign: 'done', line: 'Hugging Face folder' });
});

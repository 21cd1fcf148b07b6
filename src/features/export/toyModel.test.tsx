/** For an architecture without some formats, the cards say which are missing, and what can't be verified. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FormatId } from '../../core/export/formats';
import { MODELS } from '../../core/models';
import type { TestStudio } from '../../testing/behindChannels';
import { toy } from '../../testing/toyModel/spec';
import { useSingleThreadWasm } from '../../testing/wasm';

let taken: TestStudio;
beforeAll(async () => {
  Object.assign(MODELS, { toy }); // before anything reads the list
  await useSingleThreadWasm();
  const { toyRun } = await import('../../testing/toyRun');
  const { openExported } = await import('../../core/export/exported');
  const { exportStudio } = await import('../../testing/exportStudio');
  const { store } = await toyRun();
  taken = await exportStudio(await openExported(store, 'a', 'latest', true));
}, 240_000);
afterAll(() => taken.close());

/** Renders the page's uses and details with the current state. */
async function page(): Promise<string> {
  const { UseList } = await import('./UseList');
  const { UsePane } = await import('./UsePane');
  const { StudioContext } = await import('../../state/react');
  const { F16 } = await import('../../core/export/format');
  return renderToStaticMarkup(
    <StudioContext.Provider value={{ ...taken.studio, getInitialState: taken.studio.getState }}>
      <UseList precision={F16} />
      <UsePane precision={F16} onPrecision={() => undefined} />
    </StudioContext.Provider>,
  );
}
/** Details of a use, selected by its format. */
async function detailsOf(format: FormatId): Promise<string> {
  taken.studio.setState({ exportChoice: format });
  return (await page()).split('<article')[1]!;
}

test('formats that can’t hold the model share one folded line with the reason, and the others can be chosen', async () => {
  const [list, unsuited] = (await page()).split('<details') as [string, string];
  expect(unsuited).toContain('Not available for this model: ONNX, Offline page, PyTorch bundle');
  for (const [name, words] of [
    ['ONNX', 'The ONNX exporter doesn’t support Toy models'],
    ['Offline page', 'The offline page can’t run Toy models yet.'],
    ['PyTorch bundle', 'The PyTorch bundle doesn’t support Toy models'],
  ] as const) {
    expect(unsuited).toContain(words);
    expect(list).not.toContain(name);
  }
  // The page's choice of precision applies to formats that have several.
  expect(await detailsOf('hf')).toMatch(/about [\d.]+ .?B.*F32/);
  expect(await detailsOf('gguf-f16')).toMatch(/about [\d.]+ .?B.*F16/);
  for (const format of ['hf', 'gguf-f16', 'service'] as const)
    expect(await detailsOf(format)).not.toContain('aria-disabled');
});

test('a format without a verifier is exported, and the page says so, without requests or failures', async () => {
  const { studio, downloads } = taken;
  const file = await studio.getState().exportModel('hf');
  await vi.waitFor(() => expect(downloads.at(-1)!.bytes.length).toBe(file!.size));
  expect(studio.getState().exports.hf).toEqual({
    kind: 'uncheckable',
    file,
    reason: 'No second engine here supports Toy models',
  });
  const card = await detailsOf('hf');
  expect(card).toMatch(/Exported, not checked.*No second engine here supports Toy models/s);
  expect(card).not.toMatch(/error|warn/i);
  const { stage } = await import('./stage');
  expect(stage.state(studio.getState())).toEqual({ sign: 'done', line: 'Hugging Face folder' });
});

test('a model without a Hugging Face layout is exported as a folder, and the page says that only Homegrown opens it', async () => {
  const { listToy, TOY_WITHOUT_LAYOUT } = await import('../../testing/ownLayout');
  listToy(TOY_WITHOUT_LAYOUT);
  try {
    const details = await detailsOf('hf');
    expect(details).toContain('Homegrown; transformers has no class for this model');
    expect(details).toContain('transformers has no Toy model. Only Homegrown opens the folder.');
    expect(details).not.toContain('aria-disabled');
    const { studio, downloads } = taken;
    const file = await studio.getState().exportModel('hf');
    await vi.waitFor(() => expect(downloads.at(-1)!.bytes.length).toBe(file!.size));
    expect(new TextDecoder().decode(downloads.at(-1)!.bytes)).toContain('"model_type": "homegrown"');
  } finally {
    listToy(toy);
  }
});

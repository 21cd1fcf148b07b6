/** A format that is in the list is on the page, in the terminal's words and in the README, is written, and is checked. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FORMAT_IDS, PRECISIONS } from '../../core/export/cards';
import { type Exported, F16, formatWords } from '../../core/export/format';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { modelCard } from '../../core/export/modelCard';
import type { TestStudio } from '../../core/testing/behindChannels';
import { exportStudio } from '../../core/testing/exportStudio';
import { trainedModels } from '../../core/testing/trainedModel';
import { seen, showing } from '../../core/testing/shown';
import { StudioContext } from '../../state/react';
import { FormatGrid } from './FormatGrid';

vi.mock('../../core/export/formats', async (importActual) => {
  const { FORMATS } = await importActual<typeof import('../../core/export/formats')>();
  const { toy } = await import('../../core/testing/toyFormat');
  return { FORMATS: { ...FORMATS, toy } };
});
const TOY = 'toy' as FormatId;

let model: Exported;
let taken: TestStudio;
beforeAll(async () => {
  model = (await trainedModels())[0]!;
  taken = await exportStudio(model);
}, 240_000);
afterAll(() => taken.close());

/** As it is now: what is rendered without a browser else shows a store as it began. */
const page = (): string =>
  renderToStaticMarkup(
    <StudioContext.Provider value={{ ...taken.studio, getInitialState: taken.studio.getState }}>
      <FormatGrid precision={F16} />
    </StudioContext.Provider>,
  );
/** The part of the page that is the card of that name. */
const cardOf = (name: string): string =>
  page()
    .split('<article')
    .find((card) => card.includes(`>${name}</h3>`))!;

test('its card, with its size; others keep theirs and their precision, the offline page before them', () => {
  const card = cardOf('Table of weights');
  for (const words of ['Look at every weight', 'any editor of text', 'a line for each tensor', 'Not exported yet'])
    expect(card).toContain(words);
  expect(card).toMatch(/about [\d.]+ MB, always Digits/);
  expect(card).toContain('aria-label="Download Table of weights"');
  const names = [...page().matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, name]) => name);
  expect(names).toEqual([
    'Offline page',
    'Hugging Face folder',
    'GGUF',
    'ONNX',
    'Web service',
    'PyTorch bundle',
    'Table of weights',
  ]);
  expect(cardOf('GGUF')).toMatch(
    /, F16<.*Modelfile.*for Ollama.*For LM Studio, put it into its own folder in <code>~\/\.lmstudio/s,
  );
  expect(cardOf('Hugging Face folder')).toMatch(
    /, always F32<.*to continue training.*Weights only.*without tokenizer and model card/s,
  );
  expect(PRECISIONS.map(({ label }) => label)).toEqual(['Digits', 'F32', 'F16', 'Q8_0']);
});

test('its line in the terminal, and in the README', () => {
  expect(FORMAT_IDS).toContain(TOY);
  expect(formatWords(FORMATS[TOY])).toBe('Table of weights, Digits: for any editor of text');
  expect(modelCard(model.info)).toContain('A look at the table of weights:\n\n```sh\nless model.weights.txt\n```');
});

test('is written, handed over, and checked in a second engine', async () => {
  const { studio, downloads } = taken;
  const file = await studio.getState().exportModel(TOY);
  expect(file).toMatchObject({ name: expect.stringMatching(/\.weights\.txt$/) as string, sidecars: [] });
  await vi.waitFor(() => expect(studio.getState().exports[TOY]?.kind).toBe('verified'), 60_000);
  expect(studio.getState().exports[TOY]).toMatchObject({
    figures: { engine: 'a second program on this computer', tokens: 20 },
  });
  expect(downloads.at(-1)!.bytes.length).toBe(file!.size);
  expect(cardOf('Table of weights')).toMatch(/Exported and verified.*opened by a second program on this computer/);
});

test('once another step is chosen, the card names the step of the last file, without a warning, and the button its own', () => {
  const { studio } = taken;
  const { exports } = studio.getState();
  const last = exports[TOY] as Extract<(typeof exports)[FormatId], { kind: 'verified' }>;
  expect(cardOf('Table of weights')).toContain('Download again, Table of weights');
  studio.setState({ exports: { [TOY]: { ...last, file: { ...last.file, step: 1782 } } } });
  const card = cardOf('Table of weights');
  expect(card.replace(/<[^>]*>/g, '')).toMatch(/Last exported: step 1,782.*Download step \d/);
  expect(card).toMatch(/aria-label="Download step \d+, Table of weights"/);
  expect(card).not.toMatch(/warn|Out of date/i);
  studio.setState({ exports });
});

test('a model that it has nothing for gets a line that says why, and no card', () => {
  const { studio } = taken;
  const record = seen(studio.getState()).run!;
  const wide = { ...record.model, config: { ...record.model.config, width: 1024 } };
  studio.setState({ exports: {} });
  showing(studio, { record: { ...record, model: wide } });
  expect(cardOf('Table of weights')).toBeUndefined();
  expect(page()).toMatch(
    /Not available for this model: Table of weights.*A table of so many weights cannot be looked at/s,
  );
  expect(cardOf('GGUF')).not.toContain('aria-disabled');
  showing(studio, { record });
});

/** A registered format appears on the page, in the terminal's help and in the README, and is exported and verified. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CARDS, FORMAT_IDS, PRECISIONS } from '../../core/export/cards';
import { type Exported, F16, formatWords } from '../../core/export/format';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { cardOf } from '../../testing/cardOf';
import type { TestStudio } from '../../testing/behindChannels';
import { exportStudio } from '../../testing/exportStudio';
import { trainedModels } from '../../testing/trainedModel';
import { seen, showing } from '../../testing/shown';
import { StudioContext } from '../../state/react';
import { UseList } from './UseList';
import { UsePane } from './UsePane';

vi.mock('../../core/export/formats', async (importActual) => {
  const { FORMATS } = await importActual<typeof import('../../core/export/formats')>();
  const { toy } = await import('../../testing/toyFormat');
  const formats = { ...FORMATS, toy };
  return { FORMATS: formats, allFormats: () => Object.values(formats) };
});
const TOY = 'toy' as FormatId;

let model: Exported;
let taken: TestStudio;
beforeAll(async () => {
  model = (await trainedModels())[0]!;
  taken = await exportStudio(model);
}, 240_000);
afterAll(() => taken.close());

/** Renders the current state: server rendering would use the store's initial state. */
const page = (): string =>
  renderToStaticMarkup(
    <StudioContext.Provider value={{ ...taken.studio, getInitialState: taken.studio.getState }}>
      <UseList precision={F16} />
      <UsePane precision={F16} onPrecision={() => undefined} />
    </StudioContext.Provider>,
  );
/** Details of a use, selected by its format. */
function detailsOf(format: FormatId): string {
  taken.studio.setState({ exportChoice: format });
  return page().split('<article')[1]!;
}

test('has its use with its size; others keep theirs and their precision, with the offline page first', () => {
  const details = detailsOf(TOY);
  for (const words of ['Table of weights', 'Look at every weight', 'any editor of text', 'a line for each tensor'])
    expect(details).toContain(words);
  expect(details).toMatch(/about [\d.]+ MB.*Digits/);
  expect(details).toMatch(/Export Table of weights · [\d.]+ MB/);
  const names = FORMAT_NAMES.filter((name) => page().includes(name)).sort(
    (a, b) => page().indexOf(a) - page().indexOf(b),
  );
  expect(names).toEqual(FORMAT_NAMES);
  expect(detailsOf('gguf-f16')).toMatch(/F16<.*Modelfile.*for Ollama.*LM Studio.*<code>~\/\.lmstudio/s);
  expect(detailsOf('hf')).toMatch(/F32<.*to continue training.*Weights only.*without tokenizer and model card/s);
  const bits = PRECISIONS.map((precision) => precision.bits);
  expect(bits).toEqual(bits.toSorted((a, b) => b - a));
  expect(PRECISIONS[0]!.label).toBe('Digits');
});
/** Formats in the order of the page, which starts with the first one offered. */
const OFFERED = FORMATS.html.card.name;
const FORMAT_NAMES = [
  OFFERED,
  ...CARDS.filter(({ name, onCard }) => !onCard && name !== OFFERED).map(({ name }) => name),
];

test('has its line in the terminal, and in the README', () => {
  expect(FORMAT_IDS).toContain(TOY);
  expect(formatWords(FORMATS[TOY])).toBe('Table of weights, Digits: for any editor of text');
  expect(cardOf(model.info)).toContain('A look at the table of weights:\n\n```sh\nless model.weights.txt\n```');
});

test('is exported and verified in a second engine', async () => {
  const { studio, downloads } = taken;
  const file = await studio.getState().exportModel(TOY);
  expect(file).toMatchObject({ name: expect.stringMatching(/\.weights\.txt$/) as string, sidecars: [] });
  await vi.waitFor(() => expect(studio.getState().exports[TOY]?.kind).toBe('verified'), 60_000);
  expect(studio.getState().exports[TOY]).toMatchObject({
    figures: { engine: 'a second program on this computer', tokens: 20 },
  });
  expect(downloads.at(-1)!.bytes.length).toBe(file!.size);
  expect(detailsOf(TOY)).toMatch(/Exported and verified.*opened by a second program on this computer/);
});

test('after another step is chosen, the page names the step of the last file without a warning, and the button names its own', () => {
  const { studio } = taken;
  const { exports } = studio.getState();
  const last = exports[TOY] as Extract<(typeof exports)[FormatId], { kind: 'verified' }>;
  expect(detailsOf(TOY)).toContain('Download again, Table of weights');
  studio.setState({ exports: { [TOY]: { ...last, file: { ...last.file, step: 1782 } } } });
  const card = detailsOf(TOY);
  expect(card.replace(/<[^>]*>/g, '')).toMatch(/Download step \d.*Last exported: step 1,782/);
  expect(card).toMatch(/aria-label="Download step \d+, Table of weights"/);
  expect(card).not.toMatch(/warn|Out of date/i);
  studio.setState({ exports });
});

test("a model that the format can't hold gets a line with the reason, and can't be chosen", () => {
  const { studio } = taken;
  const record = seen(studio.getState()).run!;
  const wide = { ...record.model, config: { ...record.model.config, width: 1024 } };
  studio.setState({ exports: {} });
  showing(studio, { record: { ...record, model: wide } });
  expect(detailsOf(TOY)).toContain('aria-label="Offline page"');
  expect(page()).toMatch(
    /Not available for this model: .*Table of weights.*A table of so many weights cannot be looked at/s,
  );
  expect(detailsOf('gguf-f16')).not.toContain('aria-disabled');
  showing(studio, { record });
});

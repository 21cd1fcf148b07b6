/** Labels use the field's terms: each has an entry in the glossary, and is marked on the page that uses it. */
import { readFileSync } from 'node:fs';
import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { findTerm, TERM_IDS, TERMS, type TermId } from '../src/core/glossary/terms';
import { BarFigure, NumberField, NumberStrip, Pane, PaneHead, Select, Slider, Table, TextField } from '../src/ui';
import { FIELD_TERMS } from './fieldTerms';
import { shownStrings, stringsOf, type ShownString } from './strings';

const labels = shownStrings('.').filter(({ file, labelOf }) => labelOf && /^src\/.*\.tsx?$/.test(file));

/** Names of the glossary, and terms that it may lack. */
const known = [
  ...TERM_IDS.flatMap((id) => TERMS[id].split('|').filter((word) => !word.startsWith('='))),
  ...FIELD_TERMS,
];
const inLabel = (term: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\d-])${term.replace(/[+()]/g, '\\$&')}s?(?![\\p{L}\\d-])`, 'iu');
const patterns = known.map((term) => [term, inLabel(term)] as const);

/** Terms of labels that have no entry: `file:line: "Label" uses "term"`. */
function withoutEntry(strings: readonly ShownString[]): string[] {
  return strings.flatMap(({ file, line, text }) =>
    patterns
      .filter(([term, pattern]) => pattern.test(text) && !findTerm(term))
      .map(([term]) => `${file}:${line}: "${text}" uses "${term}"`),
  );
}

test('every term in a label has an entry in the glossary', () => {
  expect(labels.length).toBeGreaterThan(500);
  expect(withoutEntry(labels)).toEqual([]);
});

test('a label with a term that has no entry is found', () => {
  const page =
    '<><NumberField label="Label smoothing" /><Pane title="KV cache in memory" /><Slider label="Top-k" /></>';
  expect(withoutEntry(stringsOf('src/features/a/A.tsx', page))).toEqual([
    'src/features/a/A.tsx:1: "Label smoothing" uses "label smoothing"',
    'src/features/a/A.tsx:1: "KV cache in memory" uses "KV cache"',
  ]);
});

/** Components that mark the first term of a label, by the attribute that holds it. */
const MARKING: Readonly<Record<string, string>> = {
  NumberField: 'label',
  Select: 'label',
  Slider: 'label',
  TextField: 'label',
  LengthField: 'label',
  Pane: 'title',
  PaneHead: 'title',
  BarFigure: 'title',
  LineChart: 'title',
  SmallChart: 'title',
};
/** Elements and components whose label is also visible on the page, and that mark no term. */
const PLAIN = /^(th|dt|legend|label|Label|Switch)$/;

function isMarked({ labelOf }: ShownString): boolean {
  if (labelOf?.kind === 'property') return labelOf.name === 'header';
  return labelOf?.kind === 'attribute' && MARKING[labelOf.component] === labelOf.name;
}
const isPlain = ({ labelOf }: ShownString): boolean =>
  (labelOf?.kind === 'element' && PLAIN.test(labelOf.name)) ||
  (labelOf?.kind === 'attribute' && PLAIN.test(labelOf.component));

/** `src/features/train/…` is of the page `train`; parts of the interface are one page. */
const pageOf = (file: string): string => /^src\/(?:features\/)?(\w+)/.exec(file)![1]!;

/** Terms in a label of a page that no element of the page marks. */
function unmarked(strings: readonly ShownString[], sourceOf: (file: string) => string): string[] {
  const marked = new Set<string>();
  for (const string of strings) {
    const found = isMarked(string) ? findTerm(string.text) : undefined;
    if (found) marked.add(`${pageOf(string.file)} ${found.id}`);
  }
  for (const file of new Set(strings.map(({ file }) => file))) {
    for (const [, id] of sourceOf(file).matchAll(/<Term id="([\w-]+)"/g)) marked.add(`${pageOf(file)} ${id}`);
  }
  return strings.filter(isPlain).flatMap((string) => {
    const found = findTerm(string.text);
    if (!found || marked.has(`${pageOf(string.file)} ${found.id}`)) return [];
    return [`${string.file}:${string.line}: "${string.text}" doesn't mark ${found.id}`];
  });
}

test('every term in a label is marked on its page', () => {
  expect(unmarked(labels, (file) => readFileSync(file, 'utf8'))).toEqual([]);
});

test('a label whose term is marked nowhere on its page is found', () => {
  const page = '<><th>Perplexity</th><th>Recall</th><Pane title="Recall of labels" /><dt>Epoch</dt></>';
  const strings = stringsOf('src/features/a/A.tsx', page);
  expect(unmarked(strings, () => '<Term id="epoch">Epoch</Term>')).toEqual([
    'src/features/a/A.tsx:1: "Perplexity" doesn\'t mark perplexity',
  ]);
});

const nothing = (): void => undefined;
const number = { value: 1, onChange: nothing, min: 0, max: 2 };
const LABEL = 'Best perplexity';
const each: readonly [string, ReactElement][] = [
  ['NumberField', createElement(NumberField, { label: LABEL, ...number, isWhole: true })],
  ['Slider', createElement(Slider, { label: LABEL, ...number, step: 1 })],
  ['Select', createElement(Select, { label: LABEL, value: 'a', onChange: nothing, options: [] })],
  ['TextField', createElement(TextField, { label: LABEL, value: '', onChange: nothing })],
  ['NumberStrip', createElement(NumberStrip, { readings: [{ label: LABEL, value: 1 }] })],
  [
    'Table',
    createElement(Table<string>, {
      label: 'Table',
      columns: [{ id: 'a', header: LABEL, cell: (row) => row }],
      rows: [],
      rowKey: (row) => row,
    }),
  ],
  ['Pane', createElement(Pane, { title: LABEL, children: null })],
  ['PaneHead', createElement(PaneHead, { title: LABEL })],
  ['BarFigure', createElement(BarFigure, { title: LABEL, heads: ['a', 'b'], rows: [], format: String })],
];
test.each(each)('%s marks the first term of its label', (_, element) => {
  const html = renderToStaticMarkup(element);
  const word =
    /<span class="[^"]*term[^"]*" role="button" data-term="perplexity" tabindex="-1" aria-expanded="false">([^<]*)<\/span>/.exec(
      html,
    );
  expect(word?.[1]).toBe('perplexity');
  // The accessible name is still the whole label.
  expect(html.replace(/<[^>]*>/g, '')).toContain(LABEL);
});

test('the page check counts on the parts of the interface that mark terms', () => {
  const rendered = each.map(([name]) => name);
  // A NumberField of the playground; and charts, which only a browser draws (e2e/smoke/train.spec.ts).
  const others = ['LengthField', 'LineChart', 'SmallChart'];
  expect(Object.keys(MARKING).filter((name) => !rendered.includes(name))).toEqual(others);
});

test('a term’s id has the type of the glossary’s ids', () => {
  const id: TermId = 'perplexity';
  // @ts-expect-error no such term
  const other: TermId = 'flux-capacitor';
  expect([id in TERMS, other in TERMS]).toEqual([true, false]);
});

/** Numbers before the start never contradict the run or a new count. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { inertServices } from '../../../testing/inertServices';
import { StudioContext } from '../../../state/react';
import { createStudio } from '../../../state/studio';
import { TextRows } from '../TextRows';
import { ClassifierForm } from './ClassifierForm';
import { CutNotice } from './CutNotice';
import type { ClassifySituation } from './useClassify';

const store = createStudio(inertServices());
const words = (of: React.ReactNode): string =>
  renderToStaticMarkup(
    <StudioContext.Provider value={{ ...store, getInitialState: store.getState }}>{of}</StudioContext.Provider>,
  )
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const situationOf = (more: object): ClassifySituation => more as ClassifySituation;

test('before the tokenizer is trained, the size of a model from scratch is a bound', () => {
  const form = (survey: object): string =>
    words(<ClassifierForm situation={situationOf({ base: undefined, plan: undefined, survey })} />);
  expect(form({})).toContain('BERT, at most 9');
  expect(form({})).toContain('at most; short texts fill fewer');
  const trained = { made: 'bpe', vocabulary: 4096, entries: 811 };
  expect(form({ summary: { trained } })).toContain('at most; these texts fill 811');
  expect(form({ summary: { trained } })).not.toContain('BERT, at most');
  // A count with another vocabulary doesn't apply to this one.
  expect(form({ summary: { trained: { ...trained, vocabulary: 1000 } } })).toContain('BERT, at most 9');
});

test('the context that fits all texts is shown once their tokens are counted', () => {
  const notice = (isCounting: boolean): string =>
    words(
      <CutNotice
        situation={situationOf({
          survey: { summary: { long: 3, longest: 400, room: 190 }, isCounting },
          plan: { fitting: { context: 448, seconds: undefined }, seconds: undefined },
        })}
      />,
    );
  expect(notice(false)).toMatch(/3 texts don.*t fit .*Read 448 tokens/);
  const counting = notice(true);
  expect(counting).toContain('Read more tokens');
  expect(counting).not.toMatch(/\d/);
});

test('a table of corrections says that it is never held out', () => {
  const table = { id: 'a', name: 'Corrections', bytes: 9, documents: 1, notes: [] };
  const row = (more: object): string => words(<TextRows texts={[{ ...table, ...more } as never]} what="Files" />);
  expect(row({ trainOnly: true })).toContain('trained, never held out');
  expect(row({})).not.toContain('held out');
});

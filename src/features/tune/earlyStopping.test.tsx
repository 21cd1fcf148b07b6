/** Early stopping has the same settings for every tuning, and for classifiers, as on Model. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { inertServices } from '../../testing/inertServices';
import { StudioContext } from '../../state/react';
import { createStudio } from '../../state/studio';
import { ClassifierForm } from './classify/ClassifierForm';
import type { ClassifySituation } from './classify/useClassify';
import { RecipeForm } from './TrainableForm';
import type { Situation } from './situation';

const store = createStudio(inertServices());
const shown = (of: React.ReactNode): string =>
  renderToStaticMarkup(
    <StudioContext.Provider value={{ ...store, getInitialState: store.getState }}>{of}</StudioContext.Provider>,
  );
const { tuning } = store.getState().project;
const tuned = (purpose: 'adapt' | 'instruct'): React.ReactNode => (
  <RecipeForm
    situation={{ tuning: { ...tuning, purpose }, plan: undefined, hasOldText: true } as unknown as Situation}
  />
);

test.each([
  ['text', tuned('adapt')],
  ['chats', tuned('instruct')],
  [
    'labels',
    <ClassifierForm situation={{ base: undefined, plan: undefined, survey: {} } as unknown as ClassifySituation} />,
  ],
])('%s: patience and minimum improvement have a row each', (_, form) => {
  const labels = [...shown(form).matchAll(/<label[^>]*>(.*?)<\/label>/g)].map(([, label]) =>
    label!.replaceAll(/<[^>]*>/g, ''),
  );
  expect(labels).toEqual(expect.arrayContaining(['Evaluate every', 'Patience', 'Min delta']));
});

/** List of mistakes: the URL that opens it, and the text of a row. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Router } from 'wouter';
import { inertServices } from '../../../testing/inertServices';
import { CLASSIFIER_SETUP, checkMistakes, MISTAKES } from '../../../state/classifierStart';
import { StudioContext } from '../../../state/react';
import { createStudio } from '../../../state/studio';
import { answerWords } from './predictedTexts';
import { EvaluationPane } from './EvaluationPane';
import { rowName } from './rowName';
import type { ClassifySituation } from './useClassify';

/** Renders the pane at a URL, for two held-out texts, one of them wrong. */
function paneAt(address: string): string {
  const store = createStudio(inertServices());
  const [path, search] = address.split('?') as [string, string];
  const classes = { labels: ['ok', 'spam'], pooling: 'first' };
  const labeled = {
    ...{ labels: classes.labels, temperature: 1, cut: 0 },
    ...{ place: [3, 8], wanted: [0, 1], given: [0, 0], sure: [0.99, 0.973], sureOfWanted: [0.99, 0.027] },
  };
  const evaluation = { labelled: labeled, metrics: {}, baselines: {}, documents: 2 };
  const situation = {
    ...{ evaluationRecord: { runId: 'r', step: 9, evaluation }, step: 9, survey: {} },
    classifier: { record: { id: 'r', name: 'mails-1', model: { id: 'bert', config: { classes } } } },
  } as unknown as ClassifySituation;
  return renderToStaticMarkup(
    <Router ssrPath={path} ssrSearch={search}>
      <StudioContext.Provider value={{ ...store, getInitialState: store.getState }}>
        <EvaluationPane situation={situation} />
      </StudioContext.Provider>
    </Router>,
  );
}

test('Check the mistakes opens their list, and the setup opens the matrix', () => {
  const mistakes = paneAt(MISTAKES);
  expect(mistakes).toContain('Labeled spam · the model says ok 97.3 %');
  expect(mistakes.match(/<li/g)).toHaveLength(1);
  expect(mistakes.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')).toContain('Mistakes 1');
  expect(paneAt(CLASSIFIER_SETUP)).not.toContain('Labeled spam');
  expect([1, 2000].map(checkMistakes)).toEqual(['Check the mistake', 'Check the 2,000 mistakes']);
});

test('a row names its file if labels come from several', () => {
  expect(rowName({ title: 'Row 1,002' }, 'more.csv')).toBe('more.csv, row 1,002');
  expect(rowName({ title: 'Row 2' }, undefined)).toBe('Row 2');
  expect(rowName({ title: 'Row over the sea' }, 'more.csv')).toBe('more.csv, Row over the sea');
  expect(answerWords('ok', 'ok', 0.9998)).toBe('The model says ok >99.9 %');
});

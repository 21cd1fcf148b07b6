/** The answer of a classifier: label first, the text that it is for, and a way to correct it. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Router } from 'wouter';
import { inertServices } from '../../testing/inertServices';
import { DEFAULT_RECIPE } from '../../core/train/recipe';
import { newOpenRun } from '../../state/openRun';
import { StudioContext } from '../../state/react';
import { createStudio } from '../../state/studio';
import { DecidedWords } from '../../ui';
import { AnswerPane } from './ClassifierPanes';
import type { Classified } from '../../state/slices/playground';

function answerOf(prompt: string, several = false): string {
  const store = createStudio(inertServices());
  const { project, opened } = store.getState();
  const classes = { labels: ['ham', 'spam'], ...(several && { several }) };
  const record = {
    id: 'r',
    model: { id: 'bert', config: { classes } },
    segments: [{ recipe: DEFAULT_RECIPE }],
  } as never;
  const given = { labels: ['spam'], probabilities: [0.127, 0.873], tokens: 3, read: 3, windows: 1 };
  const decided = { words: [{ text: 'Win', score: 2 }, { text: ' ', score: 0 }, { text: 'now', score: 0 }], blank: [0.6, 0.4] }; // prettier-ignore
  store.setState({
    project: { ...project, runId: 'r' },
    opened: { ...opened, r: { ...newOpenRun('r'), record } },
    ...{ prompt, writtenAfter: 'Win now', classified: { given, label: 1, decided } as unknown as Classified },
  });
  const html = renderToStaticMarkup(
    <Router ssrPath="/playground">
      <StudioContext.Provider value={{ ...store, getInitialState: store.getState }}>
        <AnswerPane />
      </StudioContext.Provider>
    </Router>,
  );
  return html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
}

test('shows the label and its confidence first, and lets the user correct a wrong one', () => {
  const shown = answerOf('Win now');
  expect(shown).toMatch(/^ Result spam 87\.3 % .*Wrong\? Choose the right label .*Why this label/);
  expect(shown).toContain('which words changed this one answer');
  expect(shown).not.toContain('earlier text');
});

test('doesn’t mark words that change nothing, and shows the label without them', () => {
  const html = (scores: readonly number[], blank: readonly number[]): string => {
    const words = ['see', ' ', 'the'].map((text, i) => ({ text, score: scores[i]! }));
    return renderToStaticMarkup(<DecidedWords labels={['ok', 'spam']} label={0} decided={{ words, blank }} />);
  };
  const noise = html([-0.02, 0, 0.03], [0.9998, 0.0002]);
  expect(noise).toContain('The model says ok even for a text without words: &gt;99.9 %');
  expect(noise).toContain('>see the</p>');
  expect(noise).toContain('No word supports another label');
  const page = html([-1, 0, 6], [0.1, 0.9]);
  expect(page).not.toContain('even for a text without words');
  expect(page).toMatch(/>see <span class="[^"]*">the<\/span><\/p>/);
});

test('says if an answer is for a text that was edited since', () => {
  expect(answerOf('Win nothing')).toMatch(/^ Result This result is for the earlier text /);
});

test('offers no single right label for a multi-label text', () => {
  expect(answerOf('Win now', true)).not.toContain('Choose the right label');
});

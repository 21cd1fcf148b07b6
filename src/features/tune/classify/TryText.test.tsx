/** The answer for a text that the user tries. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Answer } from './TryText';

test('a wrong answer can be corrected, unless a text may have several labels', () => {
  const given = { labels: ['spam'], probabilities: [0.1, 0.9], tokens: 3, read: 3, windows: 1 };
  const shown = (several: boolean, correction?: { label: string; isLearned: boolean }): string =>
    renderToStaticMarkup(
      <Answer
        classes={{ labels: ['ham', 'spam'], pooling: 'mean', several } as never}
        answer={given}
        decided={undefined}
        correction={{ correction, onCorrect: () => undefined, onUndo: () => undefined, onTrain: () => undefined }}
      />,
    );
  expect(shown(false)).toMatch(/Wrong\?.*Choose the right label/);
  expect(shown(true)).not.toContain('Wrong?');
  // The state of a correction stays as long as the text is shown.
  const words = (label: string, isLearned: boolean): string =>
    shown(false, { label, isLearned })
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const open = words('ham', false);
  expect(open).toContain('Corrected to ham. The correction takes effect the next time you train. Train again Undo');
  expect(open).not.toContain('Wrong?');
  expect(words('spam', true)).toContain('Corrected to spam, and now the model says spam');
  expect(words('ham', true)).toContain(
    'Corrected to ham, and the model still says spam. Add more texts like this one.',
  );
  expect(words('ham', true)).not.toContain('Undo');
});

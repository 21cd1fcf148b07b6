/** The answer for a text that a person tries. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Given } from './TryText';

test('a wrong answer can be corrected, unless a text may have several labels', () => {
  const given = { labels: ['spam'], probabilities: [0.1, 0.9], tokens: 3, read: 3, windows: 1 };
  const shown = (several: boolean): string =>
    renderToStaticMarkup(
      <Given
        classes={{ labels: ['ham', 'spam'], pooling: 'mean', several } as never}
        given={given}
        why={undefined}
        onCorrect={() => undefined}
      />,
    );
  expect(shown(false)).toMatch(/Wrong\?.*Choose the right label/);
  expect(shown(true)).not.toContain('Wrong?');
});

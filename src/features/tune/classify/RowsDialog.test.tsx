/** Rows with their labels. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { HighlightedText } from './RowsDialog';

test('highlights each occurrence of the word', () => {
  const shown = (word: string | undefined): string =>
    renderToStaticMarkup(<HighlightedText text={'The lathe,\nthe sea'} word={word} />);
  expect(shown('the')).toBe('<mark>The</mark> lathe, <mark>the</mark> sea');
  expect(shown(undefined)).toBe('The lathe, the sea');
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ExampleBaselines } from './ExampleBaselines';

test('the strong bar of the example is the model, not the longest one', () => {
  const rows = renderToStaticMarkup(<ExampleBaselines />).match(/<li.*?<\/li>/gs)!;
  expect(rows.filter((row) => /class="[^"]*strong/.test(row))).toEqual([expect.stringContaining('a model')]);
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { table } from '../../core/export/markdown';
import { Markdown } from './Markdown';

test('a table with more columns than fit the pane becomes a list of named values', () => {
  const head = ['Metric', 'This model', 'Uniform', 'Bigram', 'gzip'];
  const html = renderToStaticMarkup(<Markdown source={table([['Perplexity', '342', '1,024', '144', '–']], head)} />);
  expect(html).not.toContain('<table');
  expect(html).toContain('Perplexity</h5>');
  expect(html).toContain('<dt>Uniform</dt><dd>1,024</dd>');
  expect(html).not.toContain('gzip');
  expect(renderToStaticMarkup(<Markdown source={table([['Seed', '1']])} />)).toContain('<table');
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { memoryStore } from '../../core/base/blobStore';
import { testStudio } from '../../core/testing/behindChannels';
import { StudioContext } from '../../state/react';
import { WrittenPane } from './WrittenPane';

test('what is written stands where its script begins', () => {
  const { studio, close } = testStudio(memoryStore());
  const written = [{ id: 1, text: 'שלום', bytes: [0xd7], probability: 0.5, alternatives: [] }];
  studio.setState({ writtenAfter: 'הים', written });
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <WrittenPane chosen={undefined} onChoose={() => undefined} />
    </StudioContext.Provider>,
  );
  expect(html).toMatch(/dir="auto"[^>]*><span[^>]*>הים/);
  close();
});

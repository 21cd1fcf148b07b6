import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { memoryStore } from '../../core/base/blobStore';
import { testStudio } from '../../testing/behindChannels';
import { StudioContext } from '../../state/react';
import { WrittenPane } from './WrittenPane';

test('aligns written text to the start of its script', () => {
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

test('earlier texts are listed by their seeds', () => {
  const { studio, close } = testStudio(memoryStore());
  const { sampling } = studio.getState();
  const earlier = [1, 2].map((seed) => ({
    by: {
      runId: 'r',
      name: 'sea-1',
      step: 20,
      kind: 'decoder',
      isChat: false,
      vocabulary: 9,
      which: 'latest',
    } as const,
    ...{
      prompt: 'the sea',
      sampling: { ...sampling, seed },
      tokens: [],
      outcome: { reason: 'length', ms: 1 } as const,
    },
  }));
  studio.setState({ earlier });
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <WrittenPane chosen={undefined} onChoose={() => undefined} />
    </StudioContext.Provider>,
  );
  expect(html).toContain('Show seed 2 by sea-1, step 20, after “the sea”');
  expect(html.replace(/<[^>]*>/g, '')).toContain('Earlier: seed 1, seed 2');
  close();
});

test('earlier texts with the same seed have their first words in their names', () => {
  const { studio, close } = testStudio(memoryStore());
  const { sampling } = studio.getState();
  const by = {
    runId: 'r',
    name: 'sea-1',
    step: 20,
    kind: 'decoder',
    isChat: false,
    vocabulary: 9,
    which: 'latest',
  } as const;
  const earlier = ['the old man and the sea', 'the old man and a boat', 'a whale'].map((text, i) => ({
    ...{ by, prompt: 'once ', sampling: { ...sampling, seed: i < 2 ? 1 : 2 } },
    tokens: [{ id: 1, text, bytes: [], probability: 0.5, alternatives: [] }],
    outcome: { reason: 'length', ms: 1 } as const,
  }));
  studio.setState({ earlier });
  const html = renderToStaticMarkup(
    <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
      <WrittenPane chosen={undefined} onChoose={() => undefined} />
    </StudioContext.Provider>,
  );
  expect(html.replace(/<[^>]*>/g, '')).toContain(
    'Earlier: seed 1 “the old man and the”, seed 1 “the old man and a”, seed 2',
  );
  close();
});

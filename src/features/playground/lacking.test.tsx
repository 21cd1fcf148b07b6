/** The filled button of the Playground is always enabled: without a text it asks for one. */
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeEach, expect, test } from 'vitest';
import { Router } from 'wouter';
import { usualConfig } from '../../core/models/spec';
import { type ModelId, modelSpec } from '../../core/models';
import { inertServices } from '../../testing/inertServices';
import { StudioContext } from '../../state/react';
import { createStudio } from '../../state/studio';
import { TextPane } from './ClassifierPanes';
import { InputPane } from './InputPane';
import { missingInputWords } from './kinds';
import { PassagePane } from './PassagePane';
import { PromptPane } from './PromptPane';
import type { StudioStore } from '../../state/slices/studio';

let store: StudioStore;
beforeEach(() => {
  store = createStudio(inertServices());
});

function choose(id: ModelId, classes?: object): void {
  const { project } = store.getState();
  const config = {
    ...usualConfig(modelSpec(id), { layers: 1, heads: 2, width: 16, context: 32 }),
    ...(classes && { classes }),
  };
  store.setState({ project: { ...project, model: { ...project.model, id, config } as never } });
}
const KINDS = [
  { kind: 'classifier', pane: <TextPane />, id: 'bert', classes: { labels: ['a', 'b'] }, without: ' ', words: 'Type a text first' },
  { kind: 'encoder', pane: <PassagePane />, id: 'bert', without: 'The sea', words: 'Type ___ for a blank first' },
  { kind: 'encoder-decoder', pane: <InputPane />, id: 't5', without: '', words: 'Type an input first' },
  { kind: 'decoder', pane: <PromptPane />, id: 'gpt', without: '', words: undefined },
] as const; // prettier-ignore

test.each(KINDS)(
  '$kind: without a text the filled button is enabled, and asks for one',
  ({ pane, without, words, ...model }) => {
    choose(model.id, 'classes' in model ? model.classes : undefined);
    store.getState().setPrompt(without);
    expect(missingInputWords(store.getState())).toBe(words);
    const html = renderToStaticMarkup(
      <Router ssrPath="/playground">
        <StudioContext.Provider value={{ ...store, getInitialState: store.getState }}>{pane}</StudioContext.Provider>
      </Router>,
    );
    const filled = html.match(/<button[^>]*data-variant="go"[^>]*>/g) ?? [];
    expect(filled).toHaveLength(1);
    expect(filled[0]).not.toContain('aria-disabled');
    store.getState().setPrompt('The sea is ___ deep');
    expect(missingInputWords(store.getState())).toBeUndefined();
  },
);

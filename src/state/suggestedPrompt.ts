/** The default sample prompt: that of a bundled sample, or the first words of a text. */
import { promptFrom } from '../core/documents/prompt';
import type { TextRecord } from '../core/documents';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import type { Services, Studio } from './slices/studio';

export type PromptNeeds = Pick<Studio, 'project' | 'samples' | 'setRecipe' | 'texts'>;

export interface SuggestedPrompt {
  /** Words of a text to continue from; undefined if it has none, or can't be read. */
  suggestion(text: TextRecord): Promise<string | undefined>;
  /** Sets the project's prompt from the text, unless a person chose one. */
  suggest(text: TextRecord | undefined): Promise<void>;
}

export function suggestedPrompt({ data }: Pick<Services, 'data'>, get: () => PromptNeeds): SuggestedPrompt {
  const suggestion = async ({ id, name, characters }: TextRecord): Promise<string | undefined> => {
    const sample = get().samples.find((other) => other.file === name && other.characters === characters);
    if (sample?.prompt !== undefined) return sample.prompt;
    return data.call('preview', { id, place: 0, characters: SEARCH_LENGTH }).then(
      ({ start }) => promptFrom(start),
      () => undefined,
    );
  };
  return {
    suggestion,
    async suggest(text) {
      const { id: projectId, recipe } = get().project;
      if (!text || recipe.samplePrompt !== DEFAULT_RECIPE.samplePrompt) return;
      const samplePrompt = await suggestion(text);
      const { project, texts, setRecipe } = get();
      const isUnchanged =
        project.id === projectId &&
        project.recipe.samplePrompt === DEFAULT_RECIPE.samplePrompt &&
        texts.some(({ id }) => id === text.id);
      if (samplePrompt !== undefined && isUnchanged) setRecipe({ samplePrompt });
    },
  };
}
/** Number of characters to search. */
const SEARCH_LENGTH = 20_000;

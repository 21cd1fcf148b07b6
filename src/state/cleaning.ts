/** Applies cleaning recipes to the project's texts. */
import { IDLE, work } from './work';
import type { CleaningSlice } from './slices/cleaning';
import type { Slice, Studio } from './slices/studio';

export const createCleaningSlice: Slice<CleaningSlice, Pick<Studio, 'project' | 'putText' | 'texts'>> =
  ({ data, now, tabs, download }) =>
  (set, get) => ({
    cleaning: { of: '', work: IDLE },
    recipeHistory: { of: '', now: undefined, past: [], future: [], part: undefined },
    setRecipeHistory: (recipeHistory) => set({ recipeHistory }),
    async applyRecipe(recipe) {
      const projectId = get().project.id;
      const done = await work(
        (work) => set({ cleaning: { of: projectId, work } }),
        now,
        async (options) => {
          for (const { id } of get().texts) {
            get().putText(await data.call('applyRecipe', { id, recipe, at: now() }, options));
            tabs.announce();
          }
          return true;
        },
      );
      return done ?? false;
    },
    saveFile: download,
  });

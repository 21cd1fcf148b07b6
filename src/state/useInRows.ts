import type { InRows } from '../core/objectives/objective';
import { objectiveSettings, type Recipe } from '../core/train/recipe';
import { useStudio, useStudioStore } from './react';
import { useQuery } from './useWorkerValue';

/** Rows of the project's training data; undefined until known, and for contiguous data. */
export function useInRows(): InRows | undefined {
  const store = useStudioStore();
  const data = useStudio((s) => s.project.data);
  const model = useStudio((s) => s.project.model.id);
  const context = useStudio((s) => s.project.model.config.context);
  const settings = useStudio((s) => settingsInRows(s.project.recipe));
  const { latest, failure } = useQuery(
    JSON.stringify([model, context, settings]),
    () => {
      const { inRows, project } = store.getState();
      return inRows(project);
    },
    data,
  );
  // Pages that use the data report that it is missing.
  return failure ? undefined : latest;
}

/** Key of the settings that rows depend on: a request reads all documents, so no other setting triggers one. */
export const settingsInRows = (recipe: Recipe): string => JSON.stringify(objectiveSettings(recipe));

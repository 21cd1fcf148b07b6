import { useEffect, useState } from 'react';
import type { InRows } from '../core/objectives/objective';
import { objectiveSettings, type Recipe } from '../core/train/recipe';
import { useStudio, useStudioStore } from './react';

/** How the project's data lie in rows of what is learnt at once; undefined until it is known, and where they lie end to end. */
export function useInRows(): InRows | undefined {
  const store = useStudioStore();
  const data = useStudio((s) => s.project.data);
  const model = useStudio((s) => s.project.model.id);
  const context = useStudio((s) => s.project.model.config.context);
  const settings = useStudio((s) => settingsInRows(s.project.recipe));
  const [told, setTold] = useState<InRows>();
  useEffect(() => {
    let isWanted = true;
    // Data that are gone are told where they are used.
    const { inRows, project } = store.getState();
    inRows(project).then(
      (found) => isWanted && setTold(found),
      () => isWanted && setTold(undefined),
    );
    return () => {
      isWanted = false;
    };
  }, [store, data, model, context, settings]);
  return told;
}

/** The settings that rows follow from, as one value: to ask costs a reading of all documents, and no other setting is worth it. */
export const settingsInRows = (recipe: Recipe): string => JSON.stringify(objectiveSettings(recipe));

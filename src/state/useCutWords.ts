import { useEffect, useState } from 'react';
import type { InRows } from '../core/objectives/objective';
import { useStudio, useStudioStore } from './react';

/** How the project's data lie in rows of what is learnt at once; undefined until it is known, and where there is nothing to tell. */
export function useCutWords(): InRows | undefined {
  const store = useStudioStore();
  const data = useStudio((s) => s.project.data);
  const model = useStudio((s) => s.project.model.id);
  const context = useStudio((s) => s.project.model.config.context);
  const recipe = useStudio((s) => s.project.recipe);
  const [words, setWords] = useState<InRows>();
  useEffect(() => {
    let isWanted = true;
    // Data that are gone are told where they are used.
    const { cutWords, project } = store.getState();
    cutWords(project).then(
      (found) => isWanted && setWords(found),
      () => isWanted && setWords(undefined),
    );
    return () => {
      isWanted = false;
    };
  }, [store, data, model, context, recipe]);
  return words;
}

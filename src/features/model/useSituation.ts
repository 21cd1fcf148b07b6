import { useMemo } from 'react';
import { estimateProject, startProblems, textSize, vocabularySize } from '../../state/estimate';
import { dataState } from '../../state/preparation';
import { useStudio } from '../../state/react';
import type { Situation } from './doctor';

/** The settings as they are, with all that they are judged by. */
export function useSituation(): Situation {
  const project = useStudio((s) => s.project);
  const texts = useStudio((s) => s.texts);
  const device = useStudio((s) => (s.device.kind === 'open' ? s.device.info : undefined));
  return useMemo(
    () => ({
      model: { id: project.model.id, config: project.model.config, vocabulary: vocabularySize(project) },
      recipe: project.recipe,
      text: textSize({ project, texts }),
      validationShare: project.validationShare,
      divergence: dataState({ project, texts }) === 'done' ? project.data?.divergence : undefined,
      problems: startProblems({ project, texts }),
      estimate: estimateProject(project, device),
      device,
    }),
    [project, texts, device],
  );
}

import { useMemo } from 'react';
import { estimateProject, limitsOf, modelOf, recomputationOf, startProblems, textSize } from '../../state/estimate';
import { expectedOf, plannedNow, profileNow } from '../../state/plan';
import { dataState, rolesToCome } from '../../state/preparation';
import { useStudio } from '../../state/react';
import { useInRows } from '../../state/useInRows';
import { useLeaks } from '../../state/useLeaks';
import { planWait, startWait } from '../../state/wait';
import type { Situation } from './doctor';

/** Current settings, with all inputs of the config doctor. */
export function useSituation(): Situation {
  const project = useStudio((s) => s.project);
  const texts = useStudio((s) => s.texts);
  const deviceState = useStudio((s) => s.device);
  const planned = useStudio((s) => s.planned);
  const buildRate = useStudio((s) => s.buildRate);
  const inRows = useInRows();
  const leaks = useLeaks();
  return useMemo(() => {
    const inputs = { project, texts, device: deviceState, planned, buildRate };
    const plan = plannedNow(inputs);
    const device = deviceState.kind === 'open' ? deviceState.info : undefined;
    const recomputation = recomputationOf(project, limitsOf({ device: deviceState }));
    return {
      model: modelOf(project),
      recipe: { ...project.recipe, recompute: recomputation.isOn },
      recomputation,
      text: textSize({ project, texts }, profileNow(inputs)),
      validationShare: project.split.validation,
      divergence: dataState({ project, texts }) === 'done' ? project.data?.divergence : undefined,
      problems: startProblems({ project, texts, device: deviceState }),
      inRows,
      leaks,
      missingRoles: rolesToCome(project),
      estimate: { ...estimateProject(project, device), seconds: startWait(inputs) },
      expected: expectedOf(inputs),
      plan: plan && { ...plan, seconds: planWait(inputs, plan) },
      device,
    };
  }, [project, texts, deviceState, planned, buildRate, inRows, leaks]);
}

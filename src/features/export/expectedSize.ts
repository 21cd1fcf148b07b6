import { partsOf } from '../../core/adapters/trainable';
import { expectedBytes, F32, weightBytes } from '../../core/export/format';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { paramsOf } from '../../core/models';
import { countParams } from '../../core/models/spec';
import { dataOf } from '../../core/runs/segments';
import type { DataFacts } from '../../core/runs/settings';
import { countUpTo } from '../../core/train/meanAt';
import { shownRun } from '../../state/openRun';
import { chosenStep } from '../../state/trained';
import type { Studio } from '../../state/slices/studio';

/** Approximate size of a format in bytes; undefined without a model. */
export function expectedSize(s: Studio, format: FormatId): number | undefined {
  const { record: run, ...open } = shownRun(s, 'export');
  const saved = chosenStep(open);
  if (!run || !saved) return undefined;
  const { own, added, trainableParams } = partsOf(paramsOf(run.model), run.trainable);
  const parameters = countParams(own);
  const trained = countParams(trainableParams);
  // Weights stored in F16 are exported in F32. Checkpoints don't contain frozen weights.
  const kept = saved.holds === 'weights' ? weightBytes(F32, { parameters: trained }) : saved.bytes;
  const frozen = parameters + countParams(added) - trained;
  return expectedBytes(FORMATS[format], {
    model: run.model,
    parameters,
    saved: kept + weightBytes(F32, { parameters: frozen }),
    ...(run.trainable?.adapter && { added: countParams(added) }),
    steps: countUpTo(open.log.step, saved.step),
    tokens: dataOf(run).id === null ? 0 : tokensOf(dataOf(run).facts),
    withOptimizer: s.withOptimizer,
  });
}

const tokensOf = (facts: DataFacts | null): number =>
  Object.values(facts?.parts ?? {}).reduce((sum, { tokens }) => sum + tokens, 0);

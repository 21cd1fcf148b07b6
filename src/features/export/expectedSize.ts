import type { FormatId } from '../../core/export/formats';
import { modelSpec } from '../../core/models';
import { countParams } from '../../core/models/spec';
import type { Studio } from '../../state/studio';
import { chosenStep } from '../../state/trained';

/** Bytes that a format will take, about; undefined when there is no model. */
export function expectedSize(s: Studio, format: FormatId): number | undefined {
  const run = s.model?.run;
  const saved = chosenStep(s);
  if (!run || !saved) return undefined;
  const { model } = run;
  const parameters = countParams(modelSpec(model.id).params(model.config, model.vocabulary));
  switch (format) {
    case 'hf':
      return s.withOptimizer ? saved.bytes : 4 * parameters;
    case 'safetensors':
    case 'gguf-f32':
    case 'onnx-f32':
      return 4 * parameters;
    case 'gguf-f16':
    case 'onnx-f16':
    case 'service':
      return 2 * parameters;
    case 'gguf-q8_0':
      return (34 / 32) * parameters; // blocks of 32 and a scale
    case 'html':
      return (16 / 3) * parameters + PAGE; // base64 of f32
    case 'pytorch': {
      const tokens = (run.data?.trainTokens ?? 0) + (run.data?.validationTokens ?? 0);
      return saved.bytes + (run.manifest ? tokens * (model.vocabulary <= 2 ** 16 ? 2 : 4) : 0);
    }
    default:
      return format satisfies never;
  }
}
/** What the offline page's own code takes. */
const PAGE = 120_000;

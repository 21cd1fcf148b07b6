/** Which of a model's own weights learn, where not all do: as a person says it, and by name. */
import { badSettings } from '../base/errors';
import { counted } from '../base/units';
import type { ParamTable } from '../models/spec';

/** `all`; of each stack the last `layers`, the norm after them and the head; or norms and head alone. */
export type TrainableScope = { what: 'all' } | { what: 'last'; layers: number } | { what: 'norms' };

/**
 * Names of the weights that learn; undefined for all. A head that is the embedding (tied) is not one: it would learn all tokens.
 * @param table the model's own. @param layers of each of its stacks
 * @throws HomegrownError `bad-settings` where there are not so many layers
 */
export function weightsInScope(
  learns: TrainableScope,
  table: ParamTable,
  layers: number,
): readonly string[] | undefined {
  /** In the table's order. */
  const named = (test: (name: string, group: string) => boolean): readonly string[] =>
    Object.entries(table).flatMap(([name, { group }]) => (test(name, group) ? [name] : []));
  switch (learns.what) {
    case 'all':
      return undefined;
    case 'norms':
      return named((_, group) => group === 'Norms' || group === 'Classifier');
    case 'last': {
      if (learns.layers > layers)
        throw badSettings(
          `The model has ${counted(layers, 'layer')}, fewer than the last ${learns.layers} to train.`,
          `Train at most ${layers}. Nothing was started.`,
        );
      let isAfterLayers = false;
      return named((name, group) => {
        const layer = layerOf(name);
        isAfterLayers ||= layer !== undefined;
        if (layer !== undefined) return layer >= layers - learns.layers;
        return isAfterLayers && (group === 'Norms' || group === 'Classifier');
      });
    }
  }
}

/** 3 of `transformer.h.3.ln_1.weight`; undefined of what is in no layer. */
const layerOf = (name: string): number | undefined => {
  const [, number] = /\.(\d+)\./.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
};

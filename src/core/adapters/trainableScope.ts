/** Converts a person's choice of trainable weights to their names. */
import { badSettings } from '../base/errors';
import { counted } from '../base/units';
import type { ParamTable } from '../models/spec';

/** All weights; the last `layers` of each stack with the norms and classifier after them; or norms and classifier. */
export type TrainableScope = { what: 'all' } | { what: 'last'; layers: number } | { what: 'norms' };

/**
 * Names of trainable weights; undefined for all. Excludes a head tied to the embedding, which would train all tokens.
 * @param table the model's own parameters
 * @param layers of each of its stacks
 * @throws HomegrownError `bad-settings` if the model has fewer layers
 */
export function weightsInScope(
  scope: TrainableScope,
  table: ParamTable,
  layers: number,
): readonly string[] | undefined {
  /** Names that pass the test, in the table's order. */
  const namesWhere = (test: (name: string, group: string) => boolean): readonly string[] =>
    Object.entries(table).flatMap(([name, { group }]) => (test(name, group) ? [name] : []));
  switch (scope.what) {
    case 'all':
      return undefined;
    case 'norms':
      return namesWhere((_, group) => group === 'Norms' || group === 'Classifier');
    case 'last': {
      if (scope.layers > layers)
        throw badSettings(
          `The model has ${counted(layers, 'layer')}, fewer than the last ${scope.layers} to train.`,
          `Train at most ${layers}. Nothing was started.`,
        );
      let isAfterLayers = false;
      return namesWhere((name, group) => {
        const layer = layerOf(name);
        isAfterLayers ||= layer !== undefined;
        if (layer !== undefined) return layer >= layers - scope.layers;
        return isAfterLayers && (group === 'Norms' || group === 'Classifier');
      });
    }
  }
}

/** Layer number of a weight: 3 for `transformer.h.3.ln_1.weight`; undefined outside of layers. */
const layerOf = (name: string): number | undefined => {
  const [, number] = /\.(\d+)\./.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
};

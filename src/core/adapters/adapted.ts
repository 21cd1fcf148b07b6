import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { paramsOf } from '../models';
import { type ModelChoice, named, type Network, network, type Values } from '../models/network';
import type { ForwardContext, Params } from '../models/spec';
import { allocate } from '../ops/variables';
import { adapterOf } from '.';
import { adapterTensorName, layerOf, partsOf, type Trainable } from './trainable';

/**
 * Loads a model onto the current device, trainable weights in arenas apart from frozen ones. The forward pass includes the
 * adapter, if there is one.
 * @param values the model's weights, and the adapter's
 * @throws {HomegrownError} as `network` and `partsOf` do
 */
export async function adapted(choice: ModelChoice, values: Values, trainable?: Trainable): Promise<Network> {
  const { trainableParams } = partsOf(paramsOf(choice), trainable);
  const base = await network(choice, values, Object.keys(trainableParams), trainable?.rest);
  if (!trainable?.adapter) return base;
  try {
    const all = await withAdapters(base, values, trainable);
    return {
      ...all,
      dispose() {
        all.dispose();
        base.dispose();
      },
    };
  } catch (error) {
    base.dispose();
    throw error;
  }
}

/**
 * Adds an adapter to a base that is on the device. Disposing the result leaves the base there, because other adapters may
 * share it.
 * @param values the adapter's weights
 */
export async function withAdapters(base: Network, values: Values, trainable: Trainable): Promise<Network> {
  const { choice } = base;
  const { own, added, trainableParams } = partsOf(paramsOf(choice), trainable);
  const adapter = trainable.adapter!;
  const stated = adapterOf(adapter.id);
  const loaded = await stated.load();
  const names = Object.keys(added);
  const held = placed(names, values);
  const trained = Object.fromEntries(names.map((name, i) => [name, held.variables[i]!]));
  const all = adapter.beside.map((name) => {
    const ends = Object.keys(stated.params(own[name]!, adapter.settings));
    const its = Object.fromEntries(ends.map((end): [string, Tensor] => [end, trained[adapterTensorName(name, end)]!]));
    return { name, layer: layerOf(name), weight: base.params[name] as unknown as Tensor2D, its };
  });
  const within = (context: ForwardContext = { dropout: 0 }): ForwardContext => {
    const { counter } = context;
    const overrides: Params = Object.fromEntries(
      all.map(({ name, layer, weight, its }) => [
        name,
        loaded.adapted(weight, its, adapter.settings, { layer, counter }),
      ]),
    );
    return { ...context, overrides };
  };
  return {
    choice,
    trainableParams,
    params: { ...base.params, ...trained },
    forward: (ids, context, source) => base.forward(ids, within(context), source),
    encode: (source, context) => base.encode(source, within(context)),
    dispose: () => held.dispose(),
  };
}

/** Allocates on the current device. Defined here, because a caller's closures would keep `values` on the host. */
const placed = (names: readonly string[], values: Values) => allocate(named(names, values));

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
    const withAdapter = await withAdapters(base, values, trainable);
    return {
      ...withAdapter,
      dispose() {
        withAdapter.dispose();
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
  const definition = adapterOf(adapter.id);
  const loaded = await definition.load();
  const names = Object.keys(added);
  const adapterVariables = allocateValues(names, values);
  const adapterTensors = Object.fromEntries(names.map((name, i) => [name, adapterVariables.variables[i]!]));
  const targets = adapter.beside.map((name) => {
    const suffixes = Object.keys(definition.params(own[name]!, adapter.settings));
    const tensors = Object.fromEntries(
      suffixes.map((suffix): [string, Tensor] => [suffix, adapterTensors[adapterTensorName(name, suffix)]!]),
    );
    return { name, layer: layerOf(name), weight: base.params[name] as unknown as Tensor2D, tensors };
  });
  const withOverrides = (context: ForwardContext = { dropout: 0 }): ForwardContext => {
    const { counter } = context;
    const overrides: Params = Object.fromEntries(
      targets.map(({ name, layer, weight, tensors }) => [
        name,
        loaded.adapted(weight, tensors, adapter.settings, { layer, counter }),
      ]),
    );
    return { ...context, overrides };
  };
  return {
    choice,
    trainableParams,
    params: { ...base.params, ...adapterTensors },
    forward: (ids, context, source) => base.forward(ids, withOverrides(context), source),
    encode: (source, context) => base.encode(source, withOverrides(context)),
    dispose: () => adapterVariables.dispose(),
  };
}

/** Allocates on the current device. Defined here, because a caller's closures would keep `values` on the host. */
const allocateValues = (names: readonly string[], values: Values) => allocate(named(names, values));

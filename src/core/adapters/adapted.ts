import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { disposingOnFailure } from '../base/disposing';
import { modelSpec } from '../models';
import { type ModelChoice, named, type Network, network, type Values } from '../models/network';
import type { ForwardContext, Params } from '../models/spec';
import { allocate } from '../ops/variables';
import { adapterOf } from '.';
import { besideName, layerOf, type Trainable, partsOf } from './trainable';

/**
 * Puts a model on the device in use: what learns in arenas of its own, what is frozen in others. `values` hold its weights and,
 * where it has one, those of its adapter, which its forward pass then goes through.
 * @throws {HomegrownError} as `network` and `partsOf` do
 */
export async function adapted(choice: ModelChoice, values: Values, trainable?: Trainable): Promise<Network> {
  const { own, added, trainableParams } = partsOf(
    modelSpec(choice.id).params(choice.config, choice.vocabulary),
    trainable,
  );
  const adapter = trainable?.adapter;
  const stated = adapter && adapterOf(adapter.id);
  const loaded = await stated?.load();
  const net = await network(choice, values, Object.keys(trainableParams), trainable?.rest);
  if (!adapter || !stated || !loaded) return net;

  const names = Object.keys(added);
  const held = besideOf(net, names, values);
  const beside = Object.fromEntries(names.map((name, i) => [name, held.variables[i]!]));
  const all = adapter.beside.map((name) => {
    const ends = Object.keys(stated.params(own[name]!, adapter.settings));
    const its = Object.fromEntries(ends.map((end): [string, Tensor] => [end, beside[besideName(name, end)]!]));
    return { name, layer: layerOf(name), weight: net.params[name] as unknown as Tensor2D, its };
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
    params: { ...net.params, ...beside },
    forward: (ids, context, source) => net.forward(ids, within(context), source),
    encode: (source, context) => net.encode(source, within(context)),
    dispose() {
      net.dispose();
      held.dispose();
    },
  };
}

/** What is learnt beside the weights of a network, on the device in use. Apart from `adapted`, whose functions would keep `values` on the host. */
const besideOf = (net: Network, names: readonly string[], values: Values) =>
  disposingOnFailure([net], () => allocate(named(names, values)));

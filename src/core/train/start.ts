/** Initial tensors and state of a run: weights, and optimizer state if it resumes from a checkpoint. */
import { partsOf } from '../adapters/trainable';
import { badSettings } from '../base/errors';
import { bytesOf, type NamedTensors } from '../checkpoint/tensors';
import { hashTensors } from '../checkpoint/tensorsHash';
import { modelSpec } from '../models';
import { drawn, initialValues } from '../models/initial';
import { optimizerOf, stateName, stateOf } from '../optim';
import { resumedState } from './patience';
import type { TrainInput, TrainState } from './run';

type Start = Pick<TrainInput, 'model' | 'recipe' | 'trainable' | 'base' | 'from'>;

/** Initial tensors by name: a snapshot's, else the base's, else random ones. */
export function startingValues(start: Start): NamedTensors {
  const { model, trainable, base, from } = start;
  const { seed } = start.recipe;
  const saved = from && (hasMoments(start) ? from.tensors : withoutMoments(start, from.tensors));
  if (saved && !trainable) return saved;
  const weights = base ?? initialValues(model, seed);
  const { added } = paramTables({ model, ...(trainable && { trainable }) });
  return new Map([...drawn(added, seed), ...weights, ...(saved ?? [])]);
}

/** @throws HomegrownError `bad-settings` if the snapshot was trained with different frozen weights */
export async function startingState(start: Start): Promise<TrainState> {
  const frozen = await hashOfFrozen(start);
  const { from } = start;
  if (from && from.state.frozen !== frozen) {
    throw badSettings(
      `Step ${from.state.step} was trained with ${frozenWords(from.state.frozen)}, but would resume with ${frozenWords(frozen)}.`,
      'The checkpoint is unchanged. Resume it with its original base model and the same trainable weights.',
    );
  }
  if (from) {
    return { ...resumedState(from.state, start.recipe), ...(!hasMoments(start) && { momentsFrom: from.state.step }) };
  }
  return { step: 0, tokensSeen: 0, activeMs: 0, best: null, ...(frozen !== undefined && { frozen }) };
}

/** Whether the snapshot has the complete optimizer state. A checkpoint of another optimizer may have a part of it. */
const hasMoments = (start: Start): boolean => momentNames(start).every((name) => start.from?.tensors.has(name));

/** Drops all moments, because a partial set would count from different steps. */
function withoutMoments(start: Start, tensors: NamedTensors): NamedTensors {
  const names = new Set(momentNames(start));
  return new Map([...tensors].filter(([name]) => !names.has(name)));
}

function momentNames({ model, recipe, trainable }: Start): string[] {
  const { trainableParams } = paramTables({ model, ...(trainable && { trainable }) });
  return stateOf(optimizerOf(recipe.optimizer), Object.entries(trainableParams)).flat().map(stateName);
}

const frozenWords = (frozen: string | undefined): string =>
  frozen === undefined ? 'no frozen weights' : `frozen weights that hash to ${frozen.slice(0, 12)}…`;

/** Hash of the frozen weights; undefined if all weights are trainable. */
export async function hashOfFrozen(start: Start): Promise<string | undefined> {
  const { own, trainableParams } = paramTables(start);
  const names = Object.keys(own).filter((name) => !Object.hasOwn(trainableParams, name));
  if (names.length === 0) return undefined;
  const weights = start.base ?? initialValues(start.model, start.recipe.seed);
  return hashTensors(names.flatMap((name) => bytesOf(weights.get(name)!)));
}

const paramTables = ({ model: { id, config, vocabulary }, trainable }: Pick<Start, 'model' | 'trainable'>) =>
  partsOf(modelSpec(id).params(config, vocabulary), trainable);

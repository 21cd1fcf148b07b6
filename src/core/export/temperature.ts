/** Temperature of a calibrated classifier: merged into exported weights, and applied in use. */
import { tempered } from '../models/classes';
import { type Decision, temperatureAt } from '../runs/settings';
import type { Exported } from './format';
import type { RunInfo } from './homegrownJson';

/** Merges the temperature into the head's weights, for programs that read nothing else. */
export function withTemperature(exported: Exported): Exported {
  const info = infoWithTemperature(exported.info);
  if (info === exported.info) return exported;
  const { snapshot } = exported;
  const tensors = tempered(info.model, snapshot.tensors, info.decision!.temperature);
  return { ...exported, info, snapshot: { ...snapshot, tensors } };
}

/** Run information for weights with the temperature merged. */
export function infoWithTemperature(info: RunInfo): RunInfo {
  const { decision, state } = info;
  if (!decision || decision.inWeights) return info;
  const temperature = temperatureAt(decision, state.step);
  return { ...info, decision: { ...decision, temperature, step: state.step, inWeights: true } };
}

/** Decision that still applies to imported weights. */
export const decisionInUse = ({ inWeights, ...decision }: NonNullable<RunInfo['decision']>): Decision =>
  inWeights ? { temperature: 1, atLeast: decision.atLeast } : decision;

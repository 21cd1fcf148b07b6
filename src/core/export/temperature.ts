/** Of a classifier that has been judged, what makes it as sure as it is right: in the weights of what is written, and in use. */
import { tempered } from '../models/classes';
import { type Decision, temperatureAt } from '../runs/settings';
import type { Exported } from './format';
import type { RunInfo } from './homegrownJson';

/** With its temperature in the weights of its head, where whoever reads its files finds it. */
export function withTemperature(exported: Exported): Exported {
  const info = infoWithTemperature(exported.info);
  if (info === exported.info) return exported;
  const { snapshot } = exported;
  const tensors = tempered(info.model, snapshot.tensors, info.decision!.temperature);
  return { ...exported, info, snapshot: { ...snapshot, tensors } };
}

/** Run information for weights that the temperature is merged into. */
export function infoWithTemperature(info: RunInfo): RunInfo {
  const { decision, state } = info;
  if (!decision || decision.inWeights) return info;
  const temperature = temperatureAt(decision, state.step);
  return { ...info, decision: { ...decision, temperature, step: state.step, inWeights: true } };
}

/** What is to be done with the scores of the weights that came along. */
export const decisionInUse = ({ inWeights, ...decision }: NonNullable<RunInfo['decision']>): Decision =>
  inWeights ? { temperature: 1, atLeast: decision.atLeast } : decision;

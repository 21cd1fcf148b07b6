/** The rail: each stage with its artefact in one line, never locked, marked when out of date. */
import { formatCount, formatShort } from '../core/base/units';
import { modelSpec } from '../core/models';
import { countParams } from '../core/models/spec';
import { headlineWords } from '../core/objectives';
import { measuredAt } from '../core/runs/segments';
import { vocabularySize } from './estimate';
import type { Exporting } from './export';
import { dataState, tokenizerState } from './preparation';
import { isBeginning, isUnreadable } from './phase';
import { hasModel, isWeightsAlone } from './run';
import type { Studio } from './studio';

export const STAGE_IDS = ['text', 'tokenizer', 'data', 'model', 'train', 'playground', 'export'] as const;
export type StageId = (typeof STAGE_IDS)[number];

export interface StageLine {
  id: StageId;
  name: string;
  node: 'done' | 'none' | 'stale' | 'run' | 'stopped';
  /** Words at the right of the name: 'out of date', 'running', 'stopped'. */
  flag?: string;
  line: string;
}

export function stageLines(s: Studio): readonly StageLine[] {
  return [textLine(s), tokenizerLine(s), dataLine(s), modelLine(s), trainLine(s), playgroundLine(s), exportLine(s)];
}

const STALE = { node: 'stale', flag: 'out of date' } as const;
const DONE = { node: 'done' } as const;
const NONE = { node: 'none' } as const;

function textLine({ texts, importing }: Studio): StageLine {
  const stage = { id: 'text', name: 'Text' } as const;
  if (importing.kind === 'busy')
    return { ...stage, node: 'run', flag: 'reading', line: importing.progress?.label ?? 'reading' };
  if (texts.length === 0) return { ...stage, ...NONE, line: 'drop files to begin' };
  return { ...stage, ...DONE, line: `${formatShort(characters(texts))} characters` };
}

function tokenizerLine(s: Studio): StageLine {
  const stage = { id: 'tokenizer', name: 'Tokenizer' } as const;
  if (s.tokenizing.kind === 'busy')
    return { ...stage, node: 'run', flag: 'running', line: s.tokenizing.progress?.label ?? 'reading the text' };
  const { tokenizer } = s.project;
  if (!tokenizer) return { ...stage, ...NONE, line: s.texts.length > 0 ? 'not yet' : 'needs text' };
  const line = `${KIND_WORDS[tokenizer.model.kind]} · ${formatCount(tokenizer.size)} entries`;
  return { ...stage, ...(tokenizerState(s) === 'done' ? DONE : STALE), line };
}
export const KIND_WORDS = { bpe: 'BPE', characters: 'Characters', bytes: 'Bytes' } as const;

function dataLine(s: Studio): StageLine {
  const stage = { id: 'data', name: 'Data' } as const;
  if (s.building.kind === 'busy')
    return { ...stage, node: 'run', flag: 'running', line: s.building.progress?.label ?? 'reading the text' };
  const { data } = s.project;
  if (!data) return { ...stage, ...NONE, line: s.project.tokenizer ? 'not yet' : 'needs a tokenizer' };
  const { train, validation } = data.manifest;
  const share = Math.round(data.validationShare * 100);
  const line = `${formatShort(train.tokens + validation.tokens)} tokens · ${100 - share} / ${share}`;
  return { ...stage, ...(dataState(s) === 'done' ? DONE : STALE), line };
}

function modelLine({ project }: Studio): StageLine {
  const spec = modelSpec(project.model.id);
  const vocabulary = vocabularySize(project);
  const wrong = spec.problems(project.model.config).length > 0;
  const line = wrong
    ? 'cannot run as set'
    : `${spec.label} · ${formatShort(countParams(spec.params(project.model.config, vocabulary)))} parameters`;
  return { id: 'model', name: 'Model', ...(wrong ? { node: 'stale', flag: 'look here' } : DONE), line };
}

function trainLine(s: Studio): StageLine {
  const stage = { id: 'train', name: 'Train' } as const;
  const { phase, log, texts } = s;
  const evaluation = measuredAt(s.run ?? { data: null }, log.evaluations, Infinity);
  const { objective } = (s.run ?? s.project).recipe;
  const result = evaluation ? ` · ${headlineWords(objective, evaluation.loss)}` : '';
  switch (phase.kind) {
    case 'idle':
      return { ...stage, ...NONE, line: texts.length > 0 ? 'no run yet' : 'needs text' };
    case 'preparing':
      return { ...stage, node: 'run', flag: 'preparing', line: 'text to tokens' };
    case 'compiling':
      return { ...stage, node: 'run', flag: 'running', line: isBeginning(phase) ? 'the first step' : 'compiling' };
    case 'training':
    case 'stopping':
      return {
        ...stage,
        node: 'run',
        flag: phase.kind === 'stopping' ? 'saving' : 'running',
        line: `step ${formatCount(phase.step)}${result}`,
      };
    case 'stopped':
    case 'finished':
      return { ...stage, ...DONE, line: `step ${formatCount(phase.step)}${result}` };
    case 'failed': {
      const step = `step ${formatCount(phase.step)}${result}`;
      const unreadable = isWeightsAlone(s) ? 'cannot go on' : 'cannot be opened';
      const none = isUnreadable(phase) ? unreadable : phase.of > 0 ? 'no step saved' : step;
      return { ...stage, node: 'stopped', flag: 'stopped', line: s.saved ? step : none };
    }
    default:
      return phase satisfies never;
  }
}

const needsRun = (s: Studio): string => (s.model ? `step ${formatCount(s.model.saved.step)}` : 'needs a run');
const playgroundLine = (s: Studio): StageLine => ({
  id: 'playground',
  name: 'Playground',
  ...(hasModel(s) ? DONE : NONE),
  line: needsRun(s),
});
function exportLine(s: Studio): StageLine {
  const stage = { id: 'export', name: 'Export' } as const;
  const all = Object.values(s.exports);
  const count = (kind: Exporting['kind']): number => all.filter((e) => e.kind === kind).length;
  const [writing, checking] = [count('writing'), count('checking')];
  const words = [
    [count('verified'), 'verified'],
    [count('mismatch'), count('mismatch') === 1 ? 'does not match' : 'do not match'],
    [checking, 'being checked'],
    [count('waiting') + count('unchecked') + count('uncheckable'), 'not checked'],
  ] as const;
  const line = words.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : [])).join(' · ');
  const busy = writing > 0 ? 'writing' : checking > 0 ? 'checking' : undefined;
  return {
    ...stage,
    ...(busy !== undefined ? ({ node: 'run', flag: busy } as const) : line === '' ? NONE : DONE),
    line: line === '' ? needsRun(s) : line,
  };
}

const characters = (texts: Studio['texts']): number => texts.reduce((n, t) => n + t.characters, 0);

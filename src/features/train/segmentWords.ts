/** Differences between the segments of a run. */
import { formatCount } from '../../core/base/units';
import { changeWords, type Made } from '../../core/runs/compare';
import { textNames } from '../../core/runs/facts';
import type { RunRecord } from '../../core/runs/record';
import type { Segment } from '../../core/runs/segments';
import type { RunSettings } from '../../state/runSettings';

interface SegmentChange {
  /** Last step before the change. */
  after: number;
  /** Label on a chart: `other text`. */
  label: string;
  longLabel: string;
  /** Changes: `learning rate 0.0003 for 0.001`. */
  what: string;
  /** Text of the event: `Continued on other text: whale.txt, 1,200 training tokens`. */
  words: string;
}

/** Change at the start of each segment after the first. */
export const segmentChanges = ({
  segments,
  model,
}: Pick<RunSettings, 'segments' | 'model'>): readonly SegmentChange[] =>
  segments.slice(1).map((segment, i) => {
    const { after, why = 'data' } = segment;
    const settings = why === 'data' ? [] : changeWords(madeOf(segments[i]!, model), madeOf(segment, model));
    const { facts } = segment.data;
    const text = facts ? textNames(facts) : 'other text';
    const listed = settings.slice(0, MAX_LISTED).join('; ') + (settings.length > MAX_LISTED ? ' and more' : '');
    const from = `from step ${formatCount(after)}:`;
    const textWords = facts ? `: ${text}, ${formatCount(facts.parts.train.tokens)} training tokens` : '';
    switch (why) {
      case 'data':
        return {
          after,
          label: 'other text',
          longLabel: `${from} ${text}`,
          what: text,
          words: `Continued on other text${textWords}`,
        };
      case 'recipe':
        return {
          after,
          label: 'other settings',
          longLabel: `${from} ${listed}`,
          what: listed,
          words: `Continued with other settings: ${settings.join('; ')}`,
        };
      case 'both':
        return {
          after,
          label: 'other text and settings',
          longLabel: `${from} ${text}; ${listed}`,
          what: `${text}; ${listed}`,
          words: `Continued on other text${textWords}; with other settings: ${settings.join('; ')}`,
        };
    }
  });

/** Marks for a chart: starts of segments, and the step at which a fork left its parent. */
export function changeMarks(
  settings: Pick<RunSettings, 'segments' | 'model'>,
  parent: RunRecord['parent'],
): readonly { x: number; label: string; longLabel: string }[] {
  const changes = segmentChanges(settings);
  const marks = changes.map(({ after, label, longLabel }) => ({ x: after, label, longLabel }));
  if (parent?.how !== 'fork') return marks;
  const forkMark = {
    x: parent.step,
    label: 'fork',
    longLabel: `fork of ${parent.name} at step ${formatCount(parent.step)}`,
  };
  const changeAtFork = changes.find(({ after }) => after === parent.step);
  const forked = changeAtFork
    ? {
        ...forkMark,
        label: `fork, ${changeAtFork.label}`,
        longLabel: `${forkMark.longLabel}: ${changeAtFork.what}`,
      }
    : forkMark;
  return [...marks.filter(({ x }) => x !== parent.step), forked].sort((a, b) => a.x - b.x);
}

/** Maximum number of changed settings in a chart label. */
const MAX_LISTED = 2;

/** Settings of a segment; within a run, only the recipe can differ. */
const madeOf = ({ recipe }: Segment, model: RunSettings['model']): Made => ({
  model,
  tokenizer: { key: '', words: '' },
  data: null,
  recipe,
});

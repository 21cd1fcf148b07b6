/** What differs between a run's segments. */
import { formatCount } from '../../core/base/units';
import { changeWords, type Made } from '../../core/runs/compare';
import { textNames } from '../../core/runs/facts';
import type { RunRecord } from '../../core/runs/record';
import type { Segment } from '../../core/runs/segments';
import type { RunSettings } from '../../state/runSettings';

interface SegmentChange {
  /** The last step before it. */
  after: number;
  /** On a chart: `other text`. */
  label: string;
  longLabel: string;
  /** What is other: `learning rate 0.0003 for 0.001`. */
  what: string;
  /** Among the events: `Continued on other text: whale.txt, 1,200 training tokens`. */
  words: string;
}

export const segmentChanges = ({
  segments,
  model,
}: Pick<RunSettings, 'segments' | 'model'>): readonly SegmentChange[] =>
  segments.slice(1).map((segment, i) => {
    const { after, why = 'data' } = segment;
    const settings = why === 'data' ? [] : changeWords(madeOf(segments[i]!, model), madeOf(segment, model));
    const { facts } = segment.data;
    const text = facts ? textNames(facts) : 'other text';
    const listed = settings.slice(0, MAX).join('; ') + (settings.length > MAX ? ' and more' : '');
    const from = `from step ${formatCount(after)}:`;
    const read = facts ? `: ${text}, ${formatCount(facts.parts.train.tokens)} training tokens` : '';
    switch (why) {
      case 'data':
        return {
          after,
          label: 'other text',
          longLabel: `${from} ${text}`,
          what: text,
          words: `Continued on other text${read}`,
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
          words: `Continued on other text${read}; with other settings: ${settings.join('; ')}`,
        };
    }
  });

/** What a chart marks: where segments begin, and where a fork left the run that it comes from. */
export function changeMarks(
  settings: Pick<RunSettings, 'segments' | 'model'>,
  parent: RunRecord['parent'],
): readonly { x: number; label: string; longLabel: string }[] {
  const changes = segmentChanges(settings);
  const marks = changes.map(({ after, label, longLabel }) => ({ x: after, label, longLabel }));
  if (parent?.how !== 'fork') return marks;
  const left = {
    x: parent.step,
    label: 'fork',
    longLabel: `fork of ${parent.name} at step ${formatCount(parent.step)}`,
  };
  const own = changes.find(({ after }) => after === parent.step);
  const forked = own ? { ...left, label: `fork, ${own.label}`, longLabel: `${left.longLabel}: ${own.what}` } : left;
  return [...marks.filter(({ x }) => x !== parent.step), forked].sort((a, b) => a.x - b.x);
}

/** Of settings that a chart has room for. */
const MAX = 2;

/** Of one run: only how it was trained can differ. */
const madeOf = ({ recipe }: Segment, model: RunSettings['model']): Made => ({
  model,
  tokenizer: { key: '', words: '' },
  data: null,
  recipe,
});

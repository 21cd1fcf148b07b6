import { formatCount } from '../../core/base/units';
import type { EvaluatedOn } from '../../core/runs/evaluations';
import { dataOf } from '../../core/runs/segments';
import { shownRun } from '../../state/openRun';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Select } from '../../ui';
import { PART_NAMES } from './words';

/** What is measured on: the part that the run was steered by, the one that nobody looked at, or a text of one's own. */
export function OnChoice({ onGive }: { onGive: () => void }) {
  const { on, own, hasData, test, isClassifier } = useStudioFields((s) => {
    const { record } = shownRun(s, 'evaluate');
    const data = record && dataOf(record);
    return {
      on: s.evaluatedOn,
      own: s.ownText?.name,
      hasData: data?.id !== null,
      test: data?.facts?.parts.test?.tokens,
      isClassifier: record?.model.config.classes !== undefined,
    };
  });
  const choose = useStudio((s) => s.chooseEvaluatedOn);
  return (
    <>
      <Select<EvaluatedOn>
        layout="bare"
        label="Measured on"
        value={on}
        onChange={choose}
        options={[
          {
            value: 'validation',
            label: PART_NAMES.validation,
            hint: hasData ? 'held out while it learnt' : 'it came without its text',
          },
          {
            value: 'test',
            label: PART_NAMES.test,
            hint: test === undefined ? 'none was held out' : `${formatCount(test)} tokens, kept for the end`,
          },
          ...(isClassifier
            ? []
            : [{ value: 'text' as const, label: PART_NAMES.text, hint: own ?? 'pasted, dropped, or of a file' }]),
        ]}
      />
      {on === 'text' && (
        <Button isDense onPress={onGive}>
          {own === undefined ? 'Give a text…' : 'Another text…'}
        </Button>
      )}
    </>
  );
}

import { counted } from '../../core/base/units';
import type { EvaluatedOn } from '../../core/runs/evaluations';
import { dataOf } from '../../core/runs/segments';
import { unmeasuredWords } from '../../state/evaluate';
import { shownRun } from '../../state/openRun';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Select } from '../../ui';
import { PART_NAMES } from './words';

/** Chooses the evaluation text: validation set, test set or the user's own text. */
export function OnChoice({ onGive }: { onGive: () => void }) {
  const { on, own, hasData, test, takesOwn } = useStudioFields((s) => {
    const { record } = shownRun(s, 'evaluate');
    const data = record && dataOf(record);
    return {
      on: s.evaluatedOn,
      own: s.ownText?.name,
      hasData: data?.id !== null,
      test: data?.facts?.parts.test?.tokens,
      takesOwn: record?.model.config.classes === undefined && !(record && unmeasuredWords(record)),
    };
  });
  const choose = useStudio((s) => s.chooseEvaluatedOn);
  return (
    <>
      <Select<EvaluatedOn>
        layout="bare"
        label="Evaluated on"
        value={on}
        onChange={choose}
        options={[
          {
            value: 'validation',
            label: PART_NAMES.validation,
            hint: hasData ? 'held out from training' : 'not imported with the model',
          },
          {
            value: 'test',
            label: PART_NAMES.test,
            hint: test === undefined ? 'none' : counted(test, 'token'),
          },
          ...(takesOwn ? [{ value: 'text' as const, label: PART_NAMES.text, hint: own ?? 'pasted or dropped' }] : []),
        ]}
      />
      {on === 'text' && takesOwn && (
        <Button isDense onPress={onGive}>
          {own === undefined ? 'Choose text…' : 'Change text…'}
        </Button>
      )}
    </>
  );
}

import { counted } from '../../core/base/units';
import type { EvaluatedOn } from '../../core/runs/evaluations';
import { dataOf } from '../../core/runs/segments';
import { unmeasuredWords } from '../../state/evaluate';
import { shownRun } from '../../state/openRun';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Select } from '../../ui';
import { PART_NAMES } from './words';

/** Selects the evaluation text: validation set, test set or the user's own text. */
export function EvaluationTextSelect({ onChooseText }: { onChooseText: () => void }) {
  const {
    evaluatedOn,
    ownTextName,
    hasData,
    test: testTokens,
    acceptsOwnText,
  } = useStudioFields((s) => {
    const { record } = shownRun(s, 'evaluate');
    const data = record && dataOf(record);
    return {
      evaluatedOn: s.evaluatedOn,
      ownTextName: s.ownText?.name,
      hasData: data?.id !== null,
      test: data?.facts?.parts.test?.tokens,
      acceptsOwnText: record?.model.config.classes === undefined && !(record && unmeasuredWords(record)),
    };
  });
  const choose = useStudio((s) => s.chooseEvaluatedOn);
  return (
    <>
      <Select<EvaluatedOn>
        layout="bare"
        label="Evaluated on"
        value={evaluatedOn}
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
            hint: testTokens === undefined ? 'none' : counted(testTokens, 'token'),
          },
          ...(acceptsOwnText
            ? [{ value: 'text' as const, label: PART_NAMES.text, hint: ownTextName ?? 'pasted or dropped' }]
            : []),
        ]}
      />
      {evaluatedOn === 'text' && acceptsOwnText && (
        <Button isDense onPress={onChooseText}>
          {ownTextName === undefined ? 'Choose text…' : 'Change text…'}
        </Button>
      )}
    </>
  );
}

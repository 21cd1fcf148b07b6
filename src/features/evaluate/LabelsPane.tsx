import { useLocation } from 'wouter';
import { counted, formatCount, formatNumber } from '../../core/base/units';
import type { LabelledTexts } from '../../core/evaluate/evaluation';
import { type EachLabel, eachLabel, f1Of, isOfSeveral } from '../../core/evaluate/eachLabel';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import { useStudio } from '../../state/react';
import { classifierOf } from '../../state/tuning';
import { Button, Pane, PaneHead, Table, TextAction } from '../../ui';
import { Confusion } from './Confusion';
import page from './EvaluatePage.module.css';

/** What a classifier gives to texts, by label; Tune has the texts themselves. */
export function LabelsPane({ record, labelled }: { record: EvaluationRecord; labelled: LabelledTexts }) {
  const { evaluation, part, runId } = record;
  const [, go] = useLocation();
  const { confusion } = evaluation;
  // What Tune opens are the texts by which the classifier was watched that was made last.
  const isOpenThere = useStudio((s) => part === 'validation' && classifierOf(s)?.record.id === runId);
  const several = isOfSeveral(labelled);
  function cellOf(finding: 'found' | 'missed' | 'wrong') {
    return function Cell(row: EachLabel) {
      const count = formatCount(row[finding]);
      if (!several || !isOpenThere || row[finding] === 0) return count;
      const asked = new URLSearchParams({ kind: 'classify', label: row.label, finding });
      return <TextAction onPress={() => go(`/tune?${asked.toString()}`)}>{count}</TextAction>;
    };
  }
  const { cut, place } = labelled;
  const divisor = formatNumber(labelled.temperature);
  return (
    <Pane
      title={confusion ? 'Which label it takes for which' : 'Each label by itself'}
      hint={`of ${counted(place.length, 'text')}${cut > 0 ? `, of ${formatCount(cut)} of which not all was read` : ''}`}
      isFirstOnPhone
      aside={
        <Button isDense variant="quiet" onPress={() => go('/tune?kind=classify')}>
          Open in Teach it more
        </Button>
      }
    >
      {confusion && (
        <>
          <Confusion confusion={confusion} />
          <PaneHead title="Each label by itself" />
        </>
      )}
      <Table
        label="How well it finds each label"
        isDense
        rows={eachLabel(labelled)}
        rowKey={({ label }) => label}
        columns={[
          { id: 'label', header: 'Label', cell: ({ label }) => label },
          { id: 'found', header: 'Found', isNumber: true, cell: cellOf('found') },
          { id: 'missed', header: 'Missed', isNumber: true, cell: cellOf('missed') },
          { id: 'wrong', header: 'Wrongly given', isNumber: true, cell: cellOf('wrong') },
          {
            id: 'right',
            header: 'Right where given',
            isNumber: true,
            cell: ({ found, wrong }) => shareWords(found + wrong === 0 ? undefined : found / (found + wrong)),
          },
          {
            id: 'f1',
            header: 'F1',
            isNumber: true,
            cell: (label) => shareWords(f1Of(label)),
          },
        ]}
      />
      {divisor !== '1' && (
        <p className={page.none}>
          {`As it learnt, how sure it is lies ${formatNumber(labelled.calibrationError.asItLearnt)} % off how often it is right; divided by a temperature of ${divisor}, ${formatNumber(labelled.calibrationError.scaled)} %`}
        </p>
      )}
    </Pane>
  );
}

const shareWords = (share: number | undefined): string =>
  share === undefined ? '–' : `${formatNumber(100 * share)} %`;

import { useLocation } from 'wouter';
import { counted, formatCount, formatNumber } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import type { LabeledTexts } from '../../core/evaluate/evaluation';
import { type EachLabel, eachLabel, f1Of, isOfSeveral, mistakesIn } from '../../core/evaluate/eachLabel';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import { checkMistakes, MISTAKES } from '../../state/classifierStart';
import { useStudio } from '../../state/react';
import { type Finding, FINDING_WORDS, FINDINGS, Matrix, Pane, PaneHead, Table, TextAction } from '../../ui';
import page from './EvaluatePage.module.css';
import { confusionWords } from './words';
import { classifierOf } from '../../state/tuningInputs';

/** Confusion matrix and scores of each label. Numbers link to their texts on the page Teach it more. */
export function LabelsPane({ record, labeled }: { record: EvaluationRecord; labeled: LabeledTexts }) {
  const { evaluation, part, runId } = record;
  const [, go] = useLocation();
  const { confusion } = evaluation;
  // The page Teach it more shows the validation set of the newest classifier only.
  const canOpenTexts = useStudio((s) => part === 'validation' && classifierOf(s)?.record.id === runId);
  const hasSeveralLabels = isOfSeveral(labeled);
  const mistakes = mistakesIn(labeled);
  function cellFor(finding: Finding) {
    return function Cell(row: EachLabel) {
      const count = formatCount(row[finding]);
      if (!hasSeveralLabels || !canOpenTexts || row[finding] === 0) return count;
      const query = new URLSearchParams({ kind: 'classify', label: row.label, finding });
      return <TextAction onPress={() => go(`/tune?${query.toString()}`)}>{count}</TextAction>;
    };
  }
  const { cut, place } = labeled;
  const divisor = formatNumber(labeled.temperature);
  return (
    <Pane
      title={confusion ? 'Confusion matrix' : 'Each label'}
      hint={`${counted(place.length, 'text')}${cut > 0 ? `, ${formatCount(cut)} cut to the context` : ''}`}
      isFirstOnPhone
      aside={
        canOpenTexts && mistakes > 0 && <TextAction onPress={() => go(MISTAKES)}>{checkMistakes(mistakes)}</TextAction>
      }
    >
      {confusion && (
        <>
          <p className={page.none}>{confusionWords(confusion)}</p>
          <Matrix {...confusion} shows="count" />
          <PaneHead title="Each label" />
        </>
      )}
      <Table
        label="Each label"
        isDense
        rows={eachLabel(labeled)}
        rowKey={({ label }) => label}
        columns={[
          { id: 'label', header: 'Label', cell: ({ label }) => label },
          ...FINDINGS.map((finding) => ({
            id: finding,
            header: upperFirst(FINDING_WORDS[finding]),
            isNumber: true,
            cell: cellFor(finding),
          })),
          ...(confusion
            ? []
            : [
                {
                  id: 'precision',
                  header: 'Precision',
                  isNumber: true,
                  cell: ({ found, wrong }: EachLabel) => shareWords(shareOf(found, wrong)),
                },
                {
                  id: 'recall',
                  header: 'Recall',
                  isNumber: true,
                  cell: ({ found, missed }: EachLabel) => shareWords(shareOf(found, missed)),
                },
              ]),
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
          {`Calibration error ${formatNumber(labeled.calibrationError.asItLearnt)} % as trained, ${formatNumber(labeled.calibrationError.scaled)} % with temperature ${divisor}`}
        </p>
      )}
    </Pane>
  );
}

/** Share of `found` in the total; undefined if the total is 0. */
const shareOf = (found: number, errors: number): number | undefined =>
  found + errors === 0 ? undefined : found / (found + errors);
const shareWords = (share: number | undefined): string =>
  share === undefined ? '–' : `${formatNumber(100 * share)} %`;

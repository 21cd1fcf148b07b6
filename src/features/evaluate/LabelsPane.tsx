import { useLocation } from 'wouter';
import { counted, formatCount, formatNumber } from '../../core/base/units';
import type { Evaluation, LabelledTexts } from '../../core/evaluate/evaluation';
import { Button, Pane, PaneHead, Table } from '../../ui';
import { Confusion } from './Confusion';
import page from './EvaluatePage.module.css';

/** What a classifier gives to texts, by label; Tune has the texts themselves. */
export function LabelsPane({ evaluation, labelled }: { evaluation: Evaluation; labelled: LabelledTexts }) {
  const [, go] = useLocation();
  const { confusion } = evaluation;
  const { cut, place } = labelled;
  return (
    <Pane
      title={confusion ? 'Which label it takes for which' : 'Each label by itself'}
      hint={`of ${counted(place.length, 'text')}${cut > 0 ? `, of ${formatCount(cut)} of which not all was read` : ''}`}
      isFirstOnPhone
      aside={
        <Button isDense variant="quiet" onPress={() => go('/tune?kind=classify')}>
          See the texts
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
        rows={eachOf(labelled)}
        rowKey={({ label }) => label}
        columns={[
          { id: 'label', header: 'Label', cell: ({ label }) => label },
          { id: 'wanted', header: 'Texts', isNumber: true, cell: ({ wanted }) => formatCount(wanted) },
          { id: 'found', header: 'Found', isNumber: true, cell: ({ right, wanted }) => shareOf(right, wanted) },
          {
            id: 'right',
            header: 'Right where given',
            isNumber: true,
            cell: ({ right, given }) => shareOf(right, given),
          },
          { id: 'f1', header: 'F1', isNumber: true, cell: f1Of },
        ]}
      />
      <p className={page.none}>
        {`As it learnt, how sure it is lies ${formatNumber(labelled.calibrationError.asItLearnt)} % off how often it is right; divided by a temperature of ${formatNumber(labelled.temperature)}, ${formatNumber(labelled.calibrationError.scaled)} %`}
      </p>
    </Pane>
  );
}

interface Each {
  label: string;
  wanted: number;
  given: number;
  right: number;
}

function eachOf({ labels, wanted, given }: LabelledTexts): readonly Each[] {
  const all = (some: number | readonly number[]): readonly number[] => (typeof some === 'number' ? [some] : some);
  return labels.map((label, place) => {
    const isIn = (some: number | readonly number[]): boolean => all(some).includes(place);
    return {
      label,
      wanted: wanted.filter(isIn).length,
      given: given.filter(isIn).length,
      right: wanted.filter((some, text) => isIn(some) && isIn(given[text]!)).length,
    };
  });
}

const shareOf = (part: number, all: number): string => (all === 0 ? '–' : `${formatNumber((100 * part) / all)} %`);
const f1Of = ({ wanted, given, right }: Each): string =>
  wanted + given === 0 ? '–' : `${formatNumber((200 * right) / (wanted + given))} %`;

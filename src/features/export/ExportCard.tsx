import type { ReactNode } from 'react';
import type { Card } from '../../core/export/format';
import { hasChoice } from '../../core/export/cards';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { formatBytes, formatCount } from '../../core/base/units';
import { type Exporting, fileOf } from '../../state/export';
import { useShownPart, useStudio } from '../../state/react';
import { chosenStep } from '../../state/trained';
import { describeWork } from '../../state/work';
import { Button, FormatCard, Progress } from '../../ui';
import { expectedSize } from './expectedSize';
import { proof } from './proof';

/** A format: what it is, what is known of the file, and the button that gets it. */
export function ExportCard(p: { format: FormatId; isMain: boolean; children: ReactNode }) {
  const { format } = p;
  const { card, precision } = FORMATS[format];
  const exporting = useStudio((s) => s.exports[format]);
  const step = useShownPart('export', (run) => chosenStep(run)?.step ?? 0);
  const size = useStudio((s) => expectedSize(s, format));
  const opensIn = useShownPart('export', ({ record }) => record && card.opensThis?.(record.model));
  const file = fileOf(exporting);
  const isOfOtherStep = file !== undefined && file.step !== step;
  return (
    <FormatCard
      name={card.name}
      size={
        size === undefined ? '' : `about ${formatBytes(size)}, ${hasChoice(card) ? '' : 'always '}${precision.label}`
      }
      purpose={card.purpose}
      opensIn={opensIn ?? card.opensIn}
      holds={card.holds}
      proof={proof(exporting, step)}
      progress={<Busy exporting={exporting} />}
      isBusy={exporting?.kind === 'writing' || exporting?.kind === 'checking'}
      action={
        <Action card={card} size={size} exporting={exporting} otherStep={isOfOtherStep ? step : undefined} {...p} />
      }
    >
      {p.children}
    </FormatCard>
  );
}

function Busy({ exporting }: { exporting: Exporting | undefined }) {
  const busy = exporting && 'work' in exporting ? describeWork(exporting.work) : undefined;
  return busy && <Progress {...busy} delayMs={0} />;
}

/** Keeps its place and its width, whatever it does. */
function Action(p: {
  card: Pick<Card, 'name' | 'object'>;
  /** Expected, in bytes. */
  size: number | undefined;
  format: FormatId;
  exporting: Exporting | undefined;
  /** The step of the next file, if it isn't that of the last. */
  otherStep: number | undefined;
  isMain: boolean;
}) {
  const exportModel = useStudio((s) => s.exportModel);
  const stop = stopOf(p.exporting);
  const { name, object = name } = p.card;
  if (stop) {
    return (
      <Button isDense icon="stop" minWidth={WIDTH} label={`Stop, ${name}`} onPress={stop}>
        Stop
      </Button>
    );
  }
  const isAgain = fileOf(p.exporting) !== undefined;
  const isFirst = p.isMain && !isAgain;
  const words = isAgain
    ? `Download ${p.otherStep === undefined ? 'again' : `step ${formatCount(p.otherStep)}`}`
    : isFirst
      ? `Export ${object}${p.size === undefined ? '' : ` · ${formatBytes(p.size)}`}`
      : 'Download';
  return (
    <Button
      isDense
      icon="download"
      minWidth={WIDTH}
      {...(!isFirst && { label: isAgain ? `${words}, ${name}` : `Download ${name}` })}
      onPress={() => void exportModel(p.format)}
      {...(p.isMain && { variant: 'go' })}
    >
      {words}
    </Button>
  );
}
const WIDTH = 112;

function stopOf(exporting: Exporting | undefined): (() => void) | undefined {
  if (exporting?.kind === 'waiting') return exporting.stop;
  return exporting && 'work' in exporting && exporting.work.kind === 'busy' ? exporting.work.stop : undefined;
}

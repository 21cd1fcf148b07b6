import { counted, formatBytes, formatCount } from '../../core/base/units';
import { formatOfCard, hasChoice, PRECISIONS } from '../../core/export/cards';
import { type Card, type Precision, expectedBytes, F32, weightBytes } from '../../core/export/format';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { fileOf } from '../../state/export';
import { labeledSince } from '../../state/labeledSince';
import { useShownPart, useStudio } from '../../state/react';
import { chosenStep } from '../../state/trained';
import { describeWork } from '../../state/work';
import { Button, Icon, Pane, Progress, Segmented, toneIcon } from '../../ui';
import { CardOptions } from './CardOptions';
import styles from './ExportPage.module.css';
import { type Proof, proof } from './proof';
import { SamplePreview } from './SamplePreview';
import { chosenUse } from './uses';
import type { Exporting } from '../../state/slices/export';
import { partsOf } from '../../core/adapters/trainable';
import { paramsOf } from '../../core/models';
import { countParams } from '../../core/models/spec';
import { dataOf } from '../../core/runs/segments';
import type { DataFacts } from '../../core/runs/settings';
import { countUpTo } from '../../core/train/meanAt';
import { shownRun } from '../../state/openRun';
import type { Studio } from '../../state/slices/studio';

interface UsePaneProps {
  /** Preferred precision, for formats that have several. */
  precision: Precision;
  onPrecision: (precision: Precision) => void;
}

/** Details of the chosen use: its file, the export button, and the result of verification. */
export function UsePane({ precision, onPrecision }: UsePaneProps) {
  const card = useStudio(chosenUse);
  const format = card && formatOfCard(card, precision);
  const size = useStudio((s) => format && expectedSize(s, format));
  if (!card || !format) return <Pane label="File">{null}</Pane>;
  return (
    <Pane label="File">
      <article className={styles.use} aria-label={card.name}>
        <h2>{card.purpose}</h2>
        {card.showsSample && <SamplePreview />}
        <FileFacts card={card} format={format} size={size} onPrecision={onPrecision} />
        <CardOptions format={format} precision={precision} />
        <ExportBlock card={card} format={format} size={size} />
      </article>
    </Pane>
  );
}

interface FileProps {
  card: Card;
  format: FormatId;
  /** Expected size in bytes. */
  size: number | undefined;
}

function FileFacts(p: FileProps & Pick<UsePaneProps, 'onPrecision'>) {
  const { card, format, size } = p;
  const opensIn = useShownPart('export', ({ record }) => record && card.opensThis?.(record.model));
  const choose = useStudio((s) => s.chooseExport);
  const { precision } = FORMATS[format];
  const onChange = (label: string): void => {
    const chosen = PRECISIONS.find((precision) => precision.label === label) ?? precision;
    p.onPrecision(chosen);
    choose(formatOfCard(card, chosen));
  };
  return (
    <dl>
      <dt>Format</dt>
      <dd>{card.name}</dd>
      <dt>Opens in</dt>
      <dd>{opensIn ?? card.opensIn}</dd>
      <dt>Contains</dt>
      <dd>{card.holds}</dd>
      {size !== undefined && (
        <>
          <dt>Size</dt>
          <dd>about {formatBytes(size)}</dd>
        </>
      )}
      <dt>Stored as</dt>
      <dd>
        {hasChoice(card) ? (
          <Segmented
            label="Precision"
            value={precision.label}
            onChange={onChange}
            options={precisionsOf(card).map(({ label }) => ({ value: label, label }))}
          />
        ) : (
          precision.label
        )}
      </dd>
    </dl>
  );
}

/** Precisions that a card's formats have, most bits first. */
const precisionsOf = (card: Card): readonly Precision[] =>
  PRECISIONS.filter((precision) => FORMATS[formatOfCard(card, precision)].precision.label === precision.label);

/** Export button in a fixed place, with the status of the file below it. */
function ExportBlock(p: FileProps) {
  const { format } = p;
  const exporting = useStudio((s) => s.exports[format]);
  const step = useShownPart('export', (run) => chosenStep(run)?.step ?? 0);
  const isBusy = exporting?.kind === 'writing' || exporting?.kind === 'checking';
  const busy = exporting && 'work' in exporting ? describeWork(exporting.work) : undefined;
  const newLabels = useStudio((state) => labeledSince(state, 'export'));
  return (
    <>
      {newLabels > 0 && (
        <p className={styles.proof}>
          <Icon name="info" />
          <span>
            {counted(newLabels, 'label')} added or corrected since training {newLabels === 1 ? 'isn’t' : 'aren’t'} in
            this model
          </span>
        </p>
      )}
      <ExportButton {...p} exporting={exporting} step={step} />
      <div className={styles.result} role="status">
        {isBusy ? busy && <Progress {...busy} delayMs={0} /> : exporting && <ProofLine {...proof(exporting, step)} />}
      </div>
    </>
  );
}

function ExportButton(p: FileProps & { exporting: Exporting | undefined; step: number }) {
  const { format, size, exporting, step } = p;
  const exportModel = useStudio((s) => s.exportModel);
  const { name, object = name } = p.card;
  const stop = stopAction(exporting);
  if (stop)
    return (
      <Button icon="stop" minWidth={BUTTON_WIDTH} label={`Stop, ${name}`} onPress={stop}>
        Stop
      </Button>
    );
  const file = fileOf(exporting);
  const label = file
    ? `Download ${file.step === step ? 'again' : `step ${formatCount(step)}`}`
    : `Export ${object}${size === undefined ? '' : ` · ${formatBytes(size)}`}`;
  return (
    <Button
      variant="go"
      icon="download"
      minWidth={BUTTON_WIDTH}
      {...(file && { label: `${label}, ${name}` })}
      onPress={() => void exportModel(format)}
    >
      {label}
    </Button>
  );
}
const BUTTON_WIDTH = 160;

function stopAction(exporting: Exporting | undefined): (() => void) | undefined {
  if (exporting?.kind === 'waiting') return exporting.stop;
  return exporting && 'work' in exporting && exporting.work.kind === 'busy' ? exporting.work.stop : undefined;
}

const ProofLine = ({ tone, title, text }: Proof) => (
  <p className={styles.proof}>
    {tone && <Icon name={toneIcon[tone]} tone={tone} />}
    <span>
      {title !== undefined && <b data-tone={tone}>{title}</b>} {text}
    </span>
  </p>
);

/** Approximate size of a format in bytes; undefined without a model. */
function expectedSize(s: Studio, format: FormatId): number | undefined {
  const { record: run, ...open } = shownRun(s, 'export');
  const saved = chosenStep(open);
  if (!run || !saved) return undefined;
  const { own: modelParams, added: adapterParams, trainableParams } = partsOf(paramsOf(run.model), run.trainable);
  const parameters = countParams(modelParams);
  const trainedParameters = countParams(trainableParams);
  // Weights stored in F16 are exported in F32. Checkpoints don't contain frozen weights.
  const trainedBytes = saved.holds === 'weights' ? weightBytes(F32, { parameters: trainedParameters }) : saved.bytes;
  const frozenParameters = parameters + countParams(adapterParams) - trainedParameters;
  return expectedBytes(FORMATS[format], {
    model: run.model,
    parameters,
    saved: trainedBytes + weightBytes(F32, { parameters: frozenParameters }),
    ...(run.trainable?.adapter && { added: countParams(adapterParams) }),
    steps: countUpTo(open.log.step, saved.step),
    tokens: dataOf(run).id === null ? 0 : tokensOf(dataOf(run).facts),
    withOptimizer: s.withOptimizer,
  });
}

const tokensOf = (facts: DataFacts | null): number =>
  Object.values(facts?.parts ?? {}).reduce((sum, { tokens }) => sum + tokens, 0);

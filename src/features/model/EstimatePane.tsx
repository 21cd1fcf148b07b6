import { upperFirst } from '../../core/base/firstLetter';
import { counted, formatBytes, formatCount, formatDuration, formatReading, formatShort } from '../../core/base/units';
import { optimizerOf } from '../../core/optim';
import { recomputationWords } from '../../core/train/recomputation';
import { useStudio } from '../../state/react';
import { Bar, Button, Fold, Icon, Notice, NumberStrip, Pane, PaneHead, Quantity } from '../../ui';
import type { Diagnosis, Situation } from './doctor';
import { useFix } from './useFix';
import styles from './ModelPage.module.css';

/** Estimated size, memory and time of the run, and the settings check. */
export function EstimatePane({ situation, diagnosis }: { situation: Situation; diagnosis: Diagnosis }) {
  const { estimate, expected, model, recipe, recomputation } = situation;
  const { memory } = estimate;
  const perLayerGroups = new Set(['Attention', 'Feed-forward']);
  return (
    <Pane title="Estimate" aside={<DeviceReading />}>
      <NumberStrip
        isCompact
        readings={[
          { label: 'Parameters', value: <Quantity>{formatShort(estimate.parameters)}</Quantity> },
          { label: 'Memory', value: <Quantity>{formatBytes(memory.total)}</Quantity> },
          {
            label: 'Time',
            value:
              estimate.seconds === undefined ? '–' : <Quantity>{formatDuration(1000 * estimate.seconds)}</Quantity>,
          },
          ...(expected
            ? [
                {
                  label: upperFirst(expected.unit),
                  value: `${formatReading(expected.low)} to ${formatReading(expected.high)}`,
                },
              ]
            : []),
        ]}
      />
      <div className={styles.breakdowns}>
        <Breakdown
          title="Parameters"
          format={formatCount}
          rows={estimate.groups.map(({ name, parameters }) => ({
            name: perLayerGroups.has(name) ? `${name}, ${counted(model.config.layers, 'layer')}` : name,
            value: parameters,
          }))}
        />
        <Breakdown
          title="Memory"
          unit="MB"
          format={megabytes}
          rows={[
            { name: 'Weights', value: memory.weights },
            { name: 'Gradients', value: memory.gradients },
            { name: `${optimizerOf(recipe.optimizer).label} moments`, value: memory.moments },
            ...(memory.average > 0 ? [{ name: 'Weight averaging', value: memory.average }] : []),
            { name: 'Activations', value: memory.activations },
            { name: 'Logits and loss', value: memory.logits },
          ]}
        />
      </div>
      <p className={styles.recomputation}>{recomputationWords(recomputation, RECOMPUTATION_HINT)}</p>
      <SettingsCheck diagnosis={diagnosis} />
    </Pane>
  );
}

/** Two decimals below 0.1 MB, else one. */
const megabytes = (bytes: number): string => {
  const digits = bytes < 1e5 ? 2 : 1;
  return (bytes / 1e6).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

const RECOMPUTATION_HINT = 'To turn it off, see Advanced.';

function DeviceReading() {
  const device = useStudio((s) => s.device);
  const words =
    device.kind === 'open'
      ? `on ${device.info.name.replace(/^This /, 'this ')}`
      : device.kind === 'opening'
        ? 'measuring this device'
        : 'no device';
  return <span className={styles.aside}>{words}</span>;
}

interface Row {
  name: string;
  value: number;
}
function Breakdown(p: { title: string; unit?: string; rows: readonly Row[]; format: (value: number) => string }) {
  const max = Math.max(...p.rows.map(({ value }) => value), 1);
  return (
    <table className={styles.breakdown}>
      <caption>
        {p.title} {p.unit && <span>{p.unit}</span>}
      </caption>
      <tbody>
        {p.rows.map(({ name, value }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={styles.barCell} aria-hidden>
              <Bar share={value / max} />
            </td>
            <td>{p.format(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SettingsCheck({ diagnosis: { findings, passed } }: { diagnosis: Diagnosis }) {
  const fix = useFix();
  return (
    <>
      <PaneHead title="Settings check" hint={findings.length > 0 && counted(findings.length, 'issue')} />
      {findings.map((finding) => (
        <Notice
          key={`${finding.title} ${finding.fields.join()}`}
          tone={finding.severity === 'stop' ? 'error' : 'warn'}
          isPlain={finding.severity === 'caution'}
          title={finding.title}
          areActionsBelow={(finding.otherFixes ?? []).length > 0}
          actions={
            finding.fix &&
            [finding.fix, ...(finding.otherFixes ?? [])].map((option) => (
              <Button key={option.label} isDense onPress={() => fix(option)}>
                {option.label}
              </Button>
            ))
          }
        >
          {finding.detail}
        </Notice>
      ))}
      <Fold
        className={styles.fold}
        summary={
          <>
            <Icon name="check" tone="ok" />
            {formatCount(passed.length)} checks passed
          </>
        }
      >
        <ul className={styles.foldList}>
          {passed.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      </Fold>
    </>
  );
}

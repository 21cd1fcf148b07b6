import { Select } from './Select';

interface CheckpointSummaryProps {
  /** `2,600`. */
  step: string;
  /** `best on the validation set`. */
  why?: string | undefined;
  /** Name of the run. */
  name: string;
  /** `perplexity 85.4 on held-out text`. */
  result?: string | undefined;
  /** `best step 2,400, perplexity 84.9, wasn't saved`. */
  remark?: string | undefined;
}

/** Shows which checkpoint a page uses, and its evaluation result. */
export const CheckpointSummary = ({ step, why, name, result, remark }: CheckpointSummaryProps) => (
  <>
    Step {step}
    {why !== undefined && `, ${why},`} of <b>{name}</b>
    {result !== undefined && `, ${result}`}
    {remark !== undefined && ` · ${remark}`}
  </>
);

interface CheckpointSelectProps {
  value: string | null;
  onChange: (id: string) => void;
  options: readonly { value: string; label: string; hint: string }[];
}

/** Selects a checkpoint; renders nothing if there are no options. */
export const CheckpointSelect = ({ value, onChange, options }: CheckpointSelectProps) =>
  options.length === 0 ? null : (
    <Select layout="bare" label="Checkpoint" value={value} onChange={onChange} options={options} />
  );

interface RunSelectProps {
  value: string | null;
  onChange: (id: string) => void;
  options: readonly { value: string; label: string; hint: string }[];
  /** Placeholder while the shown run is not among the options: `a new run`. */
  otherwise: string;
}

/** Shows the selected run and selects another; renders nothing if there are no options. */
export const RunSelect = ({ value, onChange, options, otherwise }: RunSelectProps) =>
  options.length === 0 ? null : (
    <Select layout="bare" label="Run" value={value} onChange={onChange} options={options} placeholder={otherwise} />
  );

import { Select } from './Select';

interface CheckpointSummaryProps {
  /** `2,600`. */
  step: string;
  /** `best on the validation set`. */
  why?: string | undefined;
  /** Of the run. */
  name: string;
  /** `perplexity 85.4 on held-out text`. */
  result?: string | undefined;
  /** `best step 2,400, perplexity 84.9, wasn't saved`. */
  remark?: string | undefined;
}

/** Which checkpoint a page uses, and how good it is. */
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

/** Chooses among checkpoints; nothing if there is no choice. */
export const CheckpointSelect = ({ value, onChange, options }: CheckpointSelectProps) =>
  options.length === 0 ? null : (
    <Select layout="bare" label="Checkpoint" value={value} onChange={onChange} options={options} />
  );

interface RunSelectProps {
  value: string | null;
  onChange: (id: string) => void;
  options: readonly { value: string; label: string; hint: string }[];
  /** What stands there while the run that is shown is none of them: `a new run`. */
  otherwise: string;
}

/** Says which run is shown, and chooses among them; nothing where there is none. */
export const RunSelect = ({ value, onChange, options, otherwise }: RunSelectProps) =>
  options.length === 0 ? null : (
    <Select layout="bare" label="Run" value={value} onChange={onChange} options={options} placeholder={otherwise} />
  );

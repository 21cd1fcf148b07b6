import { MAX_HELD_OUT_SHARE } from '../../core/documents/split';
import { NumberField } from '../../ui';

/** Share of the data in the validation set, 0 to 1, shown in percent. */
export const HeldOutField = ({ value, onChange }: { value: number; onChange: (share: number) => void }) => (
  <NumberField
    label="Validation set"
    unit="%"
    min={0.1}
    max={100 * MAX_HELD_OUT_SHARE}
    isWhole={false}
    value={Number((100 * value).toPrecision(6))}
    onChange={(percent) => onChange(percent / 100)}
  />
);

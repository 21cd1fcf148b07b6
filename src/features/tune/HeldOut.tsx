import { MOST_HELD } from '../../core/documents/split';
import { NumberField } from '../../ui';

/** Share of what is learnt that is held out, 0 to 1, in percent. */
export const HeldOut = ({ value, onChange }: { value: number; onChange: (share: number) => void }) => (
  <NumberField
    label="Held out"
    hint="to judge it by"
    unit="%"
    min={0.1}
    max={100 * MOST_HELD}
    isWhole={false}
    value={Number((100 * value).toPrecision(6))}
    onChange={(percent) => onChange(percent / 100)}
  />
);

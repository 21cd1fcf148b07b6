import { Segmented } from '../../ui';

export type Underline = 'surprise' | 'off';

/** What the lines beneath tokens say. */
export const UnderlineBy = (p: { value: Underline; onChange: (underline: Underline) => void }) => (
  <Segmented
    label="Underline by"
    value={p.value}
    onChange={p.onChange}
    options={[
      { value: 'surprise', label: 'Surprisal' },
      { value: 'off', label: 'Off' },
    ]}
  />
);

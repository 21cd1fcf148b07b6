import { Segmented } from '../../ui';

export type Underline = 'surprise' | 'off';

/** Selects the quantity that underlines show. */
export const UnderlineSelect = (p: { value: Underline; onChange: (underline: Underline) => void }) => (
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

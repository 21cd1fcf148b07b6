import { formatCount } from '../../core/base/units';
import { costWords, deviceKindOf, energyOf, priceWords, wattHoursWords } from '../../core/train/energy';
import { usePower } from '../../state/power';
import { useShownPart } from '../../state/react';
import { isAtRest } from '../../state/phase';
import styles from './TrainPage.module.css';

/** Energy that the run has used, and its cost. */
export function EnergyUsed() {
  const power = usePower();
  const device = useShownPart('train', ({ record }) => record?.device);
  const milliseconds = useShownPart('train', ({ log }) => log.activeMs.at(-1));
  const isOver = useShownPart('train', ({ phase }) => isAtRest(phase));
  if (device == null || milliseconds === undefined) return null;
  const energy = energyOf(milliseconds / 1000, deviceKindOf(device), power);
  return (
    <p className={styles.cost}>
      {`About ${wattHoursWords(energy)}${isOver ? '' : ' so far'}, ${costWords(energy)} at ` +
        `${formatCount(energy.watts)} W and ${priceWords(power.price)}.`}
    </p>
  );
}

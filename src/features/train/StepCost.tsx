import { shareOfRate } from '../../state/estimate';
import { useShown, useStudio } from '../../state/react';
import { isActive } from '../../state/phase';
import type { RunSettings } from '../../state/runSettings';
import { costWords } from './costWords';
import styles from './TrainPage.module.css';

/** Compute and memory of a step. Shown only during training: another device's rate wouldn't apply to an older run. */
export function StepCost({ settings }: { settings: RunSettings }) {
  const { log, phase } = useShown('train');
  const device = useStudio((s) => s.device);
  const speed = log.tokensPerSecond.at(-1);
  if (!isActive(phase) || device.kind !== 'open' || speed === undefined) return null;
  const { info } = device;
  const share = shareOfRate(settings, speed, info);
  const words = costWords(
    { ...log.optional, stepMs: (1000 * settings.tokensPerStep) / speed, share, usedBytes: log.memoryBytes },
    info,
  );
  return <p className={styles.cost}>{words}</p>;
}

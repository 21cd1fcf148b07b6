import type { LossColumns } from '../charts';

/** A curve like a run's: a fall to `floor` nats, with even noise from a fixed recurrence. */
export function fallingLoss(steps: number, floor: number, noise: number, every = 1): LossColumns {
  const step: number[] = [];
  const loss: number[] = [];
  let seed = 1;
  for (let at = 0; at <= steps; at += every) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    step.push(at);
    loss.push(
      floor +
        (7.62 - floor) * 0.62 * Math.exp(-at / 160) +
        (7.62 - floor) * 0.38 * Math.exp(-at / 1100) +
        noise * (seed / 2 ** 30 - 1),
    );
  }
  return { step, loss, tokens: step.map((n) => n * 2048), seconds: step.map((n) => n / 30) };
}

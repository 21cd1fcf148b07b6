import { scaleMetric } from './metric';

/** The mean of what training lowers. */
export const loss = scaleMetric(
  { label: 'Loss', unit: 'nats per token', shortUnit: 'nats', better: 'lower', needs: 'loss', python: 'loss' },
  { of: (nats) => nats, loss: (nats) => nats },
);

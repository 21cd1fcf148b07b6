import { scaleMetric } from './metric';

/** Mean training loss. */
export const loss = scaleMetric(
  { label: 'Loss', unit: 'nats per token', shortUnit: 'nats', better: 'lower', needs: 'loss', python: 'loss' },
  { of: (nats) => nats, loss: (nats) => nats },
);

/** Power and price that a project assumes for its machine. */
import type { Power } from '../core/train/energy';
import { useStudioFields } from './react';

export const usePower = (): Power =>
  useStudioFields(({ project: { plan } }) => ({ price: plan.price, watts: plan.watts ?? undefined }));

/** The power and the price that a project assumes of its machine. */
import type { Power } from '../core/train/energy';
import { useStudioFields } from './react';

export const usePower = (): Power =>
  useStudioFields(({ project: { plan } }) => ({ price: plan.price, watts: plan.watts ?? undefined }));

import type { Problem } from '../../core/train/problems';
import type { Finding } from './doctor';

/** What the config doctor found, by field. */
export interface Findings {
  /** Why the run cannot start with this field as it is. */
  stop(field: Problem['field']): string | undefined;
  isCautioned(field: Problem['field']): boolean;
}

export const byField = (findings: readonly Finding[]): Findings => ({
  stop: (field) => findings.find((f) => f.severity === 'stop' && f.fields.includes(field))?.detail,
  isCautioned: (field) => findings.some((f) => f.severity === 'caution' && f.fields.includes(field)),
});
